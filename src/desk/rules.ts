import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { told, untouched } from '../away.ts';
import { UserError } from '../domain/errors.ts';
import { type Rule, type Rules, ruleSchema, rulesMax, type Subject, subjectPattern } from '../domain/rules.ts';
import { keep, spaceKeys } from './keys.ts';
import { run } from './scripts.ts';
import { trailKept } from './trail.ts';

const answerSchema = z.enum(['done', 'repeated', 'changed', 'many']);

/** A rule as it is kept: its names in order, so that equal rules are equal text; an empty one is none. */
function textOf(rule: Rule | undefined): string {
  const entries = Object.entries(rule ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
  return entries.length === 0 ? '' : JSON.stringify(Object.fromEntries(entries));
}

/** The rules of spaces in Redis: a hash, a field for each whom a rule is for. */
export function createRules(redis: Redis | Cluster): Rules {
  return {
    read: (space) =>
      told(() =>
        untouched(async () => {
          const fields = await redis.hgetall(spaceKeys(space).policy);
          return new Map(
            Object.entries(fields).map(([subject, text]) => [subject as Subject, ruleSchema.parse(JSON.parse(text))]),
          );
        }),
      ),
    change: (space, subject, seen, rule, { key, by, why }) =>
      told(async () => {
        if (!subjectPattern.test(subject)) throw new Error(`a rule for ${subject}`);
        const keys = spaceKeys(space);
        const after = textOf(ruleSchema.parse(rule));
        const args = [subject, textOf(seen), after, rulesMax, trailKept, by, why, keep.call];
        const answer = answerSchema.parse(
          await run(redis, 'rule', [keys.policy, keys.trail, keys.did(`rule ${key}`)], args),
        );
        if (answer === 'changed') throw new UserError('conflict', { word: 'policy.changed' });
        if (answer === 'many') throw new UserError('busy', { word: 'policy.many', with: { most: rulesMax } });
        return answer === 'done';
      }),
    mayAsk: (space) =>
      told(() =>
        untouched(async () => (await redis.set(spaceKeys(space).asked, '1', 'EX', keep.asked, 'NX')) === 'OK'),
      ),
    // Said twice it is said once.
    leave: (space) => told(() => untouched(async () => void (await redis.set(spaceKeys(space).asked, 'left')))),
  };
}
