import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { NotInstalled, oneToken } from '../../../platforms/slack/installs.ts';
import { TransientError } from '../../../src/domain/errors.ts';
import { createTestLog } from '../../support/log.ts';
import { startFakeSlack } from '../../support/slack/index.ts';
import { until } from '../../support/until.ts';
import { adapterOn, answered, buttonsOf, jobIn, makeWorld, type Rig, type RigOptions, read, startRig } from './rig.ts';

let rig: Rig | undefined;
const begin = async (options: RigOptions = {}): Promise<Rig> => {
  rig = await startRig(options);
  return rig;
};
afterEach(async () => {
  await rig?.close();
  rig = undefined;
});

const heic = async (name = 'photo.heic', mimetype = 'image/heic') => ({
  ...{ name, mimetype },
  base64: (await readFile('test/fixtures/photo.heic')).toString('base64'),
});
const boss = (now: Rig) => ({ user: now.world.boss });
const ended = (now: Rig, id: string) =>
  until('the step ended', async () => {
    const execution = await now.fake.execution(id);
    return execution.status !== 'running' && execution;
  });

describe('a workflow’s step', () => {
  test('that meets a passing trouble is left to Slack, which tries it again', async () => {
    const now = await begin({ fake: { ackMs: 300, retryDelaysMs: [0, 100, 200] } });
    await now.ask('admin set workflows:50', boss(now));
    const channel = await now.fake.makeChannel();
    await now.fake.fail({ method: 'conversations.info', times: 2, status: 500, match: channel });
    const done = await ended(now, await now.fake.step({ callback: 'video', inputs: { prompt: 'a boat', channel } }));
    expect(done).toMatchObject({ status: 'completed', completedCalls: 1 });
    expect((await now.fake.deed(done.deed)).sent.length).toBeGreaterThan(1);
    expect((await now.posts(channel)).films).toHaveLength(1);
  });

  test('that meets it for ever fails in words after the last try', async () => {
    const now = await begin({ fake: { ackMs: 200, retryDelaysMs: [0, 50, 100] } });
    await now.ask('admin set workflows:50', boss(now));
    const channel = await now.fake.makeChannel();
    await now.fake.fail({ method: 'conversations.info', times: 20, status: 500, match: channel });
    const done = await ended(now, await now.fake.step({ callback: 'video', inputs: { prompt: 'a boat', channel } }));
    expect(done).toMatchObject({ status: 'errored', error: expect.stringMatching(/did not answer/) });
  });

  test('that was taken is not failed by its own repetition', async () => {
    const now = await begin({ delayMs: () => 1_500 });
    await now.ask('admin set workflows:50', boss(now));
    const id = await now.fake.step({ callback: 'video', inputs: { prompt: 'a boat', channel: now.world.channel } });
    const { deed } = await now.fake.execution(id);
    await until('taken', async () => (await now.house.desk.jobsOf(now.space, 'workflow', 5)).length === 1);
    await now.fake.changeChannel({ channel: now.world.channel, archived: true });
    await now.fake.repeat({ deed, retry: 3 });
    await now.fake.changeChannel({ channel: now.world.channel, archived: false });
    expect(await ended(now, id)).toMatchObject({ status: 'completed', completedCalls: 1 });
  });

  test('takes no picture that stands only where nobody of its channel is', async () => {
    const now = await begin();
    await now.ask('admin set workflows:50', boss(now));
    const hidden = await now.fake.makeChannel({ private: true, members: [now.world.boss] });
    await now.fake.say({ user: now.world.boss, channel: hidden, text: 'mine', files: [await heic()] });
    const [file] = await now.fake.files();
    const inputs = { prompt: 'a boat', channel: now.world.channel, image: file?.id };
    const done = await ended(now, await now.fake.step({ callback: 'video', inputs }));
    expect(done).toMatchObject({ status: 'errored', error: expect.stringMatching(/picture/) });
  });

  test('without a channel says so', async () => {
    const now = await begin();
    const done = await ended(now, await now.fake.step({ callback: 'video', inputs: { prompt: 'a boat' } }));
    expect(done).toMatchObject({ status: 'errored', error: expect.stringMatching(/^No channel is given/) });
  });

  test('whose end Slack does not take as it is ends all the same', async () => {
    const now = await begin();
    await now.ask('admin set workflows:50', boss(now));
    await now.fake.fail({ method: 'functions.completeSuccess', error: 'parameter_validation_failed' });
    const inputs = { prompt: 'a boat', channel: now.world.channel };
    const done = await ended(now, await now.fake.step({ callback: 'video', inputs }));
    expect(done).toMatchObject({ status: 'errored', error: expect.stringMatching(/made and posted/) });
  });
});

describe('members', () => {
  test('choose no private channel that they are not in', async () => {
    const now = await begin();
    const { ada: user, boss: other } = now.world;
    const channel = await now.fake.makeChannel({ private: true, members: [other] });
    await now.fake.globalShortcut({ user, callback: 'form:video' });
    const { id: view } = await until('the form', async () => (await now.fake.viewOf(user)) ?? undefined);
    await now.fake.submit({ user, view, values: { prompt: 'a kite' }, channel });
    const { errors } = await until('what is wrong', async () => {
      const shown = await now.fake.view(view);
      return shown.state === 'errors' && shown;
    });
    expect(Object.values(errors ?? {})).toEqual([expect.stringMatching(/not in that channel/)]);
    expect((await now.posts(channel)).cards).toEqual([]);
  });

  test('who name three hundred others have no more than twenty asked for', async () => {
    const now = await begin();
    const others = Array.from({ length: 30 }, (_, n) => now.fake.makeUser({ name: `m${n}` }));
    await Promise.all(others);
    const names = others.map((_, n) => `@m${n}`).join(' ');
    await now.mention(`thanks @bot ${names}`);
    const asked = (await now.fake.requests()).filter(({ method }) => method === 'users.info');
    expect(asked.length).toBeLessThanOrEqual(21);
  });

  test('who attach a picture that has only its name have it taken', async () => {
    const now = await begin();
    const files = [await heic('photo.HEIC', 'application/octet-stream')];
    const job = jobIn((await now.mention('@bot video a boat', { files })).text);
    expect((await now.atRest(job)).request.recipe.image).toMatch(/^[0-9a-f]{64}/);
  });

  test('read what a group of commands has, and what the short one does', async () => {
    const now = await begin();
    expect((await now.ask('mentions')).text).toMatch(/\/dailies mentions on/);
    const { ada: user, channel } = now.world;
    const id = await now.fake.slash({ user, channel, command: '/video', text: 'help' });
    expect(read(await answered(now.fake, id))).toMatch(/^\/dailies video — /);
    expect((await now.mention('@bot help')).text).toMatch(/In a thread/);
  });

  test('keep what they wrote when the bot is let in', async () => {
    const now = await begin();
    const channel = await now.fake.makeChannel({ bot: false });
    const { message, text, id } = await now.ask('video a long careful prompt', { channel });
    expect(text).toContain('a long careful prompt');
    const [button] = buttonsOf(message);
    await now.fake.press({ user: now.world.ada, channel, ts: message.ts, action: button?.id ?? '' });
    await until('joined', async () =>
      (await now.fake.requests()).some(({ method }) => method === 'conversations.join'),
    );
    expect(read((await now.fake.deed(id)).answers[0] ?? { blocks: [] })).toContain('a long careful prompt');
  });

  test('who run the bot are known by workspace and id, too', async () => {
    const fake = await startFakeSlack();
    const { ada: user, channel } = await makeWorld(fake);
    const { slack } = adapterOn(fake, { managers: [`${fake.team}/${user}`] });
    const origin = { platform: 'slack', space: fake.team, channel, user, visibility: 'thread' } as const;
    expect(await slack.rights.level(origin)).toBe('operator');
    await fake.close();
  });
});

test('while nobody knows the token, forms keep their words and commands are answered', async () => {
  const fake = await startFakeSlack();
  const { ada: user, channel } = await makeWorld(fake);
  const log = createTestLog();
  const real = oneToken(fake.token, fake.api, log);
  let away: Error | undefined;
  const tokens = {
    ...real,
    authorize: async (...given: Parameters<typeof real.authorize>) => {
      if (away) throw away;
      return real.authorize(...given);
    },
  };
  const { slack, acks } = adapterOn(fake, { tokens });
  await slack.receiver.listen(async () => ({ to: 'private', jobs: [], parts: [{ kind: 'text', text: 'taken' }] }));
  await fake.slash({ user, channel, command: '/dailies', text: 'video' });
  const { id: view } = await until('the form', async () => (await fake.viewOf(user)) ?? undefined);
  away = new TransientError('Redis is away');
  await fake.submit({ user, view, values: { prompt: 'a kite' } });
  await until('what is wrong', async () => (await fake.view(view)).state === 'errors');
  const id = await fake.slash({ user, channel, command: '/dailies', text: 'quota' });
  expect(read(await answered(fake, id))).toMatch(/did not answer/);
  away = new NotInstalled('gone');
  const other = await fake.slash({ user, channel, command: '/dailies', text: 'quota' });
  expect(read(await answered(fake, other))).toMatch(/did not answer/);
  expect(new Set(acks.map(({ kind }) => kind))).toEqual(new Set(['command', 'form']));
  await slack.receiver.close();
  await fake.close();
});
