import { describe, expect, test } from 'vitest';
import { createTrail } from '../../src/desk/trail.ts';
import type { Part } from '../../src/domain/command.ts';
import type { JobRef } from '../../src/domain/job.ts';
import type { Origin } from '../../src/domain/origin.ts';
import { busy, refused } from '../support/chat.ts';
import { textOf, useIntake } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';

const elsewhere: Partial<Origin> = { channel: 'staff', thread: 'reports' };

describe.each(redisKinds.slice(0, 1))('moderation on %s', (kind) => {
  const { engine, rig } = useIntake(kind);

  type More = { user?: string; origin?: Partial<Origin>; values?: Record<string, unknown> };
  const press = async (action: string, { id }: JobRef, { values, ...more }: More = {}) =>
    textOf(await rig.ask(`film ${action}`, { job: id, ...values }, more));
  const word = async (action: string, { id }: JobRef, more: More = {}) =>
    (await rig.refused(`film ${action}`, { job: id }, more)).said.word;
  const posted = async (origin: Partial<Origin> = {}) => {
    const ref = await rig.film('video', { prompt: 'a boat' }, { origin });
    await rig.rendered(ref);
    await rig.delivered(ref);
    return ref;
  };
  const trail = (ref: JobRef) => createTrail(engine.redis).read(ref.space, 20);
  const told = () => [...rig.chat.notices.values()];
  const warnings = () => rig.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);

  describe('deleting', () => {
    test('asks once, and removes at the second press', async () => {
      const ref = await posted();
      const asked = await press('delete', ref);
      expect(asked).toMatch(/^Delete this film for good\?.*stays paid/);
      expect(asked).toContain(`[Delete it for good: film remove ${ref.id}]`);
      expect((await rig.read(ref)).removed).toBeUndefined();
      expect(await press('remove', ref)).toBe('It is being taken out of the chat.');
      expect((await rig.read(ref)).removed).toMatchObject({ by: 'ada' });
      expect(rig.woken.at(-1)).toEqual({ step: 'deliver', wakeUps: [{ ref, generation: 1 }] });
      expect(await press('delete', ref)).toBe('This film was removed before.');
      // Whoever asked for it is nobody in charge.
      expect(await trail(ref)).toEqual([]);
    });

    test.each([
      ['ada', {}, 'taken'],
      ['bob', {}, 'job.forbidden'],
      ['mod', {}, 'taken'],
      ['mod', elsewhere, 'job.forbidden'],
      ['boss', elsewhere, 'taken'],
    ])('by %s in %o: %s', async (user, origin, expected) => {
      const ref = await posted();
      for (const action of ['delete', 'remove']) {
        const work = press(action, ref, { user, origin });
        const came = await work.then(
          () => 'taken',
          (error: { said: { word: string } }) => error.said.word,
        );
        expect(came).toBe(expected);
      }
    });

    test('what a moderator did is on the trail, once', async () => {
      const ref = await posted();
      for (let n = 0; n < 2; n += 1) await press('remove', ref, { user: 'mod' });
      expect(await trail(ref)).toEqual([expect.objectContaining({ who: 'mod', what: 'film delete', about: ref.id })]);
    });

    test('of one that waits: it is not made, and nothing is paid', async () => {
      const ref = await rig.film();
      expect(await press('delete', ref)).toMatch(/not posted yet.*Nothing is paid/);
      expect(await press('remove', ref)).toBe('It will not be posted, and nothing is paid for it.');
      expect(textOf(await rig.ask('quota'))).toMatch(/^60 credits left/);
      expect(await press('delete', ref)).toBe('There is no film to delete.');
    });

    test('is final: not posted again, made again by its owner alone, its words hidden from the others', async () => {
      const ref = await posted();
      await press('remove', ref, { user: 'mod' });
      expect(await word('redeliver', ref)).toBe('redeliver.removed');
      expect(await word('again', ref, { user: 'bob' })).toBe('again.removed');
      expect(await press('again', ref)).toMatch(/on the way/);
      expect(await press('details', ref, { user: 'bob' })).toContain('Prompt: …');
      for (const user of ['ada', 'mod']) expect(await press('details', ref, { user })).toContain('Prompt: a boat');
      expect(await press('more', ref, { user: 'bob' })).toMatch(/nothing else/);
    });

    test('is offered behind More to those who may', async () => {
      const ref = await posted();
      const offered = async (user: string, origin: Partial<Origin> = {}) =>
        (await press('more', ref, { user, origin })).match(/film (?:delete|report)/g) ?? [];
      expect(await offered('ada')).toEqual(['film delete']);
      expect(await offered('bob')).toEqual(['film report']);
      expect(await offered('mod')).toEqual(['film report', 'film delete']);
      expect(await offered('mod', elsewhere)).toEqual(['film report']);
    });
  });

  describe('reporting', () => {
    test('tells those who moderate all they need, with the buttons to act', async () => {
      const ref = await posted();
      const values = { reason: 'it shows a *logo*' };
      expect(await press('report', ref, { user: 'bob', values })).toMatch(/have been told/);
      const [{ to, notice } = { to: undefined, notice: { key: '', parts: [] as Part[] } }] = told();
      expect(to).toEqual({ platform: 'web', space: 'atelier', for: 'moderators' });
      expect(notice.key).toBe(`${ref.id}-r`);
      expect(notice.key.length).toBeLessThanOrEqual(24);
      const lines = textOf({ parts: notice.parts }).split('\n');
      expect(lines.slice(1)).toEqual([
        ...['Asked for by: ADA (ada)', 'Prompt: a boat', 'Model: Sora 2', expect.stringMatching(/^Asked for: \w+ \d+/)],
        ...['Reported by: BOB (bob)', 'What is wrong with it: it shows a *logo*', 'Members who reported it: 1'],
        ...[`Job: ${ref.id}`, 'Where: today film-1'],
        ...[`[Remove the film: film remove ${ref.id}]`, `[Details: film details ${ref.id}]`],
      ]);
      const facts = notice.parts.flatMap((part) => (part.kind === 'facts' ? part.facts : []));
      expect(facts.find(({ label }) => label === 'Asked for')?.at).toBe((await rig.read(ref)).acceptedAt);
      expect(await trail(ref)).toEqual([
        expect.objectContaining({ who: 'bob', what: 'film report', about: ref.id, why: values.reason }),
      ]);
    });

    test('twenty at the same time are told once, and all who report are thanked', async () => {
      const ref = await posted();
      const users = Array.from({ length: 20 }, (_, n) => `member-${n}`);
      const answers = await Promise.all(users.map((user) => press('report', ref, { user })));
      expect(new Set(answers).size).toBe(1);
      expect(rig.chat.asked.filter(({ verb }) => verb === 'notice')).toHaveLength(1);
      expect(await press('report', ref, { user: 'member-3' })).toBe(answers[0]);
      expect(await trail(ref)).toHaveLength(20);
    });

    test('goes to the place that was settled for it', async () => {
      const ref = await posted();
      await rig.settings.change(ref.space, { staff: 'C1' }, 'boss');
      await press('report', ref, { user: 'bob' });
      expect(told()[0]?.to).toMatchObject({ channel: 'C1' });
    });

    test('where nobody could be told, says so, warns, and the next one tries again', async () => {
      const ref = await posted();
      rig.chat.staffed(false);
      expect(await press('report', ref, { user: 'bob' })).toMatch(/nobody was told/);
      expect(warnings()).toContainEqual(expect.stringContaining('nobody who could be told'));
      rig.chat.staffed(true);
      expect(await press('report', ref, { user: 'eve' })).toMatch(/have been told/);
      expect(textOf({ parts: told()[0]?.notice.parts ?? [] })).toContain('Members who reported it: 2');
    });

    test.each([
      ['busy', busy, 'later'],
      ['closed to the bot', refused, 'nobody'],
    ])('where the chat is %s, the next one tries again', async (_what, error, expected) => {
      const ref = await posted();
      rig.chat.fail('notice', 1, error);
      if (expected === 'later') expect(await word('report', ref, { user: 'bob' })).toBe('report.later');
      else expect(await press('report', ref, { user: 'bob' })).toMatch(/nobody was told/);
      expect(await press('report', ref, { user: 'bob' })).toMatch(/have been told/);
      expect(told()).toHaveLength(1);
    });

    test('an eleventh film within the hour is too many', async () => {
      const refs = [];
      for (let n = 0; n < 11; n += 1) {
        refs.push(await rig.film('video', { prompt: 'x', model: 'sandbox-mini', seconds: 2 }));
      }
      for (const ref of refs.slice(0, 10)) await press('report', ref, { user: 'bob' });
      expect(await rig.refused('film report', { job: refs[10]?.id }, { user: 'bob' })).toMatchObject({
        ...{ refusal: 'busy', said: { word: 'report.often' } },
      });
      expect(told()).toHaveLength(10);
    });

    test('a moderator removes it by one press where they were told, from wherever it is', async () => {
      const ref = await posted({ closed: true });
      const there = { user: 'mod', origin: elsewhere };
      expect(await word('remove', ref, there)).toBe('job.unknown');
      await press('report', ref, { user: 'bob' });
      expect(await press('details', ref, there)).toContain('Prompt: a boat');
      expect(await word('details', ref, { user: 'bob', origin: elsewhere })).toBe('job.unknown');
      expect(await word('cancel', ref, there)).toBe('job.unknown');
      expect(await press('remove', ref, there)).toBe('It is being taken out of the chat.');
      expect((await trail(ref))[0]).toMatchObject({ who: 'mod', what: 'film delete' });
      expect(await press('report', ref, { user: 'eve' })).toMatch(/removed already/);
    });

    test('what its member alone sees is nobody else’s to report or to judge', async () => {
      const ref = await posted({ visibility: 'private' });
      expect(await word('report', ref, { user: 'bob' })).toBe('job.unknown');
      await press('report', ref);
      for (const action of ['remove', 'details'])
        expect(await word(action, ref, { user: 'mod', origin: elsewhere })).toBe('job.unknown');
    });
  });
});
