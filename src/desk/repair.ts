import type { Cluster, Redis } from 'ioredis';
import type { SpaceKey } from '../domain/origin.ts';
import { type Audit, audit } from './audit.ts';
import { type Difference, type Mend, tellDifference } from './difference.ts';
import { spaceKeys } from './keys.ts';
import { run } from './scripts.ts';

/** What is put right may show what was hidden behind it: so many rounds. */
const rounds = 4;

/** What an audit with repair came to: what was put right, and what only somebody can. */
export interface Repair extends Audit {
  mended: string[];
}

async function mend(redis: Redis | Cluster, space: SpaceKey, how: Mend, why: string): Promise<boolean> {
  const { all } = spaceKeys(space);
  const set = async (hash: string, field: string, seen: string, want: string, line: Record<string, string>) =>
    (await run(redis, 'mend', [all], [hash, field, seen, want, ...Object.entries({ ...line, why }).flat()])) === 1;
  switch (how.is) {
    case 'field': {
      const { hash, field, seen, want } = how;
      return set(hash, field, seen, want, { kind: 'mend', key: hash, field, before: seen, after: want });
    }
    case 'line':
      return set(`job:${how.job}`, 'settled', how.seen, how.seen, how.fields);
    case 'void': {
      const { id, fields } = how.line;
      const { kind = '', ...rest } = fields;
      // Nothing but the line itself tells that it is there, and lines do not change.
      return set('window', '-', '', '', { kind: 'void', of: kind, line: id, ...rest });
    }
    case 'member': {
      const { set: which, key, entry, in: isIn } = how;
      if (which === 'open') await redis.zadd(all + key, 'NX', Date.now(), entry);
      else if (isIn) await redis.sadd(all + key, entry);
      else await redis.srem(all + key, entry);
      return set('window', '-', '', '', { kind: 'mend', key, field: entry, after: isIn ? 'in' : 'out' });
    }
  }
}

/** Audits, and puts right what can be, each with a line of its own in the ledger; the ledger is what balances are set to, never the other way. */
export async function repair(redis: Redis | Cluster, pause?: number): Promise<Repair> {
  const mended: string[] = [];
  let found = await audit(redis, pause);
  for (let round = 0; round < rounds; round++) {
    const able = found.differences.filter((one): one is Difference & { space: SpaceKey; mend: Mend } => {
      return one.space !== 'budget' && one.mend !== undefined;
    });
    if (able.length === 0) break;
    // A line that cannot be right comes first: what balances should be follows from what is left.
    const lines = able.filter(({ mend: { is } }) => is === 'void' || is === 'line');
    for (const one of lines.length > 0 ? lines : able) {
      if (await mend(redis, one.space, one.mend, `audit: ${one.text}`)) mended.push(tellDifference(one));
    }
    found = await audit(redis, pause);
  }
  return { ...found, mended };
}
