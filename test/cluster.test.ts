import type { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBoard } from '../platforms/web/board.ts';
import { audit } from '../src/desk/audit.ts';
import { createDesk } from '../src/desk/desk.ts';
import { spaceKeys } from '../src/desk/keys.ts';
import { masters } from '../src/desk/masters.ts';
import { createVault } from '../src/desk/vault.ts';
import type { Reply } from '../src/domain/command.ts';
import { type SpaceKey, spaceKey } from '../src/domain/origin.ts';
import { windowAt } from '../src/domain/policy.ts';
import { createLog } from '../src/log.ts';
import { openRedis, type RedisHouse } from '../src/redis.ts';
import { startSandbox } from '../src/sandbox/server.ts';
import { sandboxCards } from '../src/video/cards.ts';
import { deskOn, orderOf, thisWeek } from './desk/rig.ts';
import { createFakeChat } from './support/chat.ts';
import { useClosing } from './support/closing.ts';
import { callOf, jobOf, startHouse } from './support/house.ts';
import { createTestLog } from './support/log.ts';
import { redisKinds, startRedis, type TestRedis } from './support/redis.ts';
import { slotOf } from './support/slots.ts';
import { until } from './support/until.ts';

const nodeOf = (space: SpaceKey): number => Math.floor((slotOf(spaceKeys(space).ledger) * 3) / 16_384);
const spaceOf = (space: string): SpaceKey => spaceKey({ platform: 'web', space });

describe.runIf(redisKinds.includes('server'))('on a cluster of three', () => {
  let engine: TestRedis;
  let house: RedisHouse;
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  beforeAll(async () => {
    engine = await startRedis('cluster');
    house = await openRedis({ url: engine.url, dataDir: 'none is needed', log });
  });
  afterAll(async () => {
    await house.close();
    await engine.close();
  });
  const { closing } = useClosing();

  test('films of several spaces are asked for, made, delivered and paid, and the books are in order', async () => {
    const key = 'a-key';
    const delayMs = (prompt: string) => (prompt === 'slow' ? 600_000 : 0);
    const sandbox = closing(
      await startSandbox({ cards: sandboxCards, key, render: 'instant', delayMs, linkTtlMs: 60_000 }),
    );
    const [chat, log] = [createFakeChat(), createTestLog()];
    const flow = closing(
      await startHouse({
        ...{ redis: engine, chat, log, gateway: { url: sandbox.url, key }, models: sandboxCards },
        ...{ budget: 1_000_000_000, credits: 100 },
      }),
    );
    const spaces = ['north', 'south', 'east'];
    expect(new Set(spaces.map((space) => nodeOf(spaceOf(space)))).size).toBe(3);
    const job = (space: string, id: string) => flow.job(callOf('quota', {}, { space }).origin, id);
    const settled = (space: string, id: string) => {
      const look = async () => {
        const found = await job(space, id);
        return found.settled !== undefined && found.card?.version === found.version && found.settled;
      };
      return until(`${id} of ${space} at rest`, look, 40_000);
    };
    const ask = (values: Record<string, unknown>, more: Parameters<typeof callOf>[2]) =>
      flow.handle(callOf('video', values, more));

    await Promise.all(
      spaces.map(async (space) => {
        const call = callOf('video', { prompt: 'a paper boat', count: 2 }, { space });
        const [reply, repeated] = [await flow.handle(call), await flow.handle(call)];
        expect(repeated).toEqual(reply);
        for (const id of reply.jobs) expect(await settled(space, id)).toBe('captured');
        const [first = ''] = reply.jobs;
        await flow.handle(callOf('film redeliver', { job: first }, { space }));
        await until('posted again', () => chat.films(first).length === 2);

        const failing = jobOf(await ask({ prompt: 'fail please' }, { space }));
        expect(await settled(space, failing)).toBe('released');

        const slow = jobOf(await ask({ prompt: 'slow' }, { space }));
        await flow.handle(callOf('film cancel', { job: slow }, { space }));
        expect(await settled(space, slow)).toBe('released');

        const tag = await ask({ prompt: 'a ship', model: 'sora-2', seconds: 20 }, { space, asks: true });
        const { command, quote } = buttonOf(tag, /Make it/);
        const pressed = () => flow.handle(callOf(command, { quote }, { space, asks: true }));
        const dear = jobOf(await pressed());
        expect(await settled(space, dear)).toBe('captured');

        const quota = await flow.desk.quota(spaceOf(space), 'ada', {
          window: windowAt(Date.now(), 'week', 'UTC'),
          allowance: 100,
        });
        expect(quota).toMatchObject({ held: 0, spent: 28, left: 72 });
        await flow.settings.change(spaceOf(space), { workflowCredits: 7 }, 'ada');
        expect(await flow.settings.read(spaceOf(space))).toMatchObject({ workflowCredits: 7 });
      }),
    );
    expect(await flow.budget.returnUnmatched()).toBe(0);
    expect(log.lines.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
    // A client that was just opened has not yet asked the cluster who its masters are.
    const found = await audit(house.connect('audit') as Redis);
    expect(found).toMatchObject({ spaces: spaces.length, jobs: 5 * spaces.length, problems: [] });
  }, 90_000);

  test('the studio’s board and the vault keep what they are given', async () => {
    const client = house.connect('studio');
    for (const space of ['north', 'south', 'east']) {
      const board = createBoard(client, space);
      await board.open({ id: 'boats', channel: 'general', title: 'Boats' });
      const note = { author: 'ada', bot: false, text: 'a boat' };
      expect(await board.put('boats', 'one', note)).toBe('put');
      expect(await board.messages('boats')).toMatchObject([note]);
    }
    const vault = createVault(client, 'a key of some length, as an operator has it');
    await vault.keep('T1', 'xoxb');
    expect(await vault.open('T1')).toBe('xoxb');
    await vault.drop('T1');
    expect(await vault.open('T1')).toBeUndefined();
  });

  test('a space whose slot moves to another node goes on, with its jobs', async () => {
    const client = house.connect('moving') as Cluster;
    const rig = deskOn(client as unknown as Redis);
    const ref = await rig.accepted({ space: 'mover', key: 'before' });
    await moveSlot(engine.connect() as unknown as Cluster, slotOf(spaceKeys(ref.space).ledger));
    expect(await rig.rendered(ref)).toMatchObject({ asset: { name: 'film.mp4' } });
    expect(await rig.delivered(ref)).toMatchObject({ settled: 'captured' });
    expect(await rig.desk.accept(orderOf({ space: 'mover', key: 'before' }))).toMatchObject({ repeated: true });
    expect((await audit(house.connect('audit') as Redis)).problems).toEqual([]);
  });

  test('a command that was under way when its connection broke is an error, and is not sent again', async () => {
    const client = house.connect('desk');
    await client.ping();
    const nodes = engine.connect();
    await nodes.call('CLIENT', 'PAUSE', '1000', 'WRITE');
    const answer = client.incr('{counted}').catch((error: Error) => error);
    const ended = await until('it waits there, and is ended', async () => {
      for (const node of await masters(nodes)) {
        const [, id] = /^id=(\d+) .*\bcmd=incr\b/m.exec(String(await node.client('LIST'))) ?? [];
        if (id !== undefined) return (await node.client('KILL', 'ID', Number(id))) as number;
      }
    });
    expect(ended).toBe(1);
    expect(await answer).toBeInstanceOf(Error);
    await nodes.call('CLIENT', 'UNPAUSE');
    await until('it is connected again', () => client.set('{counted}:after', 'x'));
    expect(await client.get('{counted}')).toBeNull();
  });

  test('one master that is full keeps every space from taking more', async () => {
    const nodes = (engine.connect() as unknown as Cluster).duplicate();
    await until('connected', () => nodes.status === 'ready');
    const [full] = nodes.nodes('master');
    await full?.config('SET', 'maxmemory', 3_000_000);
    try {
      const { accept } = createDesk(house.connect('desk') as Redis);
      await expect(accept(orderOf({ space: 'north' }))).rejects.toMatchObject({ said: { word: 'service.full' } });
      expect(
        await createDesk(house.connect('desk')).quota(spaceOf('north'), 'ada', { window: thisWeek(), allowance: 60 }),
      ).toBeDefined();
    } finally {
      await full?.config('SET', 'maxmemory', 0);
      nodes.disconnect();
    }
  });

  test('an address of one of its nodes is not enough, and several addresses must be a cluster’s', async () => {
    const options = { dataDir: 'none is needed', log };
    const [node = ''] = engine.url.split(',');
    await expect(openRedis({ url: node, ...options })).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/is a node of a cluster: name several/) },
    });
    const single = closing(await startRedis('single'));
    await expect(openRedis({ url: `${single.url},${single.url}`, ...options })).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/not of a cluster: name one/) },
    });
  });

  test('when all of it is away callers are told, and it works again when it is back', async () => {
    const rig = deskOn(house.connect('desk') as Redis);
    const ref = await rig.accepted({ space: 'away' });
    const worker = house.connect('worker', { blocking: true });
    await worker.rpush('{films}', 'one');
    const bullmq = (worker as Cluster).duplicate();
    bullmq.on('error', () => undefined);
    await until('connected', () => bullmq.status === 'ready');
    await engine.kill();
    // As BullMQ does with the one that it blocks on.
    bullmq.disconnect();
    const again = bullmq.connect().catch((error: Error) => error);
    const waited = worker.llen('{films}');
    const began = performance.now();
    await expect(rig.desk.cancel(ref, 'ada')).rejects.toMatchObject({ refusal: 'unavailable' });
    await expect(rig.desk.accept(orderOf())).rejects.toMatchObject({ said: { word: 'service.away' } });
    await expect(deskOn(house.connect('late') as Redis).desk.job(ref)).rejects.toMatchObject({
      refusal: 'unavailable',
    });
    expect(performance.now() - began).toBeLessThan(5_000);
    await engine.restart();
    expect(await waited).toBe(1);
    expect(await again).toBeInstanceOf(Error);
    await until('BullMQ’s is connected', () => bullmq.status === 'ready');
    bullmq.disconnect();
    expect(await until('it is reached again', () => rig.desk.cancel(ref, 'ada'))).toBe('released');
    const said = lines.filter((line) => line.includes('"purpose":"desk"')).join('');
    expect(said).toMatch(/a node of the Redis cluster is away.*the node of the Redis cluster is back/s);
  });
});

function buttonOf(reply: Reply, label: RegExp) {
  const buttons = reply.parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
  const found = buttons.find((button) => label.test(button.label));
  if (!found) throw new Error(`no button ${label}: ${JSON.stringify(buttons)}`);
  return found;
}

/** Moves a slot with all its keys to a master that does not have it, as an operator's rebalancing does. */
async function moveSlot(cluster: Cluster, slot: number): Promise<void> {
  await until('connected', () => cluster.status === 'ready');
  const nodes = await Promise.all(
    cluster.nodes('master').map(async (node) => ({
      node,
      id: String(await node.cluster('MYID')),
      keys: (await node.cluster('GETKEYSINSLOT', slot, 1_000)) as string[],
    })),
  );
  const from = nodes.find(({ keys }) => keys.length > 0);
  const to = nodes.find((one) => one !== from);
  if (!from || !to) throw new Error(`no keys in slot ${slot}`);
  await to.node.cluster('SETSLOT', slot, 'IMPORTING', from.id);
  await from.node.cluster('SETSLOT', slot, 'MIGRATING', to.id);
  const { host = '', port = 0 } = to.node.options;
  await from.node.call('MIGRATE', [host, String(port), '', '0', '5000', 'KEYS', ...from.keys]);
  for (const { node } of [to, from, ...nodes]) await node.cluster('SETSLOT', slot, 'NODE', to.id);
}
