import { setTimeout as wait } from 'node:timers/promises';
import { createBlocks } from '../../src/desk/blocks.ts';
import { createChallenges } from '../../src/desk/challenges.ts';
import { spaceKeys } from '../../src/desk/keys.ts';
import { createLedger } from '../../src/desk/ledger.ts';
import { createSeasons } from '../../src/desk/seasons.ts';
import { createVotes } from '../../src/desk/votes.ts';
import { termsSchema } from '../../src/domain/challenge.ts';
import { nextStep } from '../../src/domain/job.ts';
import type { SpaceKey } from '../../src/domain/origin.ts';
import type { Log, Poster } from '../../src/ports.ts';
import type { ChallengeTools } from '../../src/worker/challenge/tools.ts';
import { lookAfterChallenges } from '../../src/worker/challenges.ts';
import type { House } from './house.ts';

/** Looks after the challenges of a house again and again, as the worker that leads does, until it is closed. */
export function startChallengeClock({ desk, wakeUps, redis }: House, poster: Poster, log: Log) {
  const challenges = createChallenges(redis);
  const tools: ChallengeTools = {
    ...{ challenges, desk, log, votes: createVotes(redis), seasons: createSeasons(redis) },
    ...{ ledger: createLedger(redis), blocks: createBlocks(redis) },
    media: { path: (name) => name },
    stored: { renew: async () => true },
    page: () => undefined,
    every: () => true,
    leads: async () => true,
    poster: () => poster,
    wake: async (space, id) => {
      const job = await desk.job({ space, id });
      if (job) await wakeUps.add(nextStep(job) ?? 'deliver', [{ ref: { space, id }, generation: job.generation }]);
    },
    now: Date.now,
  };
  const ending = new AbortController();
  const running = (async () => {
    while (!ending.signal.aborted) {
      await lookAfterChallenges(tools);
      await wait(100, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  return {
    challenges,
    /** Entries close now. */
    async shut(space: SpaceKey, id: string): Promise<void> {
      const found = await challenges.find(space, id);
      const closesAt = Date.now() - 1;
      const terms = termsSchema.parse({ ...found, opensAt: closesAt - 1, closesAt });
      const keys = spaceKeys(space);
      await redis.hset(keys.challenge(id), { terms: JSON.stringify(terms), closes: closesAt });
      await redis.zadd(keys.deadlines, closesAt, id);
    },
    async close(): Promise<void> {
      ending.abort();
      await running;
    },
  };
}
