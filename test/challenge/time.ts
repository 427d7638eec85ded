import type { Redis } from 'ioredis';
import { spaceKeys } from '../../src/desk/keys.ts';
import { type Challenge, termsSchema } from '../../src/domain/challenge.ts';
import type { SpaceKey } from '../../src/domain/origin.ts';

export type Until = 'opensAt' | 'closesAt' | 'votesUntil';

/** The time of a phase of a challenge is over: what it is reckoned by lies in the past. */
export async function passTime(redis: Redis, space: SpaceKey, challenge: Challenge, until: Until): Promise<void> {
  const keys = spaceKeys(space);
  const { id } = challenge;
  const now = Date.now();
  const back = challenge[until] - now + 1_000;
  const times = {
    opensAt: Math.min(challenge.opensAt, challenge.opensAt - back),
    closesAt: until === 'opensAt' ? challenge.closesAt : challenge.closesAt - (until === 'closesAt' ? back : 0),
    votesUntil: until === 'votesUntil' ? now - 1_000 : challenge.votesUntil,
  };
  const terms = termsSchema.parse({ ...challenge, ...times });
  const { closesAt, votesUntil, opensAt } = times;
  await redis.hset(keys.challenge(id), {
    ...{ terms: JSON.stringify(terms), opens: opensAt, closes: closesAt, votes: votesUntil },
  });
  await redis.zadd(keys.deadlines, now - 1_000, id);
}
