import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import type { SpaceKey } from '../domain/origin.ts';
import { type Books, emptyBooks, type Line } from './books.ts';
import { enter } from './effects.ts';
import { spaceKeys } from './keys.ts';
import { pairs } from './record.ts';

const page = 1_000;

const purse = z.object({ left: z.number(), held: z.number(), expires: z.number() });
const entries = <V extends z.ZodType>(value: V) => z.array(z.tuple([z.string(), value]));
const counted = z.object({ held: z.number(), spent: z.number() });
const checkpointSchema = z.object({
  at: z.string(),
  lines: z.number(),
  window: z.object({ id: z.string(), starts: z.number(), ends: z.number() }).optional(),
  ends: entries(z.number()).default([]),
  balances: z.array(
    counted.extend({
      ...{ member: z.string(), window: z.string(), touched: z.number() },
      ...{ pledged: z.number(), lotHeld: z.number(), lotSpent: z.number() },
      ...{ potHeld: z.number().default(0), potSpent: z.number().default(0) },
    }),
  ),
  lots: entries(entries(purse)),
  pots: entries(entries(purse)),
  used: entries(counted.extend({ moneyHeld: z.number(), moneySpent: z.number(), touched: z.number() })),
  jobs: entries(
    z.object({
      ...{ member: z.string(), window: z.string(), pot: z.string(), credits: z.number(), money: z.number() },
      draws: z.array(z.object({ id: z.string(), n: z.number() })),
      ended: z.array(z.enum(['capture', 'release'])),
      line: z.string().default(''),
    }),
  ),
});

/** Books as a checkpoint keeps them: what the lines up to `at` come to, `lines` of them since the ledger began. */
export function packBooks({ wrong: _, ...books }: Books, at: string, lines: number): string {
  const nested = (all: Books['lots']) => [...all].map(([owner, of]) => [owner, [...of]]);
  return JSON.stringify({
    ...{ at, lines, window: books.window, ends: [...books.ends], balances: [...books.balances.values()] },
    ...{ lots: nested(books.lots), pots: nested(books.pots), used: [...books.used], jobs: [...books.jobs] },
  });
}

function unpackBooks(text: string): { books: Books; at: string; lines: number } {
  const { at, lines, window, ends, balances, lots, pots, used, jobs } = checkpointSchema.parse(JSON.parse(text));
  const nested = (all: typeof lots): Books['lots'] => new Map(all.map(([owner, of]) => [owner, new Map(of)]));
  const books: Books = {
    window,
    ends: new Map(ends),
    balances: new Map(balances.map((one) => [`${one.member} ${one.window}`, one])),
    ...{ lots: nested(lots), pots: nested(pots), used: new Map(used), jobs: new Map(jobs), wrong: new Map() },
  };
  return { books, at, lines };
}

/** A space's lines from behind `from`, in their order, page by page. */
export async function* linesOf(redis: Redis | Cluster, space: SpaceKey, from: string): AsyncGenerator<Line> {
  let after = from;
  for (;;) {
    const start = after === '' ? '-' : `(${after}`;
    const read = await redis.xrange(spaceKeys(space).ledger, start, '+', 'COUNT', page);
    for (const [id, flat] of read) {
      after = id;
      yield { id, fields: pairs(flat) };
    }
    if (read.length < page) return;
  }
}

/** What a ledger comes to: `from` the checkpoint's last line, empty without one, to the last line of all, `at`. */
export interface Replayed {
  books: Books;
  from: string;
  at: string;
  /** All lines since the ledger began. */
  lines: number;
  /** Windows that began since the checkpoint. */
  windows: number;
}

/** Replays a space's ledger from its checkpoint on. */
export async function replay(redis: Redis | Cluster, space: SpaceKey): Promise<Replayed> {
  const kept = await redis.get(spaceKeys(space).checkpoint);
  const { books, at: from, lines } = kept === null ? { books: emptyBooks(), at: '', lines: 0 } : unpackBooks(kept);
  const found = { books, from, at: from, lines, windows: 0 };
  for await (const line of linesOf(redis, space, from)) {
    enter(books, line);
    found.at = line.id;
    found.lines += 1;
    if (line.fields.kind === 'window') found.windows += 1;
  }
  return found;
}
