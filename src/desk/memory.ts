import type { Cluster, Redis } from 'ioredis';
import { masters } from './masters.ts';

/** Above this share of `maxmemory` nothing new is taken: writes of work under way must never fail for want of room. */
const highWater = 0.8;
const freshFor = 5_000;

async function fullest(redis: Redis | Cluster): Promise<number> {
  const shares = await Promise.all(
    (await masters(redis)).map(async (node) => {
      const info = await node.info('memory');
      const figure = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
      const most = figure('maxmemory');
      return most > 0 ? figure('used_memory') / most : 0;
    }),
  );
  return Math.max(0, ...shares);
}

/** Whether Redis has room for new work; asked of Redis every five seconds at most. */
export function roomLeft(redis: Redis | Cluster): () => Promise<boolean> {
  let asked = Number.NEGATIVE_INFINITY;
  let answer: Promise<boolean> = Promise.resolve(true);
  return () => {
    const now = performance.now();
    if (now - asked > freshFor) {
      asked = now;
      answer = fullest(redis).then((share) => share < highWater);
      answer.catch(() => {
        asked = Number.NEGATIVE_INFINITY;
      });
    }
    return answer;
  };
}
