import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../../src/desk/audit.ts';
import { startChallengeClock } from '../../support/challenge-clock.ts';
import { until } from '../../support/until.ts';
import { read } from './rig.ts';
import { heic, newcomer, useRig } from './traps.ts';

const rig = useRig({ delayMs: (prompt) => (prompt.includes('slow') ? 1_500 : 0) });
let clock: ReturnType<typeof startChallengeClock>;
beforeAll(async () => {
  const { ask, world, house } = rig();
  await ask('admin set workflows:500', { user: world.boss });
  clock = startChallengeClock(house);
});
afterAll(() => clock.close());

let opened = 0;

/** A challenge of its own, in a channel of its own, once entries are open there. */
async function challenge(preset: 'open' | 'sealed', edit = '') {
  const { fake, ask, world, space } = rig();
  opened += 1;
  const title = `Boats${opened}`;
  const channel = await fake.makeChannel({ name: `boats${opened}` });
  const manager = { user: world.boss, channel };
  const { text } = await ask(`challenge open title:${title} theme:rain closes:3d preset:${preset}`, manager);
  const [, id = ''] = /as (c[a-z2-7]{8})\./.exec(text) ?? [];
  if (edit !== '') {
    const { text } = await ask(`challenge edit challenge:${id} ${edit}`, manager);
    expect(text).toMatch(/^Changed/);
  }
  const { ts } = await until('the announcement', async () =>
    (await clock.challenges.find(space, id))?.phase === 'open' ? (await fake.messages(channel))[0] : undefined,
  );
  const entries = () => clock.challenges.entries(space, id);
  return { id, title, channel, ts, entries };
}

const step = (inputs: Record<string, unknown>) =>
  rig().fake.step({ callback: 'challenge_enter', inputs: { prompt: 'a boat', ...inputs } });

const ended = (id: string) =>
  until('the step ended', async () => {
    const execution = await rig().fake.execution(id);
    return execution.status !== 'running' && execution;
  });

const films = async (channel: string | null) =>
  channel === null ? [] : (await rig().fake.messages(channel)).filter(({ files }) => files.length > 0);

const spent = async () => {
  const { held, spent } = await rig().quota('workflow');
  return held + spent;
};

describe('the step that enters a challenge', () => {
  test('open: the film is its member’s, stands where all enter, and the steps after it may show it', async () => {
    const { fake, quota } = rig();
    const { user } = await newcomer(rig(), { displayName: 'Grace H' });
    const { title, channel, ts, entries } = await challenge('open');
    const before = await spent();
    const done = await ended(await step({ requester: user, challenge: title }));
    const [film, ...more] = await films(channel);
    expect([film?.threadTs, more, film?.pinged.users]).toEqual([ts, [], [user]]);
    expect(done).toMatchObject({ status: 'completed', completedCalls: 1 });
    expect(done.outputs).toEqual({
      link: expect.stringContaining(film?.ts.replace('.', '') ?? '?'),
      file: film?.files[0]?.id,
      ...{ status: 'entered', seconds: 4, credits: 4 },
    });
    expect(await entries()).toMatchObject([{ member: user, name: 'Grace H', state: 'in' }]);
    expect([(await spent()) - before, await quota(user)]).toMatchObject([4, { held: 0, spent: 0, entries: [] }]);
    const told = (await fake.messages((await fake.dm(user)) ?? '')).map(read);
    expect(told).toEqual([expect.stringContaining(`${title}. It costs you no credits`)]);
    expect(told[0]).toContain('/dailies challenge withdraw');
  });

  test('sealed: nothing but direct messages to its author shows it, and the workflow is given no way to', async () => {
    const { fake, world } = rig();
    const { user } = await newcomer(rig());
    const { id, channel, entries } = await challenge('sealed');
    const execution = await step({ requester: user, challenge: id, prompt: 'a zeppelin' });
    const { outputs, status } = await ended(execution);
    expect([status, outputs]).toEqual(['completed', { status: 'entered', seconds: 4, credits: 4 }]);
    const dm = await fake.dm(user);
    expect(await films(dm)).toHaveLength(1);
    const [entry] = await entries();
    await until('the hash', async () => (await fake.messages(channel)).length === 2);
    const everywhere = await Promise.all([channel, world.channel].map((one) => fake.messages(one)));
    expect(JSON.stringify(everywhere)).not.toMatch(new RegExp(`zeppelin|${user}|${entry?.job}`));
  });

  test('open, and its channel is archived meanwhile: the film goes to its member, to whom no later step is led', async () => {
    const { fake } = rig();
    const { user } = await newcomer(rig());
    const { id, channel, entries } = await challenge('open');
    const execution = await step({ requester: user, challenge: id, prompt: 'a slow boat' });
    await until('asked', async () => (await entries()).length === 1);
    await fake.changeChannel({ channel, archived: true });
    const { outputs } = await ended(execution);
    expect(outputs).toEqual({ status: 'entered', seconds: expect.any(Number), credits: expect.any(Number) });
    expect([await films(channel), (await films(await fake.dm(user))).length]).toEqual([[], 1]);
  });

  test('entries that close while the film is made wait for it, and it counts', async () => {
    const { user } = await newcomer(rig());
    const { id, entries } = await challenge('sealed');
    const execution = await step({ requester: user, challenge: id, prompt: 'a slow boat' });
    await until('asked', async () => (await entries()).length === 1);
    await clock.shut(rig().space, id);
    await until('closing', async () => (await clock.challenges.find(rig().space, id))?.phase === 'closing');
    expect(await ended(execution)).toMatchObject({ status: 'completed', outputs: { status: 'entered' } });
    expect(await entries()).toMatchObject([{ member: user, state: 'in' }]);
  });

  test('a challenge that is called off meanwhile: the step says so, and the budget has its credits', async () => {
    const { ask, world, quota } = rig();
    const { user } = await newcomer(rig());
    const { id, channel, entries } = await challenge('sealed');
    const before = await spent();
    const done = await ended(await step({ requester: user, challenge: id }));
    expect([done.status, (await spent()) - before]).toEqual(['completed', 4]);
    const { user: other } = await newcomer(rig());
    const execution = await step({ requester: other, challenge: id, prompt: 'a slow boat' });
    await until('asked', async () => (await entries()).length === 2);
    await ask(`challenge cancel challenge:${id} reason:rain`, { user: world.boss, channel });
    expect(await ended(execution)).toMatchObject({
      status: 'errored',
      error: expect.stringMatching(/nothing|called off/),
    });
    await until('all is back', async () => (await spent()) === before);
    for (const member of [user, other]) expect(await quota(member)).toMatchObject({ held: 0, spent: 0, lots: [] });
  });

  test('what a member has for the challenge alone pays, and the step took nothing of the budget', async () => {
    const { user } = await newcomer(rig());
    const { id } = await challenge('sealed', 'compute:10');
    const before = await spent();
    const done = await ended(await step({ requester: user, challenge: id }));
    expect(done).toMatchObject({ status: 'completed', outputs: { status: 'entered', credits: 0 } });
    expect(await spent()).toBe(before);
  });

  test('what cannot be entered fails in words, with nothing paid and no place taken', async () => {
    const { fake } = rig();
    const { user } = await newcomer(rig());
    await fake.makeGroup({ handle: 'painters', users: [] });
    const [open, guarded] = [await challenge('open'), await challenge('sealed', 'role:@painters')];
    const bot = await fake.makeUser({ name: 'robot', bot: true });
    const guest = await fake.makeUser({ name: 'guest', guest: 'single' });
    const { user: gone } = await newcomer(rig());
    await fake.changeUser({ user: gone, deleted: true });
    const den = await fake.makeChannel({ private: true, members: [user] });
    await fake.say({ user, channel: den, text: 'mine', files: [heic()] });
    const own = (await fake.files()).find(({ name }) => name === 'photo.heic');
    const before = await spent();
    const cases: [Record<string, unknown>, RegExp][] = [
      [{}, /^Nobody is named who enters/],
      [{ requester: 'ada' }, /^Nobody is named who enters/],
      [{ requester: bot }, /no bots/],
      [{ requester: guest }, /^Guests cannot/],
      [{ requester: gone }, /account is closed/],
      [{ requester: 'U0NOTHERE1' }, /^People of other workspaces/],
      [{ requester: user }, /^Several are under way.*\/dailies challenge show/],
      [{ requester: user, challenge: 'Trains' }, /^There is no challenge of that name/],
      [{ requester: user, challenge: guarded.id }, /^Only those of a certain role/],
      [{ requester: user, challenge: open.id, image: 'F0NOTHERE1' }, /picture/],
      // It is theirs, and nobody knows whether it is they who give it.
      [{ requester: user, challenge: open.id, image: own?.id }, /picture/],
      [{ requester: user, challenge: open.id, prompt: '' }, /./],
    ];
    for (const [inputs, error] of cases) {
      const done = await ended(await step(inputs));
      expect(done, JSON.stringify(inputs)).toMatchObject({ status: 'errored', error: expect.stringMatching(error) });
    }
    expect([await spent(), await open.entries(), await guarded.entries()]).toEqual([before, [], []]);
  });

  test('what comes again is one film and one entry, paid once; a bot that was restarted meanwhile ends it', async () => {
    const { fake, bot, startBot, space } = rig();
    const { user } = await newcomer(rig());
    const { id, entries } = await challenge('sealed', 'entries:5');
    const before = await spent();
    const execution = await step({ requester: user, challenge: id, prompt: 'a slow boat' });
    const { deed } = await fake.execution(execution);
    await until('rendering', async () => {
      const [entry] = await entries();
      return entry && (await rig().house.desk.job({ space, id: entry.job }))?.taskId;
    });
    await fake.repeat({ deed, retry: 1 });
    await clock.close();
    await bot.close();
    const next = await startBot();
    clock = startChallengeClock(next.house);
    await fake.repeat({ deed, retry: 2 });
    expect(await ended(execution)).toMatchObject({ status: 'completed', completedCalls: 1 });
    await fake.repeat({ deed, retry: 3 });
    await until('again', async () => (await fake.deed(deed)).sent.filter(({ acked }) => acked).length === 4);
    expect(await entries()).toHaveLength(1);
    expect(await films(await fake.dm(user))).toHaveLength(1);
    const { held, spent: paid } = await next.house.desk.quota(space, 'workflow', {
      ...{ window: await next.house.desk.window(space, () => Promise.reject() as never), allowance: 500 },
    });
    expect(held + paid - before).toBe(4);
    expect((await audit(next.house.redis)).problems).toEqual([]);
  });
});
