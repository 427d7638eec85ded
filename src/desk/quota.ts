import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { type LedgerLine, type Lot, lineKinds, type Quota, type Terms } from '../domain/ledger.ts';
import type { SpaceKey } from '../domain/origin.ts';
import { spaceKeys } from './keys.ts';

const linesSchema = z.enum(lineKinds);

/** A line as the scripts keep it for its member. */
function lineOf(member: string, text: string): LedgerLine {
  const [id = '', kind, credits, job = '', window = '', other = '', ...why] = text.split('|');
  return {
    id,
    at: Number(id.split('-')[0]),
    kind: linesSchema.parse(kind),
    member,
    window,
    credits: Number(credits),
    job,
    ...(other === '' ? {} : { with: other }),
    ...(why.join('') === '' ? {} : { why: why.join('|') }),
  };
}

/** `left|held|expires`, as the scripts keep lots and shares; `expires` is 0 for never. */
export function readLot(text: string): { left: number; held: number; expires: number } {
  const [left, held, expires] = z.tuple([z.string(), z.string(), z.string()]).parse(text.split('|')).map(Number);
  return { left: left as number, held: held as number, expires: expires as number };
}

function lotsOf(fields: Record<string, string>, now: number): Lot[] {
  return Object.entries(fields)
    .map(([id, text]) => ({ id, ...readLot(text) }))
    .filter(({ left, expires }) => left > 0 && (expires === 0 || expires > now))
    .sort(
      (a, b) =>
        (a.expires || Number.POSITIVE_INFINITY) - (b.expires || Number.POSITIVE_INFINITY) || (a.id < b.id ? -1 : 1),
    )
    .map(({ expires, ...lot }) => (expires === 0 ? lot : { ...lot, expires }));
}

const linesShown = 50;

/** A member's credits as they are. */
export async function quotaOf(redis: Redis | Cluster, space: SpaceKey, member: string, terms: Terms): Promise<Quota> {
  const keys = spaceKeys(space);
  const { window, allowance, spend } = terms;
  const [used, granted, lines] = await Promise.all([
    redis.hgetall(keys.quota(member, window.id)),
    redis.hgetall(keys.lots(member)),
    redis.lrange(keys.lines(member), 0, linesShown - 1),
  ]);
  const of = (name: string): number => Math.max(0, Number(used[name] ?? 0));
  const lots = lotsOf(granted, Date.now());
  const pledged = of('pledged');
  const own = Math.max(0, allowance - of('held') - of('spent') - pledged);
  const all = lots.reduce((sum, { left }) => sum + left, own);
  const [held, spent] = [of('held') + of('lot_held'), of('spent') + of('lot_spent')];
  const byPots = of('pot_held') + of('pot_spent');
  const free = spend === undefined ? undefined : Math.max(0, spend - held - spent - byPots);
  return {
    allowance,
    ...{ held, spent, pledged, byPots },
    left: free === undefined ? all : Math.min(all, free),
    ...(free === undefined ? {} : { free }),
    renewsAt: window.endsAt,
    lots,
    entries: lines.map((line) => lineOf(member, line)),
  };
}
