import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/desk/audit.ts';
import { type RedisKind, redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';
import { createWorld, verb } from './world.ts';

/** Runs of fifty verbs; the full measure is taken by `npm run test:ledger`. */
const full = process.env.LEDGER_RUNS === 'full';
const runs: Partial<Record<RedisKind, number>> = { server: full ? 2_000 : 30, embedded: full ? 200 : 5 };
const length = 50;
/** Spaces that go on beside one another in one Redis, as those of a deployment do. */
const beside = 5;

/** What the test itself brought about: nothing was posted, nor known to a sweep, and time passed at its word. */
function isOfTheTest(problem: string): boolean {
  if (/never delivered|sweep does not know|older than the one before|window (?:id|starts|ends): it is/.test(problem))
    return true;
  const [, seen, wanted] =
    / (?:lots|shares):.*: it is (\d+\|\d+)\|\d+, and the ledger comes to (\d+\|\d+)\|\d+$/.exec(problem) ?? [];
  return seen !== undefined && seen === wanted;
}

describe.each(redisKinds)('the ledger and its model agree, on %s', (kind) => {
  const engine = useRedis(kind);

  test('in every state, whatever is done in whatever order, and wherever a connection breaks', async () => {
    const verbs = fc.array(verb, { minLength: length, maxLength: length });
    const several = fc.array(verbs, { minLength: beside, maxLength: beside });
    await fc.assert(
      fc.asyncProperty(several, async (all) => {
        await Promise.all(
          all.map(async (sequence) => {
            const world = createWorld(engine.redis);
            for (const [index, one] of sequence.entries()) {
              const [got, expected] = await world.act(one);
              if (!isDeepStrictEqual(got, expected)) expect(got, `${index}: ${one.what}`).toEqual(expected);
              const { got: is, want } = await world.states();
              if (!isDeepStrictEqual(is, want)) expect(is, `after ${index}: ${one.what}`).toEqual(want);
            }
          }),
        );
      }),
      // Shrinking takes longer than the test may; the seed and the path lead back to what failed.
      { numRuns: Math.ceil((runs[kind] ?? 10) / beside), endOnFailure: true },
    );
    expect((await audit(engine.redis, 0)).problems.filter((one) => !isOfTheTest(one))).toEqual([]);
  }, 900_000);
});
