import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hallOf, historyOf, wonIn } from '../../src/domain/hall.ts';
import {
  isSeasonName,
  pointsByPlace,
  pointsFor,
  type Result,
  resultOf,
  type Season,
  standingsIn,
  standingsOf,
} from '../../src/domain/season.ts';
import { seasonView } from '../../src/domain/seasonView.ts';
import { readTally, writeTally } from '../../src/domain/tally.ts';
import { anyEnded, ended, voter } from './tally-rig.ts';

const season: Season = { id: 'saaaaaaaa', name: 'Spring', from: 100, edition: 1, said: {} };

/** A challenge that counts in the season, and whose first place is the first of these. */
const result = (id: string, endedAt: number, members: readonly string[], more: Partial<Result> = {}): Result => ({
  ...{ id, title: `Title of ${id}`, endedAt, films: members.length, season: season.id },
  places: members.map((member, index) => ({ member, name: member.toUpperCase(), place: index + 1 })),
  ...more,
});

const members = ['ada', 'bob', 'cyd', 'dee', 'eve', 'fay', 'gus', 'hal', 'ida', 'joe', 'kim', 'lea', 'max'];
/** Some challenges, each with some members in some order, one after another. */
const anyResults: fc.Arbitrary<Result[]> = fc
  .array(fc.tuple(fc.shuffledSubarray(members), fc.nat({ max: 50 }), fc.boolean()), { maxLength: 12 })
  .map((all) =>
    all.map(([order, endedAt, counts], index) => {
      const { season: id, ...rest } = result(`c${index}`, endedAt, order);
      return counts ? { ...rest, season: id ?? '' } : rest;
    }),
  );

describe('standings', () => {
  test('points by place: 12, 10, 8, 7, and so on, and 1 for every later place', () => {
    const table = standingsOf([result('c1', 1, members)]);
    expect(table.map(({ points }) => points)).toEqual([12, 10, 8, 7, 6, 5, 4, 3, 2, 1, 1, 1, 1]);
    expect(pointsFor(400)).toBe(1);
  });

  test.each<[string, Result[], [string, number][]]>([
    [
      'more first places win among as many points',
      // bob 8 + 8 + 8, ada 12 + 12.
      [
        result('c1', 1, ['ada', 'cyd', 'bob']),
        result('c2', 2, ['ada', 'dee', 'bob']),
        result('c3', 3, ['cyd', 'dee', 'bob']),
      ],
      [
        ['ada', 1],
        ['bob', 2],
      ],
    ],
    [
      'whoever is level in every place shares a rank, and the next is lower by as many',
      [result('c1', 1, ['ada', 'bob', 'cyd']), result('c2', 2, ['bob', 'ada', 'cyd'])],
      [
        ['ada', 1],
        ['bob', 1],
        ['cyd', 3],
      ],
    ],
    [
      'places that are worth the same still differ',
      [result('c1', 1, members)],
      members.slice(10).map((one, index) => [one, 11 + index]),
    ],
    ['nothing of nothing', [], []],
  ])('%s', (_, results, ranks) => {
    const found = new Map(standingsOf(results).map(({ member, rank }) => [member, rank]));
    expect(ranks.map(([member]) => [member, found.get(member)])).toEqual(ranks);
  });

  test('a member is shown by the newest name, wherever the results come from first', () => {
    const old = result('c1', 1, ['ada']);
    const renamed = { ...result('c2', 2, []), places: [{ member: 'ada', name: 'Ada L.', place: 1 }] };
    for (const all of [
      [old, renamed],
      [renamed, old],
    ])
      expect(standingsOf(all)).toEqual([
        { rank: 1, member: 'ada', name: 'Ada L.', points: 24, firsts: 2, challenges: 2 },
      ]);
  });

  test('the same whatever the order of results; points add up; ranks never fall', () => {
    fc.assert(
      fc.property(anyResults, fc.infiniteStream(fc.nat()), (results, lots) => {
        const table = standingsOf(results);
        const mixed = results.map((one) => ({ one, by: lots.next().value as number })).sort((a, b) => a.by - b.by);
        expect(standingsOf(mixed.map(({ one }) => one))).toEqual(table);
        const given = results.flatMap(({ places }) => places.map(({ place }) => pointsFor(place)));
        const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
        expect(sum(table.map(({ points }) => points))).toBe(sum(given));
        expect(sum(table.map(({ challenges }) => challenges))).toBe(given.length);
        expect(sum(table.map(({ firsts }) => firsts))).toBe(results.filter(({ places }) => places.length > 0).length);
        table.forEach(({ rank, points, firsts, challenges }, index) => {
          const before = table[index - 1];
          expect(rank === index + 1 || rank === before?.rank).toBe(true);
          if (!before) return;
          expect(before.points > points || (before.points === points && before.firsts >= firsts)).toBe(true);
          // Nobody is behind for having entered fewer, or more.
          if (rank === before.rank)
            expect([points, firsts, challenges]).toEqual([before.points, before.firsts, before.challenges]);
        });
      }),
    );
  });

  test('a better place never makes a rank worse', () => {
    fc.assert(
      fc.property(anyResults, fc.nat(), fc.nat(), (results, which, where) => {
        const one = results[which % Math.max(results.length, 1)];
        const order = one?.places.map(({ member }) => member) ?? [];
        const at = where % Math.max(order.length, 1);
        const [mover, passed] = [order[at], order[at - 1]];
        if (!one || mover === undefined || passed === undefined) return;
        const better = [...order.slice(0, at - 1), mover, passed, ...order.slice(at + 1)];
        const after = results.map((other) => (other === one ? result(one.id, one.endedAt, better) : other));
        const rankIn = (all: Result[]) => standingsOf(all).find(({ member }) => member === mover)?.rank ?? 0;
        expect(rankIn(after)).toBeLessThanOrEqual(rankIn(results));
      }),
    );
  });
});

test('a season has the challenges that count in it, until it is closed: then its standings stay', () => {
  const mine = result('c1', 1, ['ada', 'bob']);
  const { season: _, ...none } = result('c3', 3, ['bob']);
  const others = [result('c2', 2, ['bob'], { season: 'sbbbbbbbb' }), none];
  expect(standingsIn(season, [mine, ...others])).toEqual(standingsOf([mine]));
  const final = standingsOf([mine]);
  const closed = { ...season, to: 200, final };
  expect(standingsIn(closed, [mine, result('c4', 4, ['bob', 'ada']), ...others])).toBe(final);
  expect(seasonView(closed, [mine, ...others])).toEqual({
    ...{ id: season.id, name: 'Spring', from: 100, to: 200, standings: final },
    challenges: wonIn([mine]),
    rule: expect.stringContaining('worth 12, 10, 8, 7, 6, 5, 4, 3, 2, and 1 points, every later place 1 point'),
  });
  expect(seasonView(season, others)).toMatchObject({ standings: [], challenges: [] });
  expect(Object.hasOwn(seasonView(season, []), 'to')).toBe(false);
});

describe('what a tally gives', () => {
  test('each author has their best place, as it was published, and films that are out have none', () => {
    const made = ended(
      4,
      [
        { voter: voter(1), choice: 2 },
        { voter: voter(2), choice: 2 },
        { voter: voter(3), choice: 3 },
      ],
      { voting: 'one' },
    );
    const entries = made.entries.map((entry) => ({
      ...entry,
      // Film 3 is by whoever made 2, and 4 is out.
      ...(entry.number === 4 ? { out: true as const } : {}),
    }));
    const { tally } = readTally(writeTally({ ...made, entries }));
    if (!tally) throw new Error('no tally');
    const kept = new Map(tally.entries.map(({ id, number }) => [id, { member: number === 3 ? 'u2' : `u${number}` }]));
    expect(resultOf(tally, kept)).toEqual({
      ...{ id: 'c-1', title: 'Rain in “two” minutes', endedAt: 2_000, films: 3 },
      places: [
        { member: 'u2', name: 'Author 2', place: 1 },
        { member: 'u1', name: 'Author 1', place: 3 },
      ],
    });
  });

  test('of any challenge: nobody twice, and no more than have a place', () => {
    fc.assert(
      fc.property(anyEnded, (made) => {
        const { tally } = readTally(writeTally(made));
        if (!tally) throw new Error('no tally');
        const kept = new Map(tally.entries.map(({ id, author }) => [id, { member: author.name }]));
        const { places, films } = resultOf(tally, kept);
        expect(films).toBe(made.entries.filter(({ out }) => out === undefined).length);
        expect(new Set(places.map(({ member }) => member)).size).toBe(places.length);
        expect(places.length).toBeLessThanOrEqual(films);
      }),
      { numRuns: 40 },
    );
  });
});

test('a history has every challenge of a member, the newest first; what counted nowhere gave no points', () => {
  fc.assert(
    fc.property(anyResults, (results) => {
      const past = historyOf(results, 'ada');
      expect(past.map(({ id }) => id).sort()).toEqual(
        results.flatMap(({ id, places }) => (places.some(({ member }) => member === 'ada') ? [id] : [])).sort(),
      );
      expect(past.map(({ endedAt }) => endedAt)).toEqual(past.map(({ endedAt }) => endedAt).sort((a, b) => b - a));
      const points = past.reduce((sum, one) => sum + (one.points ?? 0), 0);
      expect(points).toBe(standingsIn(season, results).find(({ member }) => member === 'ada')?.points ?? 0);
      for (const one of past) expect(one.points === undefined).toBe(one.season === undefined);
    }),
  );
});

test('the hall has the first of every challenge, and of every season that is over, by the names of then', () => {
  const tie = {
    ...result('c2', 2, []),
    places: [
      { member: 'ada', name: 'Ada L.', place: 1 },
      { member: 'bob', name: 'BOB', place: 1 },
      { member: 'cyd', name: 'CYD', place: 3 },
    ],
  };
  const results = [result('c1', 1, ['ada', 'bob']), tie, result('c3', 3, [])];
  const empty = { ...season, id: 'scccccccc', name: 'Winter', from: 0, to: 50, final: [] };
  const over = { ...season, to: 200, final: standingsOf(results.slice(0, 1)) };
  const running = { ...season, id: 'sdddddddd', name: 'Summer', from: 200 };
  const hall = hallOf(results, [running, over, empty]);
  expect(hall.challenges.map(({ id, winners }) => [id, winners.map(({ name }) => name)])).toEqual([
    ['c2', ['Ada L.', 'BOB']],
    ['c1', ['ADA']],
  ]);
  expect(hall.seasons).toEqual([
    { id: season.id, name: 'Spring', from: 100, to: 200, winners: over.final.slice(0, 1) },
  ]);
});

test.each([
  ['Spring 2027', true],
  ['Frühling @ Süd', true],
  ['a < b', true],
  ['', false],
  ['x'.repeat(61), false],
  ['for <@123456>', false],
  ['<@&99> cup', false],
  ['<#42>', false],
  ['<!subteam^S1>', false],
  ['@everyone cup', false],
  ['cup @Here', false],
])('whether %j is a name of a season', (name, fits) => {
  expect(isSeasonName(name)).toBe(fits);
});

test('no place is worth more than a better one', () => {
  expect([...pointsByPlace].sort((a, b) => b - a)).toEqual([...pointsByPlace]);
});
