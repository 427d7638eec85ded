import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { spaceKey } from '../../src/domain/origin.ts';
import type { Rule, Subject } from '../../src/domain/rules.ts';
import { say } from '../../src/domain/words.ts';
import { textOf, useIntake } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';

const space = spaceKey({ platform: 'web', space: 'atelier' });
const day = 86_400_000;

describe.each(redisKinds.slice(0, 1))('what is settled, as orders meet it, on %s', (kind) => {
  const { rig } = useIntake(kind);
  const settle = async (subject: Subject, rule: Rule) => {
    const seen = (await rig.rules.read(space)).get(subject);
    await rig.rules.change(space, subject, seen, rule, { key: randomUUID(), by: 'boss', why: 'as agreed' });
  };
  type More = Parameters<typeof rig.callOf>[2];
  const film = (values: Record<string, unknown> = {}, more: More = {}) =>
    rig.ask('video', { prompt: 'a boat', model: 'sora-2', seconds: 4, ...values }, more);
  const refused = async (values: Record<string, unknown> = {}, more: More = {}) =>
    (await rig.refused('video', { prompt: 'a boat', model: 'sora-2', seconds: 4, ...values }, more)).said;
  const quota = async (user = 'ada', more: More = {}) => textOf(await rig.ask('quota', {}, { user, ...more }));

  describe('who is new', () => {
    const since = (days: number) => ({ since: { joined: Date.now() - days * day - 1_000 } });

    test('has nothing before so many days, and is told that and not that it is used up', async () => {
      await settle('space', { age: 7 });
      rig.chat.know('ada', since(6));
      expect(say(await refused())).toBe(
        'This costs 4 credits and you have 0: who is new here has no credits of their own before they are here for 7 days. Nothing was taken.',
      );
      expect(await quota()).toContain('You are new here, so you have no credits of your own yet.');
      rig.chat.know('ada', since(7));
      expect((await film()).jobs).toHaveLength(1);
      expect(await quota()).not.toContain('You are new here');
    });

    test('may spend what was granted, and is asked with it', async () => {
      await settle('space', { age: 7 });
      rig.chat.know('ada', since(1));
      await rig.ledger.grant(space, 'g', { member: 'ada', credits: 12, by: 'boss', why: 'hello' });
      const text = textOf(await film({ seconds: 20 }, { asks: true }));
      expect(text).toContain('This costs 20 credits and you have 12: who is new here');
      expect((await film({ seconds: 12 })).jobs).toHaveLength(1);
    });

    test('is nobody of whom the chat tells no day', async () => {
      await settle('space', { age: 7 });
      expect((await film()).jobs).toHaveLength(1);
    });

    test('is the account’s age where nobody knows when they joined', async () => {
      await settle('space', { age: 7 });
      rig.chat.know('ada', { since: { account: Date.now() - 2 * day } });
      expect((await refused()).word).toBe('balance.new');
    });
  });

  describe('rules of a channel, a role and a member', () => {
    const left = async (user: string, more: More = {}) =>
      /(\d+)\.$/m.exec((await quota(user, more)).split('\n')[0] ?? '')?.[1];

    test('each decide for whom they are', async () => {
      rig.chat.know('ada', { roles: ['crew'] });
      await settle('space', { credits: 20 });
      await settle('role crew', { credits: 30 });
      await settle('member bob', { credits: 40 });
      await settle('channel films', { credits: 25 });
      const elsewhere = { origin: { channel: 'talk' } };
      expect([await left('ada'), await left('bob'), await left('eve'), await left('eve', elsewhere)]).toEqual([
        ...['30', '40', '25', '20'],
      ]);
    });

    test('caps refuse with their own words, and nothing is taken', async () => {
      await settle('channel films', { seconds: 8 });
      expect(await refused({ seconds: 12 })).toEqual({ word: 'cap.seconds', with: { most: 8 } });
      await settle('member ada', { spend: 6 });
      expect((await refused({ seconds: 8 })).word).toBe('cap.spend');
      await settle('space', { once: 1 });
      await film();
      expect(await refused({}, { user: 'ada' })).toEqual({ word: 'cap.once', with: { most: 1 } });
      await settle('space', { waiting: 1 });
      expect(await refused({}, { user: 'ada' })).toEqual({ word: 'cap.waiting', with: { most: 1 } });
      await settle('space', { budget: 5 });
      expect((await refused({}, { user: 'bob' })).word).toBe('cap.space');
      expect(await rig.desk.jobsIn(space, 10)).toHaveLength(1);
    });

    test('a price tag offers what may be made alone', async () => {
      const labels = async () => {
        const { parts } = await film({ seconds: 20 }, { asks: true });
        return parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons.map(({ label }) => label) : []));
      };
      expect(await labels()).toContain('Sandbox mini, 8 seconds, for 4 credits');
      await settle('space', { models: ['sora-2'] });
      expect((await labels()).filter((label) => label.includes('mini'))).toEqual([]);
      await settle('space', { models: ['sandbox-mini'] });
      expect((await refused()).word).toBe('model.away');
      await settle('member ada', { models: ['sora-2'] });
      expect((await refused({ model: undefined })).word).toBe('model.barred');
      await settle('member ada', {});
      expect((await rig.ask('video', { prompt: 'a boat' })).jobs).toHaveLength(1);
    });

    test('films are covered where a channel has it so', async () => {
      await settle('channel films', { spoiler: true });
      const covered = async (more: More = {}) => {
        const [id = ''] = (await film({}, more)).jobs;
        return (await rig.desk.job({ space, id }))?.request.spoiler;
      };
      expect([await covered(), await covered({ origin: { channel: 'talk' } })]).toEqual([true, undefined]);
    });
  });
});
