import { join } from 'node:path';
import { z } from 'zod';
import { createBudget } from '../../src/desk/budget.ts';
import { createLists } from '../../src/desk/lists.ts';
import { createRecords } from '../../src/desk/records.ts';
import { createSlow } from '../../src/desk/slow.ts';
import { createWishes } from '../../src/desk/wishes.ts';
import { cardFor } from '../../src/domain/model.ts';
import { openGatewayRoom } from '../../src/main/gateway.ts';
import { createMedia } from '../../src/media/media.ts';
import type { Poster, Schedule, VideoApi } from '../../src/ports.ts';
import { createWakeUps } from '../../src/queue.ts';
import { openRedis } from '../../src/redis.ts';
import { sandboxCards, sandboxProfile } from '../../src/video/cards.ts';
import { createStanding } from '../../src/video/standing.ts';
import { startAdmission } from '../../src/worker/admission.ts';
import { startWorkers } from '../../src/worker/run.ts';
import { answering, optionsOf } from './child.ts';
import { createLag } from './lag.ts';
import { createBenchLog } from './setup.ts';

/** The program's worker, as it is wired there with a real gateway, under measurement. Its chat keeps nothing. */
const { dataDir, url, key } = optionsOf(z.object({ dataDir: z.string(), url: z.string(), key: z.string() }));

const log = createBenchLog();
const house = await openRedis({ dataDir, log });
const redis = house.connect('desk');
const media = createMedia({ dir: join(dataDir, 'media'), origins: [new URL(url).origin] });
const wakeUps = createWakeUps(house.connect('queues'), log);
const records = createRecords(redis);
const lists = createLists(redis, { until: 'submitted', longest: 60_000 });
/** As long as a real gateway takes: what is measured here are films that are long under way. */
const cards = sandboxCards.map((card) => ({ ...card, usual: 120 }));
const standing = createStanding(redis);
const profile = sandboxProfile(url);
const room = await openGatewayRoom({
  ...{ baseUrl: url, key, dialect: 'output', profile, cards, webhooks: async () => undefined },
  ...{ redis, standing, records, wakeUps, log },
});
const { video, schedule: plan } = room;

const lag = createLag();
/** When each task is to be looked at; the gateway names tasks for their keys. */
const due = new Map<string, number>();
const schedule: Schedule = {
  ...plan,
  next: async (job, now) => {
    const at = await room.pressure.pollAt(await plan.next(job, now));
    due.set(`video_${job.request.id}`, at);
    return at;
  },
};
const watched: VideoApi = {
  ...video,
  poll: (taskId, signal) => {
    const at = due.get(taskId);
    if (at !== undefined) lag.note(Date.now() - at);
    due.delete(taskId);
    return video.poll(taskId, signal);
  },
};

let posted = 0;
const poster: Poster = {
  card: async (_origin, card) => `card-${card.job}`,
  film: async (_origin, film) => {
    posted += 1;
    return { ref: `film-${film.job}`, place: 'asked' };
  },
  remove: async () => undefined,
  notice: async () => undefined,
  direct: async () => undefined,
  announce: async (place, { key }) => ({ ref: `said-${key}`, place }),
  amend: async () => undefined,
  exhibit: async (_to, { key }) => ({ ref: `exhibit-${key}`, place: 'asked' }),
};
const shared = { records, lists, wakeUps, log, poster: () => poster };
const workers = startWorkers({
  connection: (purpose) => house.connect(purpose, { blocking: true }),
  tools: {
    ...shared,
    ...room,
    // The schedule above has asked for the place already: that is when the poll is due.
    pressure: { ...room.pressure, pollAt: async (at) => at },
    video: watched,
    standing,
    slow: createSlow(redis),
    budget: createBudget({ redis, standing, job: records.read, log, limit: undefined }),
    lostAnswer: profile.lostAnswer,
    hook: () => undefined,
    wishes: createWishes(redis),
    withheld: { add: async () => undefined },
    workflows: () => ({ end: async () => undefined }),
    challenges: { entry: async () => undefined },
    media,
    schedule,
    model: (id) => cardFor(cards, id),
    now: Date.now,
  },
  records,
  wakeUps,
  webhooks: false,
  concurrency: { submit: 32, poll: 200, deliver: 8 },
  log,
  measured: () => undefined,
});
const admission = startAdmission({ ...shared, standing, window: 32 });

answering({ figures: lag.figures, posted: () => posted }, async () => {
  lag.close();
  await admission.close();
  await workers.close();
  await wakeUps.close();
  await room.close();
  await media.close();
  await house.close();
});
