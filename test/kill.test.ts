import { describe, expect, test } from 'vitest';
import { killAll } from './chaos/kill.ts';
import { redisKinds } from './support/redis.ts';

// The embedded engine forgets at exit, and says so: there is nothing to survive there.
describe.runIf(redisKinds.includes('server'))('everything is killed between accepted and delivered', () => {
  test('the film arrives once, is paid once and billed once, and the books agree', async () => {
    const lines: string[] = [];
    const result = await killAll([40, 1_500], (line) => lines.push(line));
    expect(result).toMatchObject({ jobs: 2, films: 2, billed: 2, spent: 8, held: 0 });
    expect(result.audit).toMatchObject({ code: 0, output: expect.stringContaining('differences: 0') });
    expect(Math.max(...result.rounds.map((round) => round.goneOnAfter))).toBeLessThan(35_000);
    expect(lines).toHaveLength(2);
  }, 120_000);
});
