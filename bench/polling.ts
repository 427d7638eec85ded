import { availableParallelism } from 'node:os';
import type { ModelCard } from '../src/domain/model.ts';
import { createSchedule } from '../src/video/schedule.ts';
import {
  bestAt,
  createMemoryRedis,
  draw,
  type Humps,
  jobAt,
  mean,
  seeded,
  type Watched,
  type Watching,
  watchAt,
  watchOurs,
} from './support/films.ts';
import { figure, print, type Row } from './support/print.ts';

/** Films after which a schedule counts as warm. */
const warm = 300;
const beginning = 100;
const shapes: readonly { name: string; humps: Humps }[] = [
  { name: 'log-normal 105 s', humps: [{ share: 1, median: 105_000, sigma: 0.3 }] },
  {
    name: 'two humps 60/200 s',
    humps: [
      { share: 0.6, median: 60_000, sigma: 0.22 },
      { share: 0.4, median: 200_000, sigma: 0.22 },
    ],
  },
];

function every(ms: number, till: number): number[] {
  return Array.from({ length: Math.ceil(till / ms) + 1 }, (_, index) => (index + 1) * ms);
}

/** Waits of 2 s, each one and a half times the one before, up to 30 s. */
function growing(till: number): number[] {
  const ages: number[] = [];
  let [age, wait] = [0, 2_000];
  while (age < till) {
    age += wait;
    ages.push(age);
    wait = Math.min(30_000, wait * 1.5);
  }
  return ages;
}

function rowOf(what: string, humps: Humps, films: readonly number[], { polls, lags }: Watched): Row {
  const lag = mean(lags);
  const p95 = [...lags].sort((a, b) => a - b)[Math.floor(lags.length * 0.95)] as number;
  const best = bestAt(humps, films, lag);
  return {
    what: `${what}: lag ${figure(lag / 1000)} s, p95 ${figure(p95 / 1000)} s`,
    ours: figure(mean(polls)),
    beside: figure(best),
    ratio: figure(mean(polls) / best),
  };
}

const from = ({ polls, lags }: Watched, first: number): Watched => ({
  polls: polls.slice(first),
  lags: lags.slice(first),
});

/** The first films of several empty starts, together. */
async function starts(humps: Humps, times: number): Promise<{ films: number[]; watched: Watched }> {
  const films: number[] = [];
  const watched: Watched = { polls: [], lags: [] };
  for (let start = 0; start < times; start += 1) {
    const random = seeded(1_000 + start);
    const some = Array.from({ length: beginning }, () => draw(humps, random));
    const { polls, lags } = await watchOurs(some, random, {});
    films.push(...some);
    watched.polls.push(...polls);
    watched.lags.push(...lags);
  }
  return { films, watched };
}

async function rowsOf(name: string, humps: Humps, count: number, times: number): Promise<Row[]> {
  const random = seeded(1);
  const films = Array.from({ length: warm + count }, () => draw(humps, random));
  const measured = films.slice(warm);
  const till = Math.max(...films);
  const fixed = (what: string, ages: number[]): Row =>
    rowOf(`${name}, ${what}`, humps, measured, watchAt(ages, measured));
  const ours = async (what: string, watching: Watching): Promise<Row> =>
    rowOf(`${name}, ${what}`, humps, measured, from(await watchOurs(films, seeded(2), watching), warm));
  const begun = await starts(humps, times);
  return [
    fixed('every 5 s', every(5_000, till)),
    fixed('every 2 s', every(2_000, till)),
    fixed('2 s to 30 s, growing by half', growing(till)),
    rowOf(`${name}, ours, the first ${beginning} films`, humps, begun.films, begun.watched),
    await ours('ours', {}),
    await ours('ours, told of progress', { progress: true }),
    await ours('ours, with webhooks', {
      announced: (
        (chance) => () =>
          100 + 300 * chance()
      )(seeded(3)),
    }),
  ];
}

/** Microseconds of CPU that a poll's place takes, at 800 polls and 8 finished films a second, plans and reads of the times included. */
async function cpuOfNext(polls: number): Promise<number> {
  const random = seeded(4);
  const films = (shapes[0] as { humps: Humps }).humps;
  let now = 1_800_000_000_000;
  const schedule = createSchedule({
    redis: createMemoryRedis(),
    model: (id) => ({ id, usual: 120 }) as ModelCard,
    random,
    now: () => now,
  });
  const job = jobAt(now);
  const { recipe } = job.request;
  for (let film = 0; film < 200; film += 1) await schedule.learn(recipe, { ms: draw(films, random), announced: true });
  const before = process.cpuUsage();
  for (let poll = 0; poll < polls; poll += 1) {
    now += 1.25;
    await schedule.next({ ...job, submittedAt: now - 200_000 * random() }, now);
    if (poll % 100 === 0) await schedule.learn(recipe, { ms: draw(films, random), announced: false });
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / polls;
}

/** Polls a film and the lag after which it is noticed, simulated: other schedules, ours, and the best that one could do that knows the distribution. */
export async function polling({ short }: { short: boolean }): Promise<void> {
  const [count, times] = short ? [500, 3] : [10_000, 40];
  const rows: Row[] = [];
  for (const { name, humps } of shapes) rows.push(...(await rowsOf(name, humps, count, times)));
  const micros = await cpuOfNext(short ? 20_000 : 200_000);
  print(
    'polling',
    `${count} simulated films of each shape, always the same; ${availableParallelism()} cores; node ${process.versions.node}`,
    rows,
    [
      'Ours: polls a film. Beside: of the schedule that knows the distribution and is best at the same mean lag.',
      `Ours after ${warm} films; the first ${beginning} as the mean of ${times} empty starts; films come in tens.`,
      'Both humps have a sigma of 0.22, 60 of 100 films in the first. Webhooks come 0.1 to 0.4 s after a film is done.',
      `CPU of a poll's place in time: ${figure(micros)} microseconds, at 800 polls and 8 films a second.`,
    ],
  );
}
