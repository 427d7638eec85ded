import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { acceptArgs } from '../src/desk/accept.ts';
import { createBudget } from '../src/desk/budget.ts';
import { createDesk } from '../src/desk/desk.ts';
import { spaceKeys } from '../src/desk/keys.ts';
import type { Order } from '../src/domain/desk.ts';
import { readScript, scriptText } from '../src/scripts.ts';
import { orderOf, thisWeek } from '../test/desk/rig.ts';
import { callFor, median, quantile } from './support/load.ts';
import { figure, machine, print, type Row } from './support/print.ts';
import { createBenchLog, startRedis } from './support/setup.ts';

const allowance = 1_000_000_000;
const window = thisWeek();

/** Orders of 500 members in four spaces, made before the clock runs. */
function createOrders() {
  const ready: Order[] = [];
  let made = 0;
  const one = (): Order => {
    made += 1;
    return orderOf({ allowance, window, money: 80_000, space: `space-${made % 4}`, member: `member-${made % 500}` });
  };
  return {
    fill: (count: number) => {
      while (ready.length < count) ready.push(one());
    },
    next: () => ready.pop() ?? one(),
  };
}

/**
 * Accept without its jobs: the same checks, hold, ledger line and answer. Cut out of the script itself, so that it stays what
 * accept does to credits.
 */
function creditsAlone(): { lua: string; sha: string } {
  const folder = new URL('../src/desk/lua/', import.meta.url);
  const whole = readScript('accept', folder);
  const own = whole.replace(/^-- The jobs: [\s\S]*?(?=^-- The answer )/m, '');
  if (own === whole) throw new Error('accept.lua names its parts otherwise: what is about jobs cannot be cut out');
  const lua = scriptText(folder, 'accept', own);
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

type Work = (order: Order) => Promise<unknown>;

/** What is measured, over one connection. */
function worksOn(redis: Redis, credits: { sha: string }): Record<string, Work> {
  const budget = createBudget({
    redis,
    standing: { read: async () => undefined },
    job: async () => undefined,
    limit: { of: 'money', most: Number.MAX_SAFE_INTEGER, kind: 'week', timeZone: 'UTC', window: () => window },
    log: createBenchLog(),
  });
  const desk = createDesk(redis);
  return {
    incrby: () => redis.incrby('n', 1),
    "reserve (the operator's money)": ({ space, jobs }) =>
      budget.reserve(jobs.map(({ id, money = 0, price }) => ({ ref: { space, id }, money, credits: price }))),
    'reserve (credits alone)': (order) =>
      redis.evalsha(credits.sha, 1, spaceKeys(order.space).all, ...acceptArgs(order)),
    accept: desk.accept,
  };
}

/** Operations a second and milliseconds of one thing, a slice of each round. */
interface Series {
  rates: number[];
  took: number[];
}

/**
 * Credits held and calls accepted a second, beside `INCRBY` on the same Redis, from callers who wait for their answer before they ask
 * again. Each thing has its slice of every round, so that noise meets all of them.
 */
export async function ledger({ short }: { short: boolean }): Promise<void> {
  const log = createBenchLog();
  const redis = await startRedis(log);
  const admin = redis.connect();
  const facts = await machine(admin, redis.kind);
  const credits = creditsAlone();
  const [rounds, ms] = short ? [1, 50] : [15, 200];
  const connections = Array.from({ length: 50 }, () => redis.connect());
  const works = connections.map((connection) => worksOn(connection, credits));
  const names = Object.keys(works[0] ?? {});
  const settings = [
    { who: '1 client', callers: 1, each: true },
    { who: '10 clients', callers: 10, each: true },
    { who: '50 clients', callers: 50, each: true },
    { who: '50 over one connection', callers: 50, each: false },
  ];
  const orders = createOrders();
  const series = new Map<string, Series>();
  let most = 500;
  for (let round = 0; round < rounds; round += 1) {
    for (const { who, callers, each } of settings) {
      // Every round meets a ledger of the same size.
      await admin.flushall();
      await admin.script('LOAD', credits.lua);
      for (const name of names) {
        orders.fill(most * 2);
        const took: number[] = [];
        const rate = await callFor(ms, callers, async (caller) => {
          const order = orders.next();
          const began = performance.now();
          await works[each ? caller : 0]?.[name]?.(order);
          took.push(performance.now() - began);
        });
        if (name !== 'incrby') most = Math.max(most, took.length);
        const of = series.get(`${who} ${name}`) ?? { rates: [], took: [] };
        of.rates.push(rate);
        of.took.push(...took);
        series.set(`${who} ${name}`, of);
      }
    }
  }
  for (const connection of connections) connection.disconnect();
  await redis.close();

  const rows = settings.flatMap(({ who }) => names.slice(1).flatMap((name) => rowsOf(who, name, series)));
  print('ledger', facts, rows, [
    `${rounds} rounds of ${ms} ms each; the ratio is the median of the rounds, and in brackets that of the fastest slices`,
  ]);
}

function rowsOf(who: string, name: string, series: Map<string, Series>): Row[] {
  const [ours, beside] = [series.get(`${who} ${name}`), series.get(`${who} incrby`)];
  if (!ours || !beside) throw new Error(`${who} ${name} was not measured`);
  const ratios = ours.rates.map((rate, round) => rate / (beside.rates[round] ?? Number.NaN));
  const rate = {
    what: `${who}: ${name}`,
    ours: `${figure(median(ours.rates))} /s`,
    beside: `${figure(median(beside.rates))} /s`,
    ratio: `${figure(median(ratios))} (${figure(Math.max(...ours.rates) / Math.max(...beside.rates))})`,
  };
  const lags = ([0.5, 0.99] as const).map((share): Row => {
    const [mine, other] = [quantile(ours.took, share), quantile(beside.took, share)];
    const what = `  p${share * 100}`;
    return { what, ours: `${figure(mine)} ms`, beside: `${figure(other)} ms`, ratio: figure(mine / other) };
  });
  return [rate, ...lags];
}
