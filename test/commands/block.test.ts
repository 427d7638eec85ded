import { beforeEach, describe, expect, test } from 'vitest';
import { createTrail } from '../../src/desk/trail.ts';
import type { Level } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { type Origin, spaceKey } from '../../src/domain/origin.ts';
import { say } from '../../src/domain/words.ts';
import { type IntakeRig, intakeOn, textOf } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';

const space = spaceKey({ platform: 'web', space: 'atelier' });

describe.each(redisKinds.slice(0, 1))('blocking, on %s', (kind) => {
  const engine = useRedis(kind);
  let rig: IntakeRig;
  beforeEach(() => {
    rig = intakeOn(engine.redis);
    rig.chat.promote('boss', 'manager');
    rig.chat.promote('mod', 'moderator');
    rig.chat.promote('root', 'operator');
  });
  const as = { user: 'boss' };
  const add = async (values: Record<string, unknown>, more = as) =>
    textOf(await rig.ask('admin block add', values, more));
  const list = async (values = {}) => textOf(await rig.ask('admin block list', values, as)).split('\n');

  test('what is added is listed, with its id, kind, who, when and why, and can be taken out by its id', async () => {
    expect(await list()).toEqual(['Nothing is blocked here.']);
    const [, id = ''] = /^Blocked, as (w[a-z2-7]{8})\./.exec(await add({ word: 'badger', reason: 'they bite' })) ?? [];
    expect(await add({ word: 'Bádger' })).toBe(`That is blocked already, as ${id}.`);
    const [head, line] = await list();
    expect(head).toBe('1 entry is blocked here:');
    expect(line).toMatch(new RegExp(`^${id}: word: badger · by boss, .+ UTC · they bite$`));
    expect(textOf(await rig.ask('admin block remove', { entry: id }, as))).toBe(`${id} is not blocked any more.`);
    expect(await list()).toEqual(['Nothing is blocked here.']);
    expect((await rig.refused('admin block remove', { entry: id }, as)).said.word).toBe('block.unknown');
  });

  test.each([
    [{ word: 'badger' }, { entry: 'BADGER' }],
    [{ phrase: 'red square' }, { entry: 'Red  Square' }],
    [{ pattern: 'b[ae]dger' }, { entry: 'b[ae]dger' }],
    [{ member: 'mallory' }, { member: 'mallory' }],
    [{ member: 'mallory' }, { entry: 'mallory' }],
    [{ channel: 'films' }, { channel: 'films' }],
  ])('%j is taken out by %j', async (added, named) => {
    await add(added);
    await rig.ask('admin block remove', { ...named, reason: 'enough' }, as);
    expect(await rig.blocks.read(space)).toEqual([]);
    const noted = (await createTrail(engine.redis).read(space, 10)).filter(({ what }) => what.endsWith('block'));
    expect(noted).toMatchObject([
      { who: 'boss', what: 'unblock', why: 'enough' },
      { who: 'boss', what: 'block' },
    ]);
  });

  test('one thing at a time', async () => {
    for (const values of [{}, { reason: 'x' }, { word: 'a', phrase: 'b c' }, { member: 'mallory', channel: 'films' }])
      expect((await rig.refused('admin block add', values, as)).said.word).toBe('block.one');
    for (const values of [{}, { entry: 'a', member: 'mallory' }])
      expect((await rig.refused('admin block remove', values, as)).said.word).toBe('block.which');
  });

  test('a pattern that cannot be run says what is wrong with it', async () => {
    const error = await rig.refused('admin block add', { pattern: '(badger' }, as);
    expect(error).toMatchObject({ refusal: 'invalid', field: 'pattern' });
    expect(say(error.said)).toBe('The pattern has a "(" that is never closed.');
    expect((await rig.refused('admin block add', { pattern: 'x'.repeat(201) }, as)).said.word).toBe('field.long');
  });

  test('nobody blocks themselves, nor somebody who may do more', async () => {
    const refused = async (member: string, user: string) =>
      (await rig.refused('admin block add', { member }, { user })).said.word;
    expect(await refused('boss', 'boss')).toBe('block.self');
    expect(await refused('root', 'boss')).toBe('block.above');
    await add({ member: 'mod' });
    await add({ member: 'boss' }, { user: 'root' });
    expect((await rig.blocks.read(space)).map(({ value }) => value)).toEqual(['mod', 'boss']);
  });

  test('somebody whom the chat does not even let ask is above nobody', async () => {
    const { rights } = rig.chat;
    const level = async ({ user }: Origin): Promise<Level> => {
      if (user === 'guest') throw new UserError('forbidden', { word: 'member.guest' });
      return 'manager';
    };
    rig = intakeOn(engine.redis, { rights: () => ({ ...rights, level }) });
    expect(await add({ member: 'guest' })).toContain('Blocked');
  });

  test('is for managers alone', async () => {
    for (const sub of ['add', 'remove', 'list'])
      expect((await rig.refused(`admin block ${sub}`, {}, { user: 'mod' })).said.word).toBe('command.forbidden');
  });

  test('a long list has pages', async () => {
    for (let n = 1; n <= 21; n += 1) await rig.blocks.add(space, { kind: 'word', value: `word${n}`, by: 'boss' });
    expect((await list())[0]).toBe('21 entries are blocked here (page 1 of 2):');
    expect(await list()).toHaveLength(21);
    expect(await list({ page: 2 })).toHaveLength(2);
    expect((await list({ page: 9 }))[0]).toContain('page 2 of 2');
  });
});
