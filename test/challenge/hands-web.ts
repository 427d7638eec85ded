import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { commands } from '../../commands/index.ts';
import { createStudio } from '../../platforms/web/adapter.ts';
import type { MessageJson, PartJson } from '../../platforms/web/render.ts';
import { createWithheld } from '../../src/desk/withheld.ts';
import type { Button } from '../../src/domain/command.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { thisWeek } from '../desk/rig.ts';
import { type House, startHouse } from '../support/house.ts';
import { createTestLog } from '../support/log.ts';
import { redisKinds, startRedis } from '../support/redis.ts';
import { type Hands, type Seen, tinyModels, type Values } from './hands.ts';

const thread = 'films';
const key = 'a-key';
const boss = 'boss';

/** A call's answer, or why there is none. */
interface Answered {
  reply?: { text: string; parts: PartJson[] };
  error?: string;
}

const buttonsIn = (parts: PartJson[] = []): Button[] =>
  parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));

/** The studio, with everything behind it, asked as its page asks. */
export async function handsInStudio(): Promise<Hands & { close(): Promise<void> }> {
  const engine = await startRedis(redisKinds[0] ?? 'server');
  const sandbox = await startSandbox({ cards: tinyModels, key });
  const redis = engine.connect();
  const dir = await mkdtemp(join(tmpdir(), 'dailies-studio-'));
  const log = createTestLog();
  const space = spaceKey({ platform: 'web', space: 'studio' });
  const studio = createStudio({
    ...{
      redis,
      withheld: createWithheld(redis),
      space: 'studio',
      commands,
      models: () => tinyModels,
      managers: [boss],
      log,
    },
    media: { path: (name) => join(dir, 'media', name) },
    desk: {
      job: (ref) => house.desk.job(ref),
      position: (ref) => house.desk.position(ref),
      jobsOf: (...given) => house.desk.jobsOf(...given),
    },
    quota: (member) => house.desk.quota(space, member, { window: thisWeek(), allowance: 60 }),
    publicUrl: 'http://films.example',
  });
  const house: House = await startHouse({
    ...{ redis: engine, chat: studio, gateway: { url: sandbox.url, key }, models: tinyModels, log, dir },
  });
  await studio.receiver.listen(house.handle);
  const server = createServer(getRequestListener(studio.app.fetch));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  const request = async <Answer>(member: string, path: string, body?: object): Promise<Answer> => {
    const headers = { 'x-member': member, 'content-type': 'application/json' };
    const answer = await fetch(`${url}${path}`, {
      headers,
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    return (await answer.json()) as Answer;
  };

  const pressable = new Map<string, Button[]>();
  let answers = 0;
  const seen = (id: string, where: string, text: string, parts: PartJson[] | undefined, films: string[]): Seen => {
    const buttons = buttonsIn(parts);
    pressable.set(id, buttons);
    return { ...{ id, where, text, films }, buttons: buttons.map(({ label }) => label), rings: false };
  };
  const call = async (member: string, command: string, values: Values = {}): Promise<Seen> => {
    const path = `/threads/${thread}/calls`;
    const { reply, error } = await request<Answered>(member, path, { command, values });
    answers += 1;
    return seen(`answer-${answers}`, thread, reply?.text ?? error ?? '', reply?.parts, []);
  };
  const pressAndFill = async (member: string, { id, buttons }: Seen, label: string, values: Values) => {
    const button = pressable.get(id)?.find((one) => one.label === label);
    if (!button) throw new Error(`there is no button ${label}: ${buttons.join(', ')}`);
    const { command, job, challenge } = button;
    const carried = { ...(job === undefined ? {} : { job }), ...(challenge === undefined ? {} : { challenge }) };
    return call(member, command, { ...carried, ...values });
  };
  const messagesFor = async (member: string): Promise<MessageJson[]> => {
    const channels = await request<{ threads: { id: string }[] }[]>(member, '/channels');
    const all = channels.flatMap(({ threads }) => threads);
    return (await Promise.all(all.map(({ id }) => request<MessageJson[]>(member, `/threads/${id}/messages`)))).flat();
  };
  const read = ({ id, text, parts, video }: MessageJson): Seen =>
    seen(id, thread, text, parts, video ? [/([0-9a-f]{64})\./.exec(video.url)?.[1] ?? ''] : []);

  return {
    ...{ house, space, boss },
    loud: (member) => `for @${member}, @everyone and <!channel>`,
    refer: (member) => member,
    join: async (name) => name,
    leave: async () => undefined,
    ask: call,
    fill: call,
    press: (member, message, label) => pressAndFill(member, message, label, {}),
    pressAndFill,
    async remove(member, job) {
      const sure = await call(member, 'film delete', { job });
      return pressAndFill(member, sure, 'Delete it for good', {});
    },
    everybody: async () => (await messagesFor('a-guest')).map(read),
    alone: async (member) =>
      (await messagesFor(member)).filter(({ to, id }) => to === member && !id.startsWith('reply')).map(read),
    errors: () => log.lines.filter(({ level }) => level === 'error'),
    async close() {
      await studio.receiver.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await house.close();
      await sandbox.close();
      await engine.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
