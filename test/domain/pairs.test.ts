import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Asked, nextPair, type Pair } from '../../src/domain/pairs.ts';

/** A voter of a made-up challenge: which entry is theirs (0 for none), and after how many pairs they stop. */
interface Voter {
  own: number;
  stops: number;
}

/** A poll in which those who have not stopped take turns as `order` says; with how often each entry was shown, and how far apart that ever was. */
function poll(entries: number, voters: readonly Voter[], order: readonly number[], seed = 'seed') {
  const shown = new Map(Array.from({ length: entries }, (_, index) => [index + 1, 0]));
  const asked = voters.map(({ own, stops }, index) => ({ own, stops, code: `voter ${index}`, done: [] as Pair[] }));
  let apart = 0;
  for (let turn = 0; ; turn += 1) {
    const open = asked.filter(({ stops, done }) => done.length < stops);
    const voter = open[(order[turn % order.length] ?? 0) % open.length];
    if (!voter) return { asked, shown, apart };
    const judged = [...shown].flatMap(([number, times]) => (number === voter.own ? [] : [{ number, shown: times }]));
    const pair = nextPair({ entries: judged, done: voter.done, seed, voter: voter.code });
    if (!pair) {
      voter.stops = voter.done.length;
      continue;
    }
    voter.done.push(pair);
    for (const number of pair) shown.set(number, (shown.get(number) ?? 0) + 1);
    const counts = [...shown.values()];
    apart = Math.max(apart, Math.max(...counts) - Math.min(...counts));
  }
}

const keyOf = (pair: Pair): string => [...pair].sort((a, b) => a - b).join(' ');
const overlap = (one: Pair | undefined, other: Pair): number => other.filter((number) => one?.includes(number)).length;
const asked = (more: Partial<Asked>): Asked => ({ entries: [], done: [], seed: 'seed', voter: 'ada', ...more });
const fresh = (count: number) => Array.from({ length: count }, (_, index) => ({ number: index + 1, shown: 0 }));

const turns = fc.array(fc.nat({ max: 10_000 }), { minLength: 1, maxLength: 200 });
const votersOf = (entries: number, most: number) =>
  fc.array(fc.record({ own: fc.nat({ max: entries }), stops: fc.nat({ max: most }) }), { minLength: 1, maxLength: 25 });

test('no entry, or one, makes no pair', () => {
  expect(nextPair(asked({}))).toBeUndefined();
  expect(nextPair(asked({ entries: fresh(1) }))).toBeUndefined();
});

test('a voter who goes on to the end judges every pair of films that are not theirs, each once', () => {
  const any = fc.integer({ min: 2, max: 9 }).chain((entries) => fc.tuple(fc.constant(entries), votersOf(entries, 0)));
  fc.assert(
    fc.property(any, turns, fc.string(), ([entries, voters], order, seed) => {
      const all = voters.map((voter) => ({ ...voter, stops: Number.POSITIVE_INFINITY }));
      for (const { own, done } of poll(entries, all, order, seed).asked) {
        const judged = own === 0 ? entries : entries - 1;
        expect(done).toHaveLength((judged * (judged - 1)) / 2);
        expect(new Set(done.map(keyOf)).size).toBe(done.length);
        expect(done.flat()).not.toContain(own);
        for (const [left, right] of done) expect(left).not.toBe(right);
      }
    }),
    { numRuns: 60 },
  );
});

test('at every moment each film was seen about as often as every other, whoever stops when, and whoever has entered one', () => {
  const any = fc.integer({ min: 8, max: 24 }).chain((entries) => fc.tuple(fc.constant(entries), votersOf(entries, 10)));
  fc.assert(
    fc.property(any, turns, fc.string(), ([entries, voters], order, seed) => {
      // An entry has one author.
      const authors = voters.map((voter, index) =>
        voters.findIndex(({ own }) => own === voter.own) === index ? voter : { ...voter, own: 0 },
      );
      expect(poll(entries, authors, order, seed).apart).toBeLessThanOrEqual(4);
    }),
    { numRuns: 200 },
  );
});

test('nobody sees a film in two pairs that follow each other while another pair is left', () => {
  const any = fc.integer({ min: 3, max: 8 }).chain((entries) => fc.tuple(fc.constant(entries), votersOf(entries, 40)));
  fc.assert(
    fc.property(any, turns, ([entries, voters], order) => {
      for (const { own, done } of poll(entries, voters, order).asked) {
        const mine = fresh(entries).flatMap(({ number }) => (number === own ? [] : [number]));
        const pairs = mine.flatMap((one) => mine.flatMap((other) => (one < other ? [[one, other] as const] : [])));
        for (const [index, pair] of done.entries()) {
          const before = new Set(done.slice(0, index).map(keyOf));
          const left = pairs.filter((one) => !before.has(keyOf(one))).map((one) => overlap(done[index - 1], one));
          expect(overlap(done[index - 1], pair)).toBe(Math.min(...left));
        }
      }
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['alone', 1],
  ['among others', 40],
])('a voter %s sees every film once before any twice', (_who, count) => {
  const voters = Array.from({ length: count }, () => ({ own: 0, stops: 6 }));
  for (const { done } of poll(12, voters, [3, 1, 4, 1, 5, 9, 2, 6]).asked) expect(new Set(done.flat()).size).toBe(12);
});

test('a long poll ends with every film as often shown as every other, or once more', () => {
  const voters = Array.from({ length: 100 }, (_, index) => ({
    own: index < 30 ? index + 1 : 0,
    stops: 3 + (index % 13),
  }));
  const counts = [...poll(30, voters, [3, 1, 4, 1, 5, 9, 2, 6]).shown.values()];
  expect([Math.min(...counts), Math.max(...counts)]).toEqual([58, 59]);
});

test('a film that lags behind is caught up with, and still not shown twice in a row', () => {
  const entries = fresh(10).map(({ number }) => ({ number, shown: number === 7 ? 0 : 20 }));
  const done: Pair[] = [];
  for (let turn = 0; turn < 6; turn += 1) {
    const pair = nextPair(asked({ entries, done }));
    if (pair) done.push(pair);
  }
  expect(done.map((pair) => pair.includes(7))).toEqual([true, false, true, false, true, false]);
});

test('the same seed, voter and past give the same pair, in whatever order the entries come', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      fc.array(fc.nat({ max: 5 }), { minLength: 2, maxLength: 12 }),
      (seed, voter, counts) => {
        const entries = counts.map((shown, index) => ({ number: index + 1, shown }));
        const done = [[1, 2]] as const;
        const pair = nextPair({ entries, done, seed, voter });
        expect(nextPair({ entries: [...entries].reverse(), done, seed, voter })).toEqual(pair);
      },
    ),
  );
});

test('other seeds and other voters get other pairs', () => {
  const first = (more: Partial<Asked>) => keyOf(nextPair(asked({ entries: fresh(30), ...more })) ?? [0, 0]);
  const voters = Array.from({ length: 40 }, (_, index) => `voter ${index}`);
  expect(new Set(voters.map((voter) => first({ voter }))).size).toBeGreaterThan(30);
  expect(new Set(voters.map((seed) => first({ seed }))).size).toBeGreaterThan(30);
});

test('every film is on the left about as often as on the right', () => {
  const { asked: voters } = poll(
    10,
    Array.from({ length: 60 }, () => ({ own: 0, stops: 20 })),
    [3, 1, 4, 1, 5, 9, 2, 6],
  );
  const pairs = voters.flatMap(({ done }) => done);
  const share = pairs.filter(([left, right]) => left < right).length / pairs.length;
  expect(Math.abs(share - 0.5)).toBeLessThan(0.05);
  for (const { number } of fresh(10)) {
    const mine = pairs.filter((pair) => pair.includes(number));
    expect(Math.abs(mine.filter(([left]) => left === number).length / mine.length - 0.5)).toBeLessThan(0.12);
  }
});

test('pairs of a film that is out of the challenge do not count, and none is asked about', () => {
  const pair = nextPair(
    asked({
      entries: fresh(3),
      done: [
        [1, 9],
        [9, 2],
      ],
    }),
  );
  expect(pair).toBeDefined();
  expect(pair).not.toContain(9);
  expect(pair).not.toContain(2);
});
