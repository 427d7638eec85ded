import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import type { SpaceKey } from '../domain/origin.ts';
import { type Audit, audit } from './audit.ts';
import { type Difference, type Mend, tellDifference } from './difference.ts';
import { keep, spaceKeys } from './keys.ts';
import { run } from './scripts.ts';

/** What is put right may show what was hidden behind it: so many rounds. */
const rounds = 4;

/** What an audit with repair came to: what was put right, and what only somebody can. */
export interface Repair extends Audit {
  mended: string[];
}

type Step = [how: 'field' | 'open' | 'in' | 'out', key: string, field: string, seen: string, want: string];

/** What a script is to do, and the line that says so. A line alone changes nothing: a field that there is not stays away. */
function stepOf(how: Mend): [Step, Record<string, string>] {
  const nothing: Step = ['field', 'window', '-', '', ''];
  switch (how.is) {
    case 'field': {
      const { hash, field, seen, want } = how;
      return [['field', hash, field, seen, want], { kind: 'mend', key: hash, field, before: seen, after: want }];
    }
    case 'line':
      return [['field', `job:${how.job}`, 'settled', how.seen, how.seen], how.fields];
    case 'said':
      return [nothing, how.fields];
    case 'void': {
      const { id, fields } = how.line;
      const { kind = '', ...rest } = fields;
      return [nothing, { kind: 'void', of: kind, line: id, ...rest }];
    }
    case 'member': {
      const { set, key, entry, in: isIn } = how;
      const line = { kind: 'mend', key, field: entry, after: isIn ? 'in' : 'out' };
      return [[set === 'open' ? 'open' : isIn ? 'in' : 'out', key, entry, '', ''], line];
    }
  }
}

/** Puts one thing right; gives back the line that says so, or nothing when something was written since the line `at`. */
async function mend(
  redis: Redis | Cluster,
  space: SpaceKey,
  how: Mend,
  at: string,
  why: string,
): Promise<string | undefined> {
  const [step, line] = stepOf(how);
  const args = [at, ...step, keep.quota, ...Object.entries({ ...line, why }).flat()];
  return z
    .string()
    .optional()
    .parse((await run(redis, 'mend', [spaceKeys(space).all], args)) ?? undefined);
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
    const lines = able.filter(({ mend: { is } }) => is === 'void' || is === 'line' || is === 'said');
    const last = new Map<SpaceKey, string>();
    for (const one of lines.length > 0 ? lines : able) {
      // What was found counts as long as nothing but these lines was written since.
      const at = last.get(one.space) ?? one.at ?? '';
      const line = await mend(redis, one.space, one.mend, at, `audit: ${one.text}`);
      if (line === undefined) continue;
      last.set(one.space, line);
      mended.push(tellDifference(one));
    }
    found = await audit(redis, pause);
  }
  return { ...found, mended };
}
