import { Queue, Worker } from 'bullmq';
import { audit } from '../src/desk/audit.ts';
import { createDesk } from '../src/desk/desk.ts';
import { sandboxCards } from '../src/video/cards.ts';
import { orderOf, thisWeek } from '../test/desk/rig.ts';
import { createFakeChat } from '../test/support/chat.ts';
import { callOf, type House, startHouse } from '../test/support/house.ts';
import { until } from '../test/support/until.ts';
import { callAll, callFor, median, openLoop, quantile } from './support/load.ts';
import { figure, machine, print, type Row } from './support/print.ts';
import { createBenchLog, startGateway, startRedis } from './support/setup.ts';

type Redis = Awaited<ReturnType<typeof startRedis>>;

const callers = 50;
const patience = 50_000;
const allowance = 1_000_000;
/** The worker's concurrency as the program sets it. */
const concurrency = { submit: 32, poll: 200, deliver: 8 };

/** Members of four spaces ask by turns. */
const ask = (house: House, n: number) =>
  house.handle(
    callOf(
      'video',
      { prompt: 'a paper boat in the rain', model: 'sandbox-mini', seconds: 2 },
      { user: `member-${n % 40}`, space: `space-${n % 4}` },
    ),
  );

/** Calls by 50 members at once, until the last film is posted and captured. Jobs a second. */
async function films(house: House, count: number): Promise<number> {
  const from = house.steps.length;
  let [looked, ended] = [from, 0];
  const began = performance.now();
  await callAll(count, callers, (n) => ask(house, n));
  await until(
    `${count} films`,
    () => {
      for (; looked < house.steps.length; looked += 1) {
        const step = house.steps[looked];
        if (step?.step === 'deliver' && step.result === 'rest') ended += 1;
      }
      return ended >= count;
    },
    patience,
  );
  return count / ((performance.now() - began) / 1000);
}

/** The same queue with jobs that do nothing, added by 50 callers at once. Jobs a second. */
function createNoop(redis: Redis) {
  const options = { prefix: '{bench}' };
  const queue = new Queue('noop', {
    ...options,
    connection: redis.connect(),
    defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
    streams: { events: { maxLen: 100 } },
  });
  let done = 0;
  const worker = new Worker(
    'noop',
    async () => {
      done += 1;
    },
    {
      ...options,
      connection: redis.workerConnect(),
      concurrency: callers,
    },
  );
  return {
    add: (n: number) => queue.add('noop', { n }),
    run: async (count: number) => {
      const from = done;
      const began = performance.now();
      await callAll(count, callers, (n) => queue.add('noop', { n }));
      await until(`${count} no-op jobs`, () => done - from >= count, patience);
      return count / ((performance.now() - began) / 1000);
    },
    close: async () => {
      await worker.close();
      await queue.close();
    },
  };
}

/** Accepts a second beside increments a second, from 50 callers with a connection each. */
async function accepts(redis: Redis, ms: number, rounds: number): Promise<{ accept: number; incrby: number }> {
  const connections = Array.from({ length: callers }, () => redis.connect());
  const desks = connections.map((connection) => createDesk(connection));
  const window = thisWeek();
  const [accept, incrby]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    incrby.push(
      await callFor(ms, callers, (caller) => (connections[caller] as (typeof connections)[0]).incrby('n', 1)),
    );
    accept.push(
      await callFor(ms, callers, (caller, n) =>
        (desks[caller] as (typeof desks)[0]).accept(
          orderOf({ allowance, window, space: `accept-${caller % 4}`, member: `member-${caller}-${n % 10}` }),
        ),
      ),
    );
  }
  for (const connection of connections) connection.disconnect();
  return { accept: median(accept), incrby: median(incrby) };
}

/**
 * How fast the whole way is: jobs a second from call to captured film, milliseconds from call to answer at 100 calls a second,
 * accepts a second; each beside what the same Redis does without us.
 */
export async function journey({ short }: { short: boolean }): Promise<void> {
  const log = createBenchLog();
  const redis = await startRedis(log);
  const slow = redis.kind === 'embedded';
  const rounds = short ? 1 : 3;
  const size = short ? (slow ? 15 : 40) : slow ? 60 : 300;
  const gateway = await startGateway({ least: 0, most: 0 });
  const admin = redis.connect();
  const facts = await machine(admin, redis.kind);
  const shared = { redis, chat: createFakeChat(), models: sandboxCards, log, credits: allowance, concurrency };
  const house = await startHouse({ ...shared, gateway, firstPoll: 1, inFlight: concurrency.poll });
  const noop = createNoop(redis);
  const [ours, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    bare.push(await noop.run(size * 10));
    ours.push(await films(house, size));
  }
  const [rate, seconds] = [slow ? 10 : 100, short ? 1 : 6];
  const added = await openLoop(rate, seconds, noop.add);
  await house.close();
  await gateway.close();
  const patient = await startGateway({ least: 60_000, most: 60_000 });
  const filming = await startHouse({ ...shared, gateway: patient, firstPoll: 2_000 });
  const answered = await openLoop(rate, seconds, (n) => ask(filming, n));
  await filming.close();
  await patient.close();
  await noop.close();
  const { problems } = await audit(admin);
  const { accept, incrby } = await accepts(redis, short ? 500 : 2_000, rounds);
  await redis.close();

  const row = (what: string, mine: number, other: number, unit: string): Row => ({
    what,
    ours: `${figure(mine)} ${unit}`,
    beside: `${figure(other)} ${unit}`,
    ratio: figure(mine / other),
  });
  print(
    'journey',
    facts,
    [
      row('end to end, beside no-op BullMQ jobs', median(ours), median(bare), 'jobs/s'),
      row(`call to answer p50 at ${rate}/s, beside queue.add`, median(answered), median(added), 'ms'),
      row(`call to answer p99 at ${rate}/s, beside queue.add`, quantile(answered, 0.99), quantile(added, 0.99), 'ms'),
      row('accept, beside INCRBY, from 50 clients', accept, incrby, '/s'),
    ],
    [`${rounds} rounds of ${size} jobs: ${ours.map(figure).join(', ')} jobs/s; audit: ${problems.length} differences`],
  );
}
