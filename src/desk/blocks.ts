import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { told, untouched } from '../away.ts';
import {
  type Block,
  type Blocks,
  blockId,
  blockSchema,
  blocksMost,
  checkBlock,
  type NewBlock,
  patternsMost,
} from '../domain/blocks.ts';
import { UserError } from '../domain/errors.ts';
import { spaceKeys } from './keys.ts';
import { run } from './scripts.ts';
import { trailKept } from './trail.ts';

const read = (text: string): Block => blockSchema.parse(JSON.parse(text));
const answerSchema = z.tuple([z.enum(['known', 'full', 'full of its kind', 'added'])]).rest(z.string());

/** What of an entry the trail names. */
const aboutOf = ({ kind, value }: Pick<Block, 'kind' | 'value'>): string => `${kind} ${value}`;

/** What spaces block, in Redis: a hash, an entry for each id. */
export function createBlocks(redis: Redis | Cluster): Blocks {
  // Said twice it is said once: when Redis was away, nothing is lost by saying it again.
  const asking = <T>(work: () => Promise<T>): Promise<T> => told(() => untouched(work));

  async function add(keys: ReturnType<typeof spaceKeys>, block: NewBlock): Promise<{ block: Block; known: boolean }> {
    const id = blockId(block);
    const limit = block.kind === 'pattern' ? patternsMost : blocksMost;
    const args = [id, JSON.stringify({ id, ...block }), block.by, aboutOf(block), block.why ?? ''];
    const answer = await run(redis, 'block', [keys.blocks, keys.trail], [...args, blocksMost, limit, trailKept]);
    const [outcome, entry = ''] = answerSchema.parse(answer);
    if (outcome === 'full') throw new UserError('conflict', { word: 'block.full', with: { most: blocksMost } });
    if (outcome === 'full of its kind')
      throw new UserError('conflict', { word: 'block.full.patterns', with: { most: patternsMost } });
    return { block: read(entry), known: outcome === 'known' };
  }

  return {
    read: (space) =>
      asking(async () => {
        const entries = (await redis.hvals(spaceKeys(space).blocks)).map(read);
        return entries.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
      }),
    add: async (space, block) => {
      checkBlock(block);
      return asking(() => add(spaceKeys(space), block));
    },
    remove: (space, id, by, why = '') =>
      asking(async () => {
        const keys = spaceKeys(space);
        const found = await redis.hget(keys.blocks, id);
        if (found === null) return undefined;
        const args = [id, by, aboutOf(read(found)), why, trailKept];
        const entry = await run(redis, 'unblock', [keys.blocks, keys.trail], args);
        return typeof entry === 'string' ? read(entry) : undefined;
      }),
  };
}
