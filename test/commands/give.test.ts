import { beforeEach, describe, expect, test } from 'vitest';
import { type Origin, spaceKey } from '../../src/domain/origin.ts';
import { say } from '../../src/domain/words.ts';
import { textOf, useIntake } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';

const space = spaceKey({ platform: 'web', space: 'atelier' });

describe.each(redisKinds.slice(0, 1))('giving credits, on %s', (kind) => {
  const { rig } = useIntake(kind);
  beforeEach(async () => {
    rig.chat.know('bob', { name: 'Bob' });
    rig.chat.know('robot', { bot: true });
    await rig.ledger.grant(space, 'start', { member: 'ada', credits: 20, by: 'boss', why: 'a prize' });
  });
  const give = async (values: Record<string, unknown> = {}, more: object = {}) =>
    textOf(await rig.ask('give', { member: 'bob', credits: 5, ...values }, more));
  const refused = (values: Record<string, unknown> = {}, more: object = {}) =>
    rig.refused('give', { member: 'bob', credits: 5, ...values }, more);
  const quota = async (user: string) => textOf(await rig.ask('quota', {}, { user })).split('\n');

  test('both sides are told, the one who gets them in private, and it stands in the books of both', async () => {
    expect(await give({ note: 'for your boat' })).toBe('You gave Bob 5 credits. They were told. You have 75 left.');
    const [told, ...more] = [...rig.chat.directs.values()];
    expect(more).toEqual([]);
    expect(told?.member).toBe('bob');
    expect(textOf(told?.notice ?? { parts: [] }).split('\n')).toEqual([
      'ADA gave you 5 credits for films. /quota shows what you have.',
      'for your boat',
      'Where: today',
    ]);
    expect([...(told?.notice.key ?? '')].length).toBeLessThanOrEqual(24);
    expect((await quota('bob')).at(-1)).toMatch(/5 credits given by ada \(for your boat\)$/);
    expect((await quota('ada')).at(-2)).toMatch(/5 credits given to Bob \(for your boat\)$/);
    expect((await quota('bob'))[0]).toBe('65 credits left, of 60 that come anew and 5 that were granted.');
  });

  test('the same call again gives and tells nothing more', async () => {
    await give({}, { key: 'web:once' });
    expect(await give({}, { key: 'web:once' })).toContain('You have 75 left.');
    expect(rig.chat.directs.size).toBe(1);
  });

  test('somebody whom the bot cannot tell gets them all the same, and the giver is told so', async () => {
    rig.chat.know('bob', { name: 'Bob', shut: true });
    expect(await give()).toContain('The bot could not tell them, so do');
    rig.chat.know('bob', { name: 'Bob' });
    rig.chat.fail('direct', 1, () => new Error('a bug'));
    expect(await give()).toContain('The bot could not tell them, so do');
    expect(rig.errors()).toHaveLength(1);
    expect((await quota('bob'))[0]).toContain('70 credits left');
  });

  test('what is given in a closed thread does not tell where that is', async () => {
    await give({}, { origin: { closed: true } satisfies Partial<Origin> });
    const [told] = [...rig.chat.directs.values()];
    expect(told?.notice.parts.map(({ kind }) => kind)).toEqual(['text']);
  });

  test.each([
    [{ member: 'ada' }, 'give.self'],
    [{ member: 'robot' }, 'give.nobody'],
    [{ member: 'gone.away' }, 'give.nobody'],
    [{ credits: 21 }, 'give.short'],
    [{ credits: 0 }, 'field.integer'],
    [{ credits: -5 }, 'field.integer'],
    [{ credits: 2.5 }, 'field.integer'],
    [{ note: 'x'.repeat(201) }, 'field.long'],
  ])('%j is refused, and nobody is told', async (values, word) => {
    expect((await refused(values)).said.word).toBe(word);
    expect(rig.chat.directs.size).toBe(0);
    expect((await quota('ada'))[0]).toContain('80 credits left');
  });

  test('the allowance is nobody else’s, and a day has its limit', async () => {
    expect((await refused({ member: 'ada' }, { user: 'bob' })).said.word).toBe('give.short');
    await rig.rules.change(space, 'space', undefined, { gifts: 7 }, { key: 'rule', by: 'boss', why: 'a test' });
    await give();
    expect(say((await refused()).said)).toBe(
      'Up to 7 credits may be given away in a day, and 2 are left of that today.',
    );
  });
});
