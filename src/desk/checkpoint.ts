import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster, Redis } from 'ioredis';
import type { SpaceKey } from '../domain/origin.ts';
import { carriedOver, type Line } from './books.ts';
import { spaceKeys } from './keys.ts';
import { linesOf, packBooks, replay } from './replay.ts';

const day = 86_400_000;
/** Milliseconds since a window was last touched after which nothing of it is kept in Redis either. */
const forgottenAfter = 80 * day;
/** Lines that are written to the archive at once. */
const page = 1_000;

/** Where lines go that a checkpoint stands for: a file for each space, a line of JSON each, in `dir`. One that is there twice has the same id. */
export function createArchive(dir: string) {
  return async (space: SpaceKey, lines: readonly Line[]): Promise<void> => {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const text = lines.map(({ id, fields }) => `${JSON.stringify({ id, ...fields })}\n`).join('');
    await appendFile(join(dir, `${space}.jsonl`), text, { mode: 0o600, flush: true });
  };
}
export type Archive = ReturnType<typeof createArchive>;

/**
 * Once a window has closed since the last one, the books so far become a checkpoint, and the lines that it stands for go to the archive.
 * To be called of a space whose audit found nothing. Returns how many lines went.
 */
export async function checkpoint(redis: Redis | Cluster, space: SpaceKey, archive: Archive): Promise<number> {
  const keys = spaceKeys(space);
  const { books, at, lines, from, windows } = await replay(redis, space);
  // A line that cannot be right must stay where it can be taken back.
  if (books.wrong.size > 0 || windows < (from === '' ? 2 : 1)) return 0;
  let batch: Line[] = [];
  let gone = 0;
  for await (const line of linesOf(redis, space, from)) {
    batch.push(line);
    gone += 1;
    const last = line.id === at;
    if (batch.length === page || last) {
      await archive(space, batch);
      batch = [];
    }
    // What came since is not part of it.
    if (last) break;
  }
  const old = Date.now() - forgottenAfter;
  const touched = [
    ...books.balances.values(),
    ...[...books.used].map(([window, used]) => ({ window, touched: used.touched })),
  ];
  const recent = new Set(touched.filter((one) => one.touched > old).map(({ window }) => window));
  const kept = carriedOver(books, (window) => recent.has(window) || window === books.window?.id);
  await redis.set(keys.checkpoint, packBooks(kept, at, lines));
  // The last of them stays: a stream that is empty would forget where it was. Reading begins behind it.
  await redis.xtrim(keys.ledger, 'MINID', at);
  return gone;
}
