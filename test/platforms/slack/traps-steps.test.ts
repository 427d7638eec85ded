import { beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { newcomer, useRig } from './traps.ts';

const rig = useRig({ delayMs: (prompt) => (prompt.includes('slow') ? 500 : 0) });
beforeAll(async () => {
  await rig().ask('admin set workflows:500', { user: rig().world.boss });
});

const step = (inputs: Record<string, unknown>) =>
  rig().fake.step({ callback: 'video', inputs: { channel: rig().world.channel, prompt: 'a boat', ...inputs } });

const ended = (id: string) =>
  until('the step ended', async () => {
    const execution = await rig().fake.execution(id);
    return execution.status !== 'running' && execution;
  });

const spent = async () => {
  const { held, spent } = await rig().quota('workflow');
  return held + spent;
};

describe('steps of workflows', () => {
  test('25, tokens of steps that end: they are never used, and a film that takes long ends its step all the same', async () => {
    const { fake, job, house, space } = rig();
    const id = await step({ prompt: 'a slow boat', seconds: 4 });
    const jobs = () => house.desk.jobsOf(space, 'workflow', 1);
    const [made] = await until('taken', async () => (await jobs()).length > 0 && jobs());
    await until('rendering', async () => (await job(made?.request.id ?? '')).taskId);
    await fake.advance(16 * 60_000);
    expect(await ended(id)).toMatchObject({ status: 'completed', completedCalls: 1 });
    expect((await fake.requests()).filter(({ token }) => token === 'xwfp')).toEqual([]);
  });

  test('26, steps that come again: one film, one end, and an end that was told is no error', async () => {
    const { fake, bot, house, space, origin } = rig();
    const before = (await house.desk.jobsOf(space, 'workflow', 50)).length;
    const id = await step({ seconds: 4 });
    const { deed } = await fake.execution(id);
    await fake.repeat({ deed, retry: 1 });
    await ended(id);
    await fake.repeat({ deed, retry: 2 });
    await until('again', async () => (await fake.deed(deed)).sent.filter(({ acked }) => acked).length === 3);
    expect(await house.desk.jobsOf(space, 'workflow', 50)).toHaveLength(before + 1);
    const failed = { is: 'failed', job: 'jaaaaaaaaaaaaaaaa-1', why: 'too late' } as const;
    await bot.slack.workflows.end({ ...origin, step: id }, failed);
    await bot.slack.workflows.end({ ...origin, step: 'Fx0NOTHERE' }, failed);
    expect(await fake.execution(id)).toMatchObject({ status: 'completed', error: null });
  });

  test('27, steps that cannot be posted or paid: they fail in words, before anything is paid', async () => {
    const { fake } = rig();
    const before = await spent();
    const places = [await fake.makeChannel({ bot: false }), await fake.makeChannel({ private: true, bot: false })];
    for (const channel of [...places, 'C0NOTHERE1']) {
      const execution = await ended(await step({ channel, seconds: 4 }));
      expect(execution).toMatchObject({
        status: 'errored',
        error: expect.stringMatching(/not in this channel.*invite/),
      });
    }
    expect(await spent()).toBe(before);
  });

  test('27, steps that cannot be posted or paid: they fail in words that say who sets it', async () => {
    const { fake, ask, world } = rig();
    await ask('admin set workflows:0', { user: world.boss });
    const execution = await ended(await step({ seconds: 4 }));
    await ask('admin set workflows:500', { user: world.boss });
    expect(execution).toMatchObject({ status: 'errored', error: expect.stringMatching(/admin set workflows:100/) });
    expect((await fake.deed(execution.deed)).ack).not.toBeNull();
  });

  test.each([
    ['a file that is not there', 'F0NOTHERE1'],
    ['rich text without a file', { type: 'rich_text', elements: [{ type: 'text', text: 'a photo' }] }],
  ])('28, pictures of steps: %s ends in words, before anything is paid', async (_what, image) => {
    const before = await spent();
    const execution = await ended(await step({ seconds: 4, image }));
    expect(execution).toMatchObject({ status: 'errored', error: expect.stringMatching(/picture/i) });
    expect(await spent()).toBe(before);
  });

  test('29, whom a step names: they are named in the film’s message, and neither pay nor own it', async () => {
    const { fake, world, quota, house, space, ask } = rig();
    const { user } = await newcomer(rig());
    const id = await step({ seconds: 4, requester: user });
    expect(await ended(id)).toMatchObject({ status: 'completed' });
    expect(await quota(user)).toMatchObject({ held: 0, spent: 0 });
    const films = (await fake.messages(world.channel)).filter(({ files }) => files.length > 0);
    expect(films.at(-1)?.pinged).toEqual({ users: [user], groups: [], everyone: false });
    const [made] = await house.desk.jobsOf(space, 'workflow', 1);
    const { text } = await ask(`jobs ${made?.request.id}`, { user });
    expect(text).toMatch(/somebody else's/);
  });

  test('14, ids in words: a step’s too are read as names', async () => {
    const { house, space, world } = rig();
    const { user } = await newcomer(rig(), { displayName: 'Grace H' });
    expect(await ended(await step({ seconds: 4, prompt: `<@${user}> in <#${world.channel}|films>` }))).toMatchObject({
      status: 'completed',
    });
    const [made] = await house.desk.jobsOf(space, 'workflow', 1);
    expect(made?.request.recipe.prompt).toBe('Grace H in #films');
  });
});
