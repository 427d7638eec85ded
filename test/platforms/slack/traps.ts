import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect } from 'vitest';
import type { SlackOptions } from '../../../platforms/slack/adapter.ts';
import type { Call, Reply } from '../../../src/domain/command.ts';
import type { FakeSlack, FakeSlackOptions, GivenFile } from '../../support/slack/api.ts';
import { startFakeSlack } from '../../support/slack/index.ts';
import { until } from '../../support/until.ts';
import { adapterOn, makeWorld, type Rig, type RigOptions, startRig } from './rig.ts';

/** One house for all tests of a file, each with members and channels of its own. */
export function useRig(options: RigOptions = {}): () => Rig {
  let rig: Rig | undefined;
  beforeAll(async () => {
    rig = await startRig(options);
  });
  afterAll(async () => {
    await rig?.close();
  });
  return () => {
    if (!rig) throw new Error('the rig was not started');
    return rig;
  };
}

let made = 0;

/** A member and a channel that no other test has. */
export async function newcomer({ fake }: Pick<Rig, 'fake'>, more: Partial<Parameters<FakeSlack['makeUser']>[0]> = {}) {
  made += 1;
  const user = await fake.makeUser({ name: `member${made}`, displayName: `Member ${made}`, ...more });
  const channel = await fake.makeChannel({ name: `room${made}` });
  return { user, channel };
}

export const told = (text: string): Reply => ({ to: 'private', jobs: [], parts: [{ kind: 'text', text }] });

/** A bot that answers every call alike, on a Slack of its own. */
export async function startListening(
  answer: (call: Call) => Promise<Reply>,
  { fake: given, ...change }: { fake?: FakeSlackOptions } & Partial<Omit<SlackOptions, 'fake'>> = {},
) {
  const fake = await startFakeSlack(given);
  const world = await makeWorld(fake);
  const bot = adapterOn(fake, change);
  const calls: Call[] = [];
  return {
    ...{ fake, world, calls, ...bot },
    async listen() {
      await bot.slack.receiver.listen(async (call) => {
        calls.push(call);
        return answer(call);
      });
      await until('connected', () => bot.slack.connected());
    },
    async close() {
      await bot.slack.receiver.close();
      await fake.close();
    },
  };
}

/** The form that a member has in front of them. */
export const formOf = (fake: FakeSlack, user: string) =>
  until('the form', async () => (await fake.viewOf(user)) ?? undefined);

export const heic = (): GivenFile => ({
  ...{ name: 'photo.heic', mimetype: 'image/heic' },
  base64: readFileSync('test/fixtures/photo.heic').toString('base64'),
});

/** The newest message to a member alone, in the direct messages with the bot, once there is one. */
export const direct = (fake: FakeSlack, user: string) =>
  until('a direct message', async () => {
    const dm = await fake.dm(user);
    return dm === null ? undefined : (await fake.messages(dm)).at(-1);
  });

/** A call of the Web API in the bot's name, as another version of it may have made it. */
export async function asBot(fake: FakeSlack, method: string, args: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${fake.api}${method}`, {
    ...{ method: 'POST', body: JSON.stringify(args) },
    headers: { 'content-type': 'application/json', authorization: `Bearer ${fake.token}` },
  });
  const said = (await answer.json()) as Record<string, unknown>;
  expect(said).toMatchObject({ ok: true });
  return said;
}

/** A message of the bot with one button, which carries what the test says. */
export async function buttonIn(fake: FakeSlack, channel: string, action: string, value?: string): Promise<string> {
  const button = { type: 'button', text: { type: 'plain_text', text: 'Press' }, action_id: action, value };
  const blocks = [{ type: 'actions', elements: [button] }];
  return String((await asBot(fake, 'chat.postMessage', { channel, text: 'x', blocks })).ts);
}
