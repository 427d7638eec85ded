import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createChallenges } from '../../src/desk/challenges.ts';
import { createWishes } from '../../src/desk/wishes.ts';
import { createWithheld } from '../../src/desk/withheld.ts';
import { gatewayProfileSchema } from '../../src/domain/gateway.ts';
import { type Job, type JobRef, nextStep } from '../../src/domain/job.ts';
import { cardFor } from '../../src/domain/model.ts';
import { createMedia } from '../../src/media/media.ts';
import { sandboxCards } from '../../src/video/cards.ts';
import { createVideoApi } from '../../src/video/client.ts';
import { createPressure } from '../../src/video/pressure.ts';
import { createStanding } from '../../src/video/standing.ts';
import { advance } from '../../src/worker/step.ts';
import type { Next, StepTools } from '../../src/worker/turn.ts';
import { type Ask, deskOn } from '../desk/rig.ts';
import { createFakeChat } from './chat.ts';
import { startFaulty } from './faulty.ts';
import { films } from './films.ts';
import { createTestLog } from './log.ts';
import { type RedisKind, redisKinds, startRedis } from './redis.ts';

/**
 * Jobs whose steps the test takes by hand: a real desk on a real Redis, a gateway with faults, and a clock that only the test turns.
 * What BullMQ would do between the steps is left out.
 */
export async function startSteps(
  profile: Parameters<typeof gatewayProfileSchema.parse>[0],
  more: Partial<StepTools> = {},
  kind: RedisKind = redisKinds[0] as RedisKind,
) {
  const engine = await startRedis(kind);
  const redis = engine.connect();
  const rig = deskOn(redis);
  let now = Date.now();
  const gateway = await startFaulty({ now: () => now });
  const dir = await mkdtemp(join(tmpdir(), 'dailies-steps-'));
  const authorized = { prefix: `${gateway.url}/videos/`, key: gateway.key };
  const media = createMedia({ dir, origins: [gateway.origin], authorized, films });
  const log = createTestLog();
  const chat = createFakeChat();
  const terms = gatewayProfileSchema.parse(profile);
  const video = createVideoApi({
    baseUrl: gateway.url,
    key: gateway.key,
    dialect: 'output',
    profile: terms,
    timeoutMs: 2_000,
  });
  const booked = new Map<string, number>();
  const refused: [string, string][] = [];
  const tools: StepTools = {
    ...{ records: rig.records, lists: rig.lists, log, media, video, poster: () => chat.poster },
    lostAnswer: terms.lostAnswer,
    pressure: createPressure(redis, {}),
    standing: createStanding(redis),
    schedule: {
      next: async (_job, at) => at + 5_000,
      expect: async () => undefined,
      learn: async () => undefined,
    },
    budget: { book: async (id, { money }) => void booked.set(id, money) },
    slow: { count: async (_space, member, request) => void refused.push([member, request]) },
    hook: () => undefined,
    wishes: createWishes(redis),
    withheld: createWithheld(redis),
    workflows: () => chat.workflows,
    challenges: createChallenges(redis),
    model: (id) => cardFor(sandboxCards, id),
    now: () => now,
    ...more,
  };
  return {
    ...rig,
    ...{ gateway, log, chat, booked, refused, tools },
    /** The clock, and how far it is turned. */
    now: () => now,
    pass: (ms: number) => {
      now += ms;
    },
    /** Accepts a job and takes it off its waiting list. */
    async admitted(ask: Ask = {}): Promise<JobRef> {
      const ref = await rig.accepted(ask);
      await rig.lists.enlist(ref.space);
      await rig.lists.admit(100);
      return ref;
    },
    /** One step of a job, as a worker takes it. */
    async take(ref: JobRef): Promise<Next | undefined> {
      const job = await rig.begin(ref, nextStep(await rig.read(ref)) ?? 'deliver');
      return advance(job, tools, new AbortController().signal);
    },
    /** Steps, each when it is due, until the job is as wanted; no more than `most`. */
    async until(ref: JobRef, wanted: (job: Job) => boolean, most = 40): Promise<Job> {
      for (let taken = 0; taken < most; taken += 1) {
        const job = await rig.read(ref);
        if (wanted(job)) return job;
        const next = await this.take(ref);
        if (next) now = Math.max(now, next.at);
      }
      const job = await rig.read(ref);
      throw new Error(`after ${most} steps it is still ${JSON.stringify(job)}`);
    },
    async close() {
      await Promise.all([gateway.close(), video.close(), media.close()]);
      await rm(dir, { recursive: true, force: true });
      await engine.close();
    },
  };
}
export type Steps = Awaited<ReturnType<typeof startSteps>>;
