import type { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { createBoard } from '../platforms/web/board.ts';
import { createBlocks } from '../src/desk/blocks.ts';
import { createBudgets } from '../src/desk/budgets.ts';
import { createChallenges } from '../src/desk/challenges.ts';
import { spaceKeys } from '../src/desk/keys.ts';
import { createLedger } from '../src/desk/ledger.ts';
import { createPots } from '../src/desk/pots.ts';
import { repair } from '../src/desk/repair.ts';
import { createReports } from '../src/desk/reports.ts';
import { createRules } from '../src/desk/rules.ts';
import { createSeasons } from '../src/desk/seasons.ts';
import { createSettings } from '../src/desk/settings.ts';
import { createSlow } from '../src/desk/slow.ts';
import { createTrail } from '../src/desk/trail.ts';
import { createVotes } from '../src/desk/votes.ts';
import type { SpaceKey } from '../src/domain/origin.ts';
import { windowAt } from '../src/domain/policy.ts';
import { scriptsIn } from '../src/scripts.ts';
import { createPressure } from '../src/video/pressure.ts';
import { createStanding } from '../src/video/standing.ts';
import { deskOn, thisWeek } from './desk/rig.ts';
import { useClosing } from './support/closing.ts';
import { createTestLog } from './support/log.ts';
import { type RedisKind, redisKinds, startRedis } from './support/redis.ts';
import { slotOf, watchScripts } from './support/slots.ts';

const kind = redisKinds[0] as RedisKind;
const { closing } = useClosing();
const folder = (path: string): URL => new URL(`../${path}/`, import.meta.url);
const folders = ['src/desk/lua', 'src/video/lua', 'platforms/web'].map(folder);

/** All that moves credits, rules and blocks in a space. */
async function moved(redis: Redis, space: SpaceKey): Promise<void> {
  const [ledger, pots, blocks] = [createLedger(redis), createPots(redis), createBlocks(redis)];
  const inCharge = { by: 'boss', why: 'a test' };
  const window = thisWeek();
  await ledger.grant(space, 'grant', { member: 'ada', credits: 5, ...inCharge });
  await ledger.revoke(space, 'revoke', { member: 'ada', credits: 1, ...inCharge });
  await ledger.give(space, 'give', { from: 'ada', to: 'bob', credits: 1, day: 'd', most: 9, note: '' });
  await ledger.correct(space, 'correct', { member: 'ada', credits: 1, window, ...inCharge });
  await ledger.expire(space, 10);
  const about = { title: 'ours', for: { kind: 'thread', channel: 'films' }, by: 'ada' } as const;
  const pot = await pots.open(space, 'open', { ...about, deadline: Date.now() + 60_000 });
  await pots.pledge(space, 'pledge', { pot, member: 'ada', credits: 2, terms: { window, allowance: 60 } });
  await pots.close(space, pot);
  await createRules(redis).change(space, 'space', undefined, { credits: 60 }, { key: 'rule', ...inCharge });
  await createTrail(redis).note(space, 'note', { who: 'boss', what: 'thing' });
  await redis.hincrby(spaceKeys(space).quota('ada', window.id), 'held', 1);
  await repair(redis, 0);
  const { block } = await blocks.add(space, { kind: 'word', value: 'badger', ...inCharge });
  await blocks.remove(space, block.id, 'boss');
  await createSlow(redis).count(space, 'ada', 'one');
}

/** A challenge, from its opening to a vote. */
async function challenged(redis: Redis, space: SpaceKey): Promise<void> {
  const [challenges, votes] = [createChallenges(redis), createVotes(redis)];
  const [now, day] = [Date.now(), 86_400_000];
  const id = await challenges.open(space, 'challenge', {
    ...{ title: 'Boats', theme: 'a boat', by: 'boss', zone: 'UTC', preset: 'sealed', voting: 'pairs' },
    place: { platform: 'web', space: 'atelier', channel: 'films' },
    ...{ opensAt: now, closesAt: now + day, votesUntil: now + 2 * day, most: 1, compute: 0, prizes: [], least: 1 },
  });
  expect(await challenges.where(id)).toBe(space);
  const terms = await challenges.find(space, id);
  if (!terms) throw new Error('no challenge');
  await challenges.change(space, id, terms.version, { ...terms, theme: 'ships' });
  await challenges.turn(space, id, { from: 'announced', to: 'open', due: now + day });
  await challenges.enter(space, id, {
    job: 'jaaaaaaaaaaaaaaaa-1',
    member: 'ada',
    name: 'Ada',
    edition: 2,
    brought: true,
  });
  await challenges.note(space, id, 'jaaaaaaaaaaaaaaaa-1', ['asked'], { state: 'in', number: 1 });
  await challenges.turn(space, id, { from: 'open', to: 'voting', due: now + 2 * day });
  const voter = await votes.voter(space, id, 'bob');
  await votes.offer(space, id, voter, [1, 2]);
  await votes.cast(space, id, { voter, left: 1, right: 2, choice: 'left' });
  const seasons = createSeasons(redis);
  const place = { platform: 'web', space: 'atelier', channel: 'films' } as const;
  const spring = await seasons.open(space, 'season', { name: 'Spring', place, zone: 'UTC' });
  await seasons.change(space, 'season put off', { closes: now + day, place });
  await seasons.keep(space, { id, title: 'Boats', endedAt: now, films: 0, places: [] });
  await seasons.close(space, 'season over', {});
  await seasons.rest(space, spring, 3);
  expect([await seasons.where(spring), await seasons.due(space, now + day)]).toEqual([space, []]);
}

test('every script is run, in two spaces, and each time with keys of one slot alone', async () => {
  const redis = closing(await startRedis(kind)).connect();
  const runs = watchScripts(redis, folders);
  const rig = deskOn(redis);
  const month = { kind: 'month', timeZone: 'UTC', window: () => windowAt(Date.now(), 'month', 'UTC') } as const;
  const standing = createStanding(redis);
  const limits = [
    { of: 'money', most: 1_000_000, ...month },
    { of: 'credits', most: 1_000, ...month },
  ] as const;
  const budget = createBudgets({ redis, standing, job: rig.records.read, log: createTestLog(), limits });
  for (const space of ['north', 'south']) {
    const ref = await rig.accepted({ space, money: 100 });
    await budget.reserve([{ ref, money: 100, credits: 4 }]);
    await budget.keep([{ ref, money: 100, credits: 4 }]);
    await rig.lists.leads();
    await rig.rendered(ref);
    await rig.records.woken(ref, { id: 'msg_1', taskId: undefined, gateway: 'gateway' });
    await budget.book(ref.id, { money: 90, credits: 4 });
    await rig.delivered(ref);
    await rig.desk.redeliver(ref);
    const other = await rig.accepted({ space });
    await rig.records.handBack(await rig.begin(other, 'submit'));
    await rig.desk.cancel(other, 'ada');
    await rig.lists.overdue(ref.space, 10, 1_000);
    await createSettings(redis).change(ref.space, { workflowCredits: 5 }, 'ada');
    await moved(redis, ref.space);
    await challenged(redis, ref.space);
    const film = await rig.accepted({ space });
    await rig.rendered(film);
    await rig.delivered(film);
    await rig.desk.remove(film, 'ada');
    await createReports(redis).note(film, 'bob');
    const kept = await rig.accepted({ space });
    await rig.rendered(kept);
    await rig.step(kept, 'deliver', { refused: { generation: 1, at: Date.now() } });
    await rig.desk.release(kept, 'ada');
    const board = createBoard(redis, space);
    await board.open({ id: 'boats', channel: 'general', title: 'Boats' });
    await board.put('boats', 'one', { author: 'ada', bot: false, text: 'a boat' });
  }
  await budget.returnUnmatched();
  const pressure = createPressure(redis, { submitsAtOnce: 1, submitsPerMinute: 60, pollsPerSecond: 10 });
  await pressure.enter('one');
  await pressure.pollAt(Date.now());
  await pressure.slow({ asked: undefined, age: 0 });
  await standing.pause('funds');
  await standing.resume();

  for (const [script, keys] of runs) {
    expect(keys, `${script} is not run here: run it in this test`).not.toEqual([]);
    for (const given of keys) expect(new Set(given.map(slotOf)).size, `${script} ${given.join(' ')}`).toBe(1);
  }
  expect(runs.size).toBeGreaterThan(25);
});

test('a script with keys in two slots is refused on any engine, as on a cluster', async () => {
  const redis = closing(await startRedis(kind)).connect();
  const run = scriptsIn(new URL('src/desk/lua/', new URL('../', import.meta.url)), ['enlist']);
  await expect(run(redis, 'enlist', ['{north}:ring', '{south}:ring'], ['north'])).rejects.toThrow('CROSSSLOT');
  await expect(redis.del('{north}:a', '{south}:a')).rejects.toThrow('CROSSSLOT');
  expect(await run(redis, 'enlist', ['{north}:ring', '{north}:other'], ['north'])).toBe(1);
});
