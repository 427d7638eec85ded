import { describe, expect, test } from 'vitest';
import { type Origin, spaceKey, workflowMember } from '../../src/domain/origin.ts';
import { moment, say } from '../../src/domain/words.ts';
import { textOf, useIntake } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';

const space = spaceKey({ platform: 'web', space: 'atelier' });

describe.each(redisKinds.slice(0, 1))('no new films for a while, on %s', (kind) => {
  const { rig } = useIntake(kind);
  const admin = async (command: string, values = {}, origin: Partial<Origin> = {}) =>
    textOf(await rig.ask(`admin intake ${command}`, values, { user: 'boss', origin }));
  const wish = { prompt: 'a boat', seconds: 4 };
  const refused = async (more: Parameters<typeof rig.callOf>[2] = {}, command = 'video', values: object = wish) =>
    say((await rig.refused(command, { ...values }, more)).said);

  test.each(['web', 'discord', 'slack'] as const)(
    'on %s all are told why, and nothing is asked of anybody',
    async (platform) => {
      const origin = { platform };
      expect(await admin('pause', { reason: 'we tidy up' }, origin)).toMatch(
        /^No new films are taken until \/admin intake/,
      );
      const plain =
        'Those who run this place paused new films for a while: "we tidy up". What is under way goes on. Nothing was taken.';
      for (const user of ['ada', 'mod']) expect(await refused({ user, origin, asks: true })).toBe(plain);
      expect(await refused({ user: 'boss', origin })).toBe(`${plain} /admin intake resume ends it.`);
      expect([rig.looked, rig.chat.asked.filter(({ verb }) => verb === 'cannotPost')]).toEqual([[], []]);
      expect(await admin('resume', {}, origin)).toBe('Films are taken again.');
      expect(await admin('resume', {}, origin)).toMatch(/were not paused/);
      expect((await rig.ask('video', wish, { origin })).jobs).toHaveLength(1);
    },
  );

  test('it ends by itself where it is known when', async () => {
    const before = Date.now();
    await admin('pause', { reason: 'lunch', minutes: 30 });
    const { paused } = await rig.settings.read(space);
    const until = paused?.until ?? 0;
    expect(until - before).toBeGreaterThanOrEqual(30 * 60_000);
    expect(await refused()).toContain(`paused new films until ${moment(until, 'UTC')}: "lunch"`);
    expect(textOf(await rig.ask('admin settings', {}, { user: 'boss' }))).toContain('New films: paused until');
    await rig.settings.change(space, { paused: { why: 'lunch', until: Date.now() - 1 } }, 'boss');
    expect((await rig.ask('video', wish)).jobs).toHaveLength(1);
  });

  test('what was taken before is answered again; a price that was said is not taken, and can be after it', async () => {
    const again = { key: 'web:before' };
    const first = await rig.ask('video', wish, again);
    const tag = await rig.ask('video', { prompt: 'a boat', model: 'sora-2', seconds: 20 }, { asks: true });
    const [button] = tag.parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
    const quote = { quote: button?.quote };
    await admin('pause', { reason: 'we tidy up' });
    expect((await rig.ask('video', wish, again)).jobs).toEqual(first.jobs);
    expect(await refused({ asks: true }, 'order make', quote)).toContain('we tidy up');
    await admin('resume');
    expect((await rig.ask('order make', quote, { asks: true })).jobs).toHaveLength(1);
  });

  test('a film made again and a step of a workflow are told the same', async () => {
    const { id } = await rig.film();
    await rig.settings.change(space, { workflowCredits: 50 }, 'boss');
    await admin('pause', { reason: 'we tidy up' });
    expect(await refused({}, 'film again', { job: id })).toContain('we tidy up');
    expect(await refused({ user: workflowMember, origin: { step: 'Fx1' } })).toContain('we tidy up');
  });

  test('is for managers alone', async () => {
    for (const sub of ['pause', 'resume'])
      expect((await rig.refused(`admin intake ${sub}`, {}, { user: 'mod' })).said.word).toBe('command.forbidden');
    expect((await rig.refused('admin intake pause', {}, { user: 'boss' })).said.word).toBe('field.missing');
  });
});
