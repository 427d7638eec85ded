import { beforeEach, describe, expect, test } from 'vitest';
import { commands } from '../../commands/index.ts';
import { pressId, readPress } from '../../platforms/shared/press.ts';
import { spaceKeys } from '../../src/desk/keys.ts';
import { createRules } from '../../src/desk/rules.ts';
import type { Button, Reply } from '../../src/domain/command.ts';
import { type Origin, spaceKey } from '../../src/domain/origin.ts';
import { type IntakeRig, intakeOn, textOf } from '../support/intake.ts';
import { goneClient, redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';

const platforms = ['web', 'discord', 'slack'] as const;

describe.each(redisKinds.slice(0, 1))('setting a new place up, on %s', (kind) => {
  const engine = useRedis(kind);
  let rig: IntakeRig;
  beforeEach(() => {
    rig = intakeOn(engine.redis);
    rig.chat.promote('boss', 'manager');
    rig.chat.promote('mod', 'moderator');
  });
  const buttons = ({ parts }: Reply): Button[] =>
    parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
  const labels = (reply: Reply) => buttons(reply).map(({ label }) => label);
  const ask = (command = 'help', user = 'boss', origin: Partial<Origin> = {}, values = {}) =>
    rig.ask(command, values, { user, origin, asks: true });
  const ruleOf = async (space: Parameters<typeof rig.rules.read>[0]) => (await rig.rules.read(space)).get('space');

  test.each(platforms)('on %s a manager is asked once a day, in private, with what holds', async (platform) => {
    const origin = { platform, space: 'new' };
    const space = spaceKey({ platform, space: 'new' });
    for (const user of ['ada', 'mod']) expect(buttons(await ask('help', user, origin))).toEqual([]);
    const reply = await ask('help', 'boss', origin);
    expect(reply.to).toBe('private');
    expect(textOf(reply)).toContain('each member has 60 credits a week, and there is no limit for all together.');
    expect(textOf(reply)).toContain('Days begin at midnight in UTC, for your own time zone is not known here.');
    expect(labels(reply)).toEqual(['60 credits a week', '20 credits a week', 'Leave it']);
    expect(buttons(await ask('help', 'boss', origin))).toEqual([]);
    const ttl = await engine.redis.ttl(spaceKeys(space).asked);
    expect(ttl).toBeGreaterThan(86_000);
    expect(ttl).toBeLessThanOrEqual(86_400);
    await engine.redis.del(spaceKeys(space).asked);
    expect(labels(await ask('help', 'boss', origin))).toHaveLength(3);
  });

  test.each([
    ['60 credits a week', { credits: 60, window: 'week', zone: 'UTC' }],
    ['20 credits a week', { credits: 20, window: 'week', zone: 'UTC' }],
  ])('the button "%s" settles it, and nobody is asked again', async (label, rule) => {
    const found = buttons(await ask()).find((button) => button.label === label);
    const pressed = readPress(pressId(found as Button), commands);
    const reply = await ask(pressed?.command, 'boss', {}, pressed?.values);
    expect(textOf(reply)).toContain(`Credits, anew each time: not settled → ${label}`);
    const space = spaceKey({ platform: 'web', space: 'atelier' });
    expect(await ruleOf(space)).toEqual(rule);
    await engine.redis.del(spaceKeys(space).asked);
    expect(buttons(await ask())).toEqual([]);
    for (const command of ['admin setup', 'admin setupless']) {
      expect(textOf(await ask(command))).toContain('This place is set up already, so nothing was changed.');
    }
    expect(await ruleOf(space)).toEqual(rule);
  });

  test('"leave it" ends the question, and settles nothing', async () => {
    const leave = buttons(await ask()).at(-1);
    const pressed = readPress(pressId(leave as Button), commands);
    expect(textOf(await ask(pressed?.command))).toContain('it stays as it is');
    const space = spaceKey({ platform: 'web', space: 'atelier' });
    expect(await engine.redis.ttl(spaceKeys(space).asked)).toBe(-1);
    expect(buttons(await ask())).toEqual([]);
    expect(await ruleOf(space)).toBeUndefined();
  });

  test('a place where something is settled for all asks nothing', async () => {
    const space = spaceKey({ platform: 'web', space: 'atelier' });
    await rig.rules.change(space, 'space', undefined, { seconds: 8 }, { key: 'rule', by: 'boss', why: 'short' });
    expect(buttons(await ask())).toEqual([]);
  });

  test('nor is anybody asked who cannot press, or who sets it up', async () => {
    expect(buttons(await rig.ask('help', {}, { user: 'boss' }))).toEqual([]);
    expect(buttons(await ask('admin policy show'))).toEqual([]);
    expect(labels(await ask())).toHaveLength(3);
  });

  test('setup takes amounts of its own, and keeps what else is settled', async () => {
    const values = { credits: 30, window: 'day', zone: 'Europe/Berlin', budget: 500 };
    await ask('admin setup', 'boss', {}, values);
    const space = spaceKey({ platform: 'web', space: 'atelier' });
    expect(await ruleOf(space)).toEqual(values);
    await ask('admin policy set', 'boss', {}, { seconds: 8, reason: 'short' });
    await ask('admin setup', 'boss', {}, { credits: 40 });
    expect(await ruleOf(space)).toEqual({ ...values, credits: 40, seconds: 8 });
    expect((await rig.refused('admin setup', { zone: 'Mars' }, { user: 'boss' })).said.word).toBe('policy.zone.wrong');
    expect((await rig.refused('admin setup', { credits: 5 }, { user: 'mod' })).said.word).toBe('command.forbidden');
  });

  test('the time zone of a manager is theirs where the chat tells it', async () => {
    const { rights } = rig.chat;
    const person = async () => ({ name: 'Boss', zone: 'America/New_York' });
    rig = intakeOn(engine.redis, { rights: () => ({ ...rights, person, level: async () => 'manager' }) });
    const reply = await ask();
    expect(textOf(reply)).toContain('Days begin at midnight in America/New_York, as your profile has it.');
    await ask('admin setupless');
    expect(await ruleOf(spaceKey({ platform: 'web', space: 'atelier' }))).toEqual({
      ...{ credits: 20, window: 'week', zone: 'America/New_York' },
    });
  });

  test('what was done is answered, also where nobody can be asked', async () => {
    const away = createRules(await goneClient(engine.redis));
    const rules = { ...rig.rules, mayAsk: away.mayAsk };
    rig = intakeOn(engine.redis, { rules });
    rig.chat.promote('boss', 'manager');
    expect(buttons(await ask())).toEqual([]);
    expect(rig.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { message: 'a manager was not asked how the space is to be set up' },
    ]);
  });
});
