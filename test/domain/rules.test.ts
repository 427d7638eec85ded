import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { usualPolicy } from '../../src/domain/policy.ts';
import { type Asker, type Rule, type RuleBook, resolve, type Subject } from '../../src/domain/rules.ts';

const base = usualPolicy({ credits: 60, window: 'week', timeZone: 'UTC' }, 0);
const asker: Asker = { member: 'ada', channel: 'films', roles: ['crew', 'cast'] };
const mine: readonly Subject[] = ['space', 'channel films', 'role crew', 'role cast', 'member ada'];
const others: readonly Subject[] = ['channel talk', 'role guests', 'member bob'];

const small = fc.integer({ min: 0, max: 200 });
const models = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 });
const own = { credits: small, spend: small, once: small, waiting: small, confirm: small, gifts: small, models };
const rule = fc.record(
  { ...own, seconds: fc.integer({ min: 1, max: 60 }), age: small, spoiler: fc.boolean() },
  { requiredKeys: [] },
) as fc.Arbitrary<Rule>;
const books = fc
  .array(fc.tuple(fc.constantFrom(...mine, ...others), rule), { maxLength: 12 })
  .map((all) => new Map(all));

const said = <N extends keyof Rule>(book: RuleBook, name: N, subjects = mine): NonNullable<Rule[N]>[] =>
  subjects.flatMap((subject) => {
    const value = book.get(subject)?.[name];
    return value === undefined ? [] : [value as NonNullable<Rule[N]>];
  });
const holds = (claim: (book: RuleBook) => void) => fc.assert(fc.property(books, claim), { numRuns: 300 });

describe('what rules come to', () => {
  test('the most generous allowance holds; the usual one gives way to what is settled for all', () => {
    holds((book) => {
      const usual = book.get('space')?.credits === undefined ? [base.credits] : [];
      expect(resolve(base, book, asker).policy.credits).toBe(Math.max(...usual, ...said(book, 'credits')));
    });
  });

  test('of every cap the tightest holds, and none where nobody settled one', () => {
    holds((book) => {
      const { caps, seconds } = resolve(base, book, asker).policy;
      const least = (values: number[]) => (values.length === 0 ? undefined : Math.min(...values));
      expect(caps.spend).toBe(least(said(book, 'spend')));
      expect(caps.atOnce).toBe(least(said(book, 'once')));
      expect(caps.waiting).toBe(least(said(book, 'waiting')));
      expect(seconds).toBe(least(said(book, 'seconds')));
    });
  });

  test('what is usual of a threshold gives way to what is settled for all, and else is one of them', () => {
    holds((book) => {
      const { confirmAbove, gifts } = resolve(base, book, asker).policy;
      const usual = (name: 'confirm' | 'gifts', value: number) =>
        book.get('space')?.[name] === undefined ? [value] : [];
      expect(confirmAbove).toBe(Math.min(...usual('confirm', 16), ...said(book, 'confirm')));
      expect(gifts).toBe(Math.min(...usual('gifts', 100), ...said(book, 'gifts')));
    });
  });

  test('those models may be chosen that all rules allow, and films are covered where one says so', () => {
    holds((book) => {
      const { policy } = resolve(base, book, asker);
      const lists = said(book, 'models');
      const all = ['a', 'b', 'c', 'd'].filter((id) => lists.every((list) => list.includes(id)));
      expect(policy.models && [...policy.models].sort()).toEqual(lists.length === 0 ? undefined : all);
      expect(policy.spoiler).toBe(said(book, 'spoiler').includes(true));
    });
  });

  test('neither the order of rules nor that of roles matters, nor rules for others', () => {
    holds((book) => {
      const { policy } = resolve(base, book, asker);
      const sorted = (one: typeof policy) => ({ ...one, models: one.models && [...one.models].sort() });
      const turned = new Map([...book].reverse());
      expect(sorted(resolve(base, turned, { ...asker, roles: ['cast', 'crew'] }).policy)).toEqual(sorted(policy));
      const only = new Map([...book].filter(([subject]) => mine.includes(subject)));
      expect(resolve(base, only, asker).policy).toEqual(policy);
    });
  });

  test('each decision names a rule that has its value, and all that gave way', () => {
    holds((book) => {
      for (const { name, value, by, over } of resolve(base, book, asker).decisions) {
        if (name !== 'models' && by !== 'default') expect(book.get(by)?.[name]).toBe(value);
        for (const other of over) if (other.by !== 'default') expect(book.get(other.by)?.[name]).toEqual(other.value);
        const rules = [by, ...over.map((one) => one.by)].filter((one) => one !== 'default');
        expect(new Set(rules)).toEqual(new Set(mine.filter((one) => book.get(one)?.[name] !== undefined)));
      }
    });
  });

  test('who is too new has no allowance, and whose days nobody knows is not', () => {
    holds((book) => {
      const age = Math.max(0, ...said(book, 'age'));
      const { tooNew, policy } = resolve(base, book, { ...asker, days: 50 });
      expect(tooNew).toBe(age > 50 ? age : undefined);
      if (age > 50) expect(policy.credits).toBe(0);
      expect(resolve(base, book, asker).tooNew).toBeUndefined();
    });
  });
});
