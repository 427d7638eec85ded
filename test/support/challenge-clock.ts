import { setTimeout as wait } from 'node:timers/promises';
import { spaceKeys } from '../../src/desk/keys.ts';
import { termsSchema } from '../../src/domain/challenge.ts';
import type { SpaceKey } from '../../src/domain/origin.ts';
import { lookAfterChallenges } from '../../src/worker/challenges.ts';
import type { House } from './house.ts';

/** Looks after the challenges of a house again and again, as the worker that leads does, until it is closed. */
export function startChallengeClock({ challengeTools, challenges, redis }: House) {
  const tools = { ...challengeTools, every: () => true, leads: async () => true };
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
