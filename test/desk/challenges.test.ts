import { beforeEach, describe, expect, test } from 'vitest';
import { createChallenges } from '../../src/desk/challenges.ts';
import { spaceKeys } from '../../src/desk/keys.ts';
import { createVotes } from '../../src/desk/votes.ts';
import { type ChallengeTerms, challengesMax } from '../../src/domain/challenge.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import { redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';

const space = spaceKey({ platform: 'web', space: 'atelier' });
const day = 86_400_000;
const termsOf = (change: Partial<ChallengeTerms> = {}): ChallengeTerms => ({
  ...{ title: 'Boats', theme: 'a boat', by: 'boss', zone: 'UTC', preset: 'sealed', voting: 'pairs' },
  place: { platform: 'web', space: 'atelier', channel: 'films' },
  ...{ opensAt: Date.now() - 1_000, closesAt: Date.now() + day, votesUntil: Date.now() + 2 * day },
  ...{ most: 2, compute: 0, prizes: [], least: 1 },
  ...change,
});
const job = (n: number) => `jaaaaaaaaaaaaaaa${'abcdefghijklmnopqrstuvwxyz234567'[n % 32]}-${1 + Math.floor(n / 32)}`;

describe.each(redisKinds)('challenges on %s', (kind) => {
  const engine = useRedis(kind);
  let here: ReturnType<typeof createChallenges>;
  let there: ReturnType<typeof createChallenges>;
  let votes: ReturnType<typeof createVotes>;
  beforeEach(() => {
    here = createChallenges(engine.redis);
    there = createChallenges(engine.other);
    votes = createVotes(engine.redis);
  });
  const opened = async (change: Partial<ChallengeTerms> = {}): Promise<string> => {
    const id = await here.open(space, 'open', termsOf(change));
    await here.turn(space, id, { from: 'announced', to: 'open', due: Date.now() + day });
    return id;
  };

  test('of two attempts to show a film the later one notes; where it is shown is kept as whoever is first to say', async () => {
    const id = await opened();
    await here.enter(space, id, { job: job(1), member: 'ada', name: 'Ada', edition: 1 });
    expect(await here.attempt(space, id, job(1), 'one')).toBeUndefined();
    await here.note(space, id, job(1), ['asked'], { state: 'in' });
    expect((await here.attempt(space, id, job(1), 'one'))?.attempt).toBeUndefined();
    expect(await here.mark(space, id, job(1), 'one', 'up')).toBe(true);
    expect(await there.attempt(space, id, job(1), 'two')).toMatchObject({ attempt: 'one', mark: 'up' });
    expect(await here.mark(space, id, job(1), 'one', 'late')).toBe(false);
    expect(await here.shows(space, id, job(1), 'there')).toBe(true);
    expect([await there.shows(space, id, job(1), 'there'), await there.shows(space, id, job(1), 'else')]).toEqual([
      true,
      false,
    ]);
    expect(await there.attempt(space, id, job(1), 'three')).toBeUndefined();
    await here.note(space, id, job(1), ['in'], { state: 'deleted' });
    expect(await here.shows(space, id, job(1), 'there')).toBe(false);
    expect((await here.entries(space, id))[0]).toMatchObject({ attempt: 'two', mark: 'up', shown: 'there' });
  });

  test('the same call opens one; there may be so many under way', async () => {
    const terms = termsOf();
    const id = await here.open(space, 'a', terms);
    expect(await there.open(space, 'a', { ...terms, closesAt: terms.closesAt + 5 })).toBe(id);
    for (let n = 1; n < challengesMax; n++) await here.open(space, `n${n}`, terms);
    await expect(here.open(space, 'more', terms)).rejects.toMatchObject({ said: { word: 'challenge.many' } });
    await here.turn(space, id, { from: 'announced', to: 'cancelled' });
    await here.open(space, 'more', terms);
    expect(await here.list(space)).toHaveLength(challengesMax + 1);
    expect(await here.spaces()).toEqual([space]);
  });

  test.each([{ closesAt: 1 }, { opensAt: Date.now() + 3 * day }, { votesUntil: Date.now() + day / 2 }])(
    'times that cannot be are refused: %j',
    async (change) => {
      await expect(here.open(space, 'a', termsOf(change))).rejects.toMatchObject({ said: { word: 'challenge.times' } });
    },
  );

  test('however many enter at once over two connections, nobody has more places than they may', async () => {
    const id = await opened();
    const tries = Array.from({ length: 40 }, (_, n) => {
      const entry = { job: job(n), member: n % 2 === 0 ? 'ada' : 'bob', name: 'x', edition: 1 };
      return (n % 3 === 0 ? here : there).enter(space, id, entry).then(
        () => true,
        () => false,
      );
    });
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(4);
    const entries = await here.entries(space, id);
    expect(entries.filter(({ member }) => member === 'ada')).toHaveLength(2);
    expect(await here.arriving(space, id)).toHaveLength(4);
    const [first] = entries;
    if (!first) throw new Error('nobody entered');
    // The same film again is the same place, and a place that is left is free again.
    await here.enter(space, id, { job: first.job, member: first.member, name: 'x', edition: 1 });
    await here.leave(space, id, first.job);
    await here.leave(space, id, first.job);
    await here.enter(space, id, { job: job(99), member: first.member, name: 'x', edition: 1 });
    await expect(
      here.enter(space, id, { job: job(98), member: first.member, name: 'x', edition: 1 }),
    ).rejects.toMatchObject({
      said: { word: 'challenge.most' },
    });
  });

  test('a step is taken once, and a change of an entry by one of two', async () => {
    const id = await opened();
    const step = { from: 'open', to: 'closing', due: 5 } as const;
    const taken = await Promise.all([here, there, here, there].map((one) => one.turn(space, id, step)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    await here.turn(space, id, { from: 'closing', to: 'open' });
    await here.enter(space, id, { job: job(1), member: 'ada', name: 'Ada', edition: 1 });
    const outs = await Promise.all([
      here.note(space, id, job(1), ['asked'], { state: 'withdrawn' }),
      there.note(space, id, job(1), ['asked'], { state: 'disqualified', why: 'x' }),
    ]);
    expect(outs.filter(Boolean)).toHaveLength(1);
    expect(await engine.redis.hget(spaceKeys(space).challenge(id), 'entered')).toBe('1');
    // Who left may enter anew.
    await here.enter(space, id, { job: job(2), member: 'ada', name: 'Ada', edition: 1 });
    await here.enter(space, id, { job: job(3), member: 'ada', name: 'Ada', edition: 1 });
  });

  test('a voter has one question at a time, and one opinion of each pair', async () => {
    const id = await opened();
    await here.turn(space, id, { from: 'open', to: 'voting', due: Date.now() + day });
    const voter = await votes.voter(space, id, 'ada');
    expect(voter).not.toContain('ada');
    const pairs = await Promise.all([votes.offer(space, id, voter, [1, 2]), votes.offer(space, id, voter, [3, 4])]);
    expect(pairs[0]).toEqual(pairs[1]);
    const [left, right] = pairs[0] as [number, number];
    const ballot = { voter, left, right, choice: 'left' } as const;
    expect(await votes.cast(space, id, { ...ballot, left: 8, right: 9 })).toBe('other');
    const said = await Promise.all([
      votes.cast(space, id, ballot),
      votes.cast(space, id, { ...ballot, choice: 'right' }),
    ]);
    expect([...said].sort()).toEqual(['known', 'taken']);
    expect((await votes.of(space, id, voter)).seen).toEqual(
      new Map([
        [left, 1],
        [right, 1],
      ]),
    );
    expect((await votes.all(space, id)).ballots).toHaveLength(1);
    await here.turn(space, id, { from: 'voting', to: 'ended' });
    expect(await votes.cast(space, id, { ...ballot, left: 1 })).toBe('over');
    expect(await votes.name(space, id, voter, 3)).toBe('over');
  });
});
