import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { audit } from '../src/desk/audit.ts';
import { createDesk } from '../src/desk/desk.ts';
import { createLists } from '../src/desk/lists.ts';
import { orderOf } from '../test/desk/rig.ts';
import { until } from '../test/support/until.ts';
import { startChild } from './support/child.ts';
import { type Figures, figuresSchema } from './support/lag.ts';
import { callAll } from './support/load.ts';
import { figure, machine, percent, print, type Row } from './support/print.ts';
import { createBenchLog, startGateway, startRedis } from './support/setup.ts';

const spaces = 20;
/** Milliseconds: the whole stays within four minutes. */
const patience = 90_000;
const never = 3_600_000;
/** How fast the loops are begun: all at once would only measure how many connections a machine can open. */
const loopsPerSecond = 400;

async function info(redis: Redis, section: string, ...names: string[]): Promise<number> {
  const text = await redis.info(section);
  return names.reduce((sum, name) => sum + Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(text)?.[1]), 0);
}
const memory = (redis: Redis) => info(redis, 'memory', 'used_memory');
const cpuOf = (redis: Redis) => info(redis, 'cpu', 'used_cpu_sys', 'used_cpu_user');

type Gateway = Awaited<ReturnType<typeof startGateway>>;
interface Side {
  /** They are submitted. */
  fill: Figures;
  /** All in flight, none done. */
  hold: Figures;
  /** Films come back evenly. */
  finish: Figures;
  submitsPerSecond: number;
}

/** One side's three phases: all submitted, all in flight for a while, films coming back for a while. */
async function phases(
  figures: () => Promise<Figures>,
  gateway: Gateway,
  size: { jobs: number; hold: number; finish: number },
  holding: (begins: boolean) => Promise<void>,
): Promise<Side> {
  const began = performance.now();
  await until(`${size.jobs} submits`, async () => (await gateway.counts()).submits >= size.jobs, patience);
  const submitsPerSecond = size.jobs / ((performance.now() - began) / 1000);
  const fill = await figures();
  await holding(true);
  await wait(size.hold);
  const hold = await figures();
  await holding(false);
  await gateway.finish();
  await wait(size.finish);
  return { fill, hold, finish: await figures(), submitsPerSecond };
}

async function measureHouse(redis: Awaited<ReturnType<typeof startRedis>>, size: Size) {
  const admin = redis.connect();
  const gateway = await startGateway({ least: never, most: never, finishWithin: size.filmTime });
  const desk = createDesk(admin);
  const before = await memory(admin);
  await callAll(size.jobs, 50, (n) =>
    desk.accept(orderOf({ space: `space-${n % spaces}`, member: `member-${n % 1_000}`, allowance: 1_000_000 })),
  );
  const lists = createLists(admin, { until: 'submitted', longest: 60_000 });
  for (let n = 0; n < spaces; n += 1) await lists.enlist(orderOf({ space: `space-${n}` }).space);
  const worker = startChild('./worker.ts', { dataDir: redis.dataDir, url: gateway.url, key: gateway.key });
  let [bytes, cpu] = [0, 0];
  const figures = () => worker.ask('figures', figuresSchema);
  const side = await phases(figures, gateway, size, async (begins) => {
    if (begins) bytes = ((await memory(admin)) - before) / size.jobs;
    cpu = (await cpuOf(admin)) - (begins ? 0 : cpu);
  });
  const posted = await worker.ask('posted', z.number());
  await worker.close();
  await gateway.close();
  const { problems } = await audit(admin);
  return { ...side, bytes, redisCpu: cpu / side.hold.seconds, posted, problems: problems.length };
}

async function measureLoops(size: Size) {
  const gateway = await startGateway({ least: never, most: never, finishWithin: size.filmTime });
  const loops = startChild('./loops.ts', { url: gateway.url, jobs: size.jobs, rate: loopsPerSecond });
  const side = await phases(
    () => loops.ask('figures', figuresSchema),
    gateway,
    size,
    async () => undefined,
  );
  const counts = await loops.ask('counts', z.object({ done: z.number(), broken: z.number() }));
  await loops.close();
  await gateway.close();
  return { ...side, ...counts };
}

interface Size {
  jobs: number;
  /** Milliseconds of each phase, and over which all films would come back. */
  hold: number;
  finish: number;
  filmTime: number;
}

const megabytes = (bytes: number): string => `${figure(bytes / 2 ** 20)} MB`;
const lateness = ({ p50, p99, longest }: Figures): string => `${p50 ?? '-'} / ${p99 ?? '-'} / ${longest} ms`;
const punctual = ({ polls, inTime }: Figures): number => inTime / polls;
const cpuShare = ({ cpu, seconds }: Figures): number => cpu / seconds;

const phaseNames = [
  ['fill', 'being submitted'],
  ['hold', 'all in flight'],
  ['finish', 'films coming'],
] as const;

function rowsOf(house: Side, loops: Side): Row[] {
  const row = (what: string, of: (figures: Figures) => number, show: (value: number) => string): Row[] =>
    phaseNames.map(([phase, when]) => ({
      what: `${what}, ${when}`,
      ours: show(of(house[phase])),
      beside: show(of(loops[phase])),
      ratio: figure(of(house[phase]) / of(loops[phase])),
    }));
  return [
    ...row('polls begun within 1 s of due', punctual, percent),
    {
      what: 'late p50 / p99 / most, all in flight',
      ours: lateness(house.hold),
      beside: lateness(loops.hold),
      ratio: figure((house.hold.p99 ?? 0) / (loops.hold.p99 ?? 0)),
    },
    ...row('polls a second', ({ polls, seconds }) => polls / seconds, figure),
    ...row('memory of the process', ({ rss }) => rss, megabytes),
    ...row('CPU of the process, of one core', cpuShare, percent),
    ...row(
      'CPU for 1,000 polls',
      ({ cpu, polls }) => (cpu / polls) * 1000,
      (value) => `${figure(value)} s`,
    ),
  ];
}

/** Many jobs in flight in one worker process, beside the same as loops of `fetch` and `setTimeout` in a process that forgets them when it ends. */
export async function inflight({ short }: { short: boolean }): Promise<void> {
  const size: Size = short
    ? { jobs: 500, hold: 2_000, finish: 2_000, filmTime: 20_000 }
    : { jobs: 10_000, hold: 30_000, finish: 20_000, filmTime: 300_000 };
  const redis = await startRedis(createBenchLog());
  if (redis.kind === 'embedded') {
    await redis.close();
    throw new Error('the worker is measured in a process of its own, which takes a redis-server on the PATH');
  }
  const facts = await machine(redis.connect(), redis.kind);
  const house = await measureHouse(redis, size);
  await redis.close();
  const loops = await measureLoops(size);
  print('inflight', facts, rowsOf(house, loops), [
    `${figure(size.jobs)} jobs, submitted at ${figure(house.submitsPerSecond)}/s; memory at the most ${megabytes(house.finish.peak)}, beside ${megabytes(loops.finish.peak)}`,
    `Redis: ${figure(house.bytes)} bytes a job, ${percent(house.redisCpu)} of one core; the loops keep nothing`,
    `${house.posted} films posted while they came, beside ${loops.done} links seen; audit: ${house.problems} differences; ${loops.broken} loops broke`,
  ]);
}
