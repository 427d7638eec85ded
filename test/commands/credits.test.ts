import { beforeEach, describe, expect, test } from 'vitest';
import { createTrail } from '../../src/desk/trail.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import { say } from '../../src/domain/words.ts';
import { textOf, useIntake } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';

const space = spaceKey({ platform: 'web', space: 'atelier' });
const boss = { user: 'boss' } as const;

describe.each(redisKinds.slice(0, 1))('the credits of members, on %s', (kind) => {
  const { engine, rig } = useIntake(kind);
  beforeEach(() => {
    rig.chat.know('bot', { bot: true });
    rig.chat.know('bob', { name: 'Bob' });
  });
  const given = { member: 'bob', credits: 10, reason: 'a prize' };
  const said = async (sub: string, values: Record<string, unknown> = given, more: object = boss) =>
    textOf(await rig.ask(`admin credits ${sub}`, values, { ...boss, ...more }));
  const refused = (sub: string, values: Record<string, unknown>) =>
    rig.refused(`admin credits ${sub}`, { ...given, ...values }, boss);
  const quota = async (user = 'bob') => textOf(await rig.ask('quota', {}, { user })).split('\n');

  test('granted ones are told with the balance, stand in words, and on the trail with who and why', async () => {
    expect(await said('grant')).toBe('10 credits granted to Bob. They have 70 now.');
    expect(await said('grant', { ...given, credits: 1, days: 30 })).toBe(
      '1 credit granted to Bob, for 30 days. They have 71 now.',
    );
    const lines = await quota();
    expect(lines[0]).toBe('71 credits left, of 60 that come anew and 11 that were granted.');
    expect(lines).toContain('Granted: 10 credits, for as long as they last');
    expect(lines.find((line) => line.startsWith('Granted: 1 credit, until'))).toMatch(/UTC$/);
    expect(lines.at(-1)).toMatch(/UTC: 10 credits granted by boss \(a prize\)$/);
    const [latest] = await createTrail(engine.redis).read(space, 1);
    expect(latest).toMatchObject({ who: 'boss', what: 'admin credits grant', why: 'a prize' });
    expect(JSON.parse(latest?.after ?? '')).toEqual({ member: 'bob', credits: 1, days: 30 });
  });

  test('the same call again grants nothing more, though it comes later; another under its key is refused', async () => {
    const values = { ...given, days: 3 };
    await said('grant', values, { key: 'web:once' });
    expect(await said('grant', values, { key: 'web:once' })).toContain('They have 70 now.');
    expect(await createTrail(engine.redis).read(space, 10)).toHaveLength(1);
    const other = await rig.refused('admin credits grant', { ...values, credits: 11 }, { ...boss, key: 'web:once' });
    expect(other.said.word).toBe('call.conflict');
  });

  test('a bot, and who is not there, is granted none; the rest is done for who has left too', async () => {
    for (const member of ['bot', 'gone.away']) {
      expect(await refused('grant', { member })).toMatchObject({
        ...{ refusal: 'invalid', field: 'member', said: { word: 'credits.nobody' } },
      });
    }
    expect(await said('correct', { ...given, member: 'gone.away', credits: 4 })).toBe(
      '4 credits more counted as spent by gone.away. Of their allowance 4 are spent now, and they have 56.',
    );
    expect(await said('show', { member: 'gone.away' })).toMatch(/^Credits of gone\.away:\n56 credits left of 60\./);
    expect((await refused('revoke', { member: 'gone.away' })).said.word).toBe('credits.short');
  });

  test('revoked are granted ones alone', async () => {
    await said('grant');
    expect(await said('revoke', { ...given, credits: 4 })).toBe('4 credits taken back from Bob. They have 66 now.');
    const error = await refused('revoke', { credits: 7 });
    expect(say(error.said)).toContain('Only 6 credits can be taken back');
    expect((await quota())[0]).toContain('66 credits left');
  });

  test('corrected is what was spent, never below nothing', async () => {
    expect(await said('correct', { ...given, credits: '12' })).toContain('and they have 48.');
    expect(await said('correct', { ...given, credits: '-5' })).toBe(
      '5 credits given back to Bob. Of their allowance 7 are spent now, and they have 53.',
    );
    expect((await refused('correct', { credits: 0 })).said.word).toBe('credits.zero');
    expect(say((await refused('correct', { credits: -8 })).said)).toContain('Only 7 credits were spent');
    expect((await quota()).at(-2)).toMatch(/put right by boss: 5 credits given back \(a prize\)$/);
  });

  test.each([
    [{ credits: 0 }, 'field.integer'],
    [{ credits: -1 }, 'field.integer'],
    [{ credits: 1.5 }, 'field.integer'],
    [{ credits: 'NaN' }, 'field.integer'],
    [{ credits: 1_000_001 }, 'field.integer'],
    [{ days: 0 }, 'field.integer'],
    [{ days: 3_651 }, 'field.integer'],
    [{ reason: undefined }, 'field.missing'],
    [{ reason: 'x'.repeat(201) }, 'field.long'],
    [{ member: '<@everyone>' }, 'field.member'],
  ])('%j is refused, with nothing granted', async (change, word) => {
    expect((await refused('grant', change)).said.word).toBe(word);
    expect(await quota()).not.toContainEqual(expect.stringContaining('granted'));
  });

  test('what somebody has is reckoned by the rules for them, not by those for whoever asks', async () => {
    const deed = { key: 'rule', by: 'boss', why: 'a test' };
    await rig.rules.change(space, 'member bob', undefined, { credits: 100 }, deed);
    expect(await said('grant')).toContain('They have 110 now.');
    expect(await said('show', { member: 'bob' })).toContain('Allowance: 100 credits each week');
  });

  test('is for managers alone', async () => {
    rig.chat.promote('mod', 'moderator');
    for (const sub of ['grant', 'revoke', 'correct', 'show']) {
      const { said } = await rig.refused(`admin credits ${sub}`, given, { user: 'mod' });
      expect(said.word).toBe('command.forbidden');
    }
  });
});
