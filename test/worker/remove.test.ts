import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/desk/audit.ts';
import { spaceKeys } from '../../src/desk/keys.ts';
import { cardOf } from '../../src/domain/card.ts';
import { type Job, type JobRef, jobState } from '../../src/domain/job.ts';
import { busy, type ChatVerb, refused } from '../support/chat.ts';
import { type Steps, startSteps } from '../support/steps.ts';

let house: Steps;
beforeAll(async () => {
  house = await startSteps({});
});
afterAll(() => house.close());

/** A film of its own that is made, not yet posted, and has its card. What the chat was asked before does not count. */
async function setUp() {
  const ref = await house.admitted();
  await house.take(ref);
  house.gateway.finish(house.gateway.taskOf(ref.id).id);
  const job = await house.read(ref);
  const card = await house.chat.poster.card(job.request.origin, cardOf(job), undefined);
  await house.records.shown(job, { ref: card, version: job.version });
  const before = house.chat.asked.length;
  const asked = (verb: ChatVerb) => house.chat.asked.slice(before).filter((one) => one.verb === verb).length;
  return { ...house, ref, asked, until: house.until.bind(house), take: house.take.bind(house) };
}
type House = Awaited<ReturnType<typeof setUp>>;

const isOpen = async ({ redis }: House, { space, id }: JobRef): Promise<boolean> =>
  (await redis.zscore(spaceKeys(space).open, id)) !== null;
async function atRest(now: House): Promise<Job> {
  for (let steps = 0; (await isOpen(now, now.ref)) && steps < 60; steps += 1) {
    const next = await now.take(now.ref);
    if (next) now.pass(Math.max(0, next.at - now.now()));
  }
  expect(await isOpen(now, now.ref)).toBe(false);
  expect((await audit(now.redis)).problems).toEqual([]);
  return now.read(now.ref);
}
async function delivered(): Promise<House> {
  const now = await setUp();
  expect(await atRest(now)).toMatchObject({ settled: 'captured' });
  return now;
}

describe('a film that stands', () => {
  test('is taken away, its card says by whom, and it rests again; it stays paid', async () => {
    const now = await delivered();
    const { chat, ref, desk } = now;
    await desk.remove(ref, 'mod');
    const job = await atRest(now);
    expect(chat.films(ref.id)).toEqual([]);
    expect(chat.cards(ref.id)[0]?.card).toMatchObject({
      state: 'removed',
      line: 'Removed by a moderator',
      prompt: '…',
    });
    expect(job).toMatchObject({ settled: 'captured', takenAway: { times: 1 } });
    expect(await now.redis.exists(`{dailies}:withheld:${job.asset?.name}`)).toBe(1);
  });

  test('in all its postings', async () => {
    const now = await delivered();
    const { chat, ref, desk } = now;
    for (const generation of [2, 3]) {
      await desk.redeliver(ref);
      await now.until(ref, (job) => job.post?.generation === generation);
    }
    expect(chat.films(ref.id)).toHaveLength(3);
    await desk.remove(ref, 'mod');
    await atRest(now);
    expect(chat.films(ref.id)).toEqual([]);
  });

  test('a worker that dies between the removal and the save: removed once more, to no effect', async () => {
    const now = await delivered();
    const { chat, ref, desk } = now;
    await desk.remove(ref, 'mod');
    chat.loseAnswer('remove', 1);
    await now.take(ref);
    expect(chat.films(ref.id)).toEqual([]);
    // The step was begun, and its worker is gone with what it learned.
    await now.begin(ref, 'deliver');
    const job = await atRest(now);
    expect(now.asked('remove')).toBe(2);
    expect(job.takenAway).toEqual({ times: 1 });
  });

  test('a chat that is busy is asked again', async () => {
    const now = await delivered();
    now.chat.fail('remove', 3, busy);
    await now.desk.remove(now.ref, 'mod');
    expect((await atRest(now)).takenAway).toEqual({ times: 1 });
    expect(now.asked('remove')).toBe(4);
  });

  test('a chat that does not let the bot: its card says so, the log too, and another wish tries it anew', async () => {
    const now = await delivered();
    const { chat, ref, desk, log } = now;
    chat.fail('remove', 1, refused);
    await desk.remove(ref, 'mod');
    expect((await atRest(now)).takenAway).toEqual({ times: 1, refused: true });
    expect(chat.cards(ref.id)[0]?.card?.line).toMatch(/has to delete its message/);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: expect.stringContaining('still stands') }),
    );
    expect(chat.films(ref.id)).toHaveLength(1);
    expect(await desk.remove(ref, 'mod')).toBe('noted');
    expect((await atRest(now)).takenAway).toEqual({ times: 2 });
    expect(chat.films(ref.id)).toEqual([]);
  });

  test('a chat that stays busy for half an hour: it is left standing, and the job rests', async () => {
    const now = await delivered();
    now.chat.fail('remove', 40, busy);
    await now.desk.remove(now.ref, 'mod');
    expect((await atRest(now)).takenAway).toEqual({ times: 1, refused: true });
    expect(now.asked('remove')).toBe(34);
  });
});

describe('a film that does not stand yet', () => {
  test('removed while it is made: whatever arrives is not posted, and nothing is paid', async () => {
    const now = await setUp();
    await now.desk.remove(now.ref, 'ada');
    const job = await atRest(now);
    expect(job).toMatchObject({ failure: { reason: 'removed' }, settled: 'released' });
    expect(jobState(job)).toBe('removed');
    expect(now.asked('film')).toBe(0);
    expect(now.chat.cards(now.ref.id)[0]?.card).toMatchObject({
      state: 'removed',
      line: expect.stringContaining('before it was posted'),
    });
  });

  test('removed while it is kept: it never is posted', async () => {
    const now = await setUp();
    now.chat.fail('film', 1, refused);
    await now.until(now.ref, (job) => job.refused !== undefined);
    await now.desk.remove(now.ref, 'mod');
    const job = await atRest(now);
    expect(job).toMatchObject({ failure: { reason: 'removed' }, settled: 'released' });
    expect(now.chat.films(now.ref.id)).toEqual([]);
    // What a challenge showed of it is shown no more either.
    expect(await now.redis.exists(`{dailies}:withheld:${job.asset?.name}`)).toBe(1);
  });

  test('removed while it is being posted: it is taken away right after, quietly, and is paid', async () => {
    const now = await setUp();
    const open = now.chat.hold('film');
    await now.until(now.ref, (job) => job.output !== undefined);
    const step = now.take(now.ref);
    await now.chat.until(() => now.asked('film') === 1);
    await now.desk.remove(now.ref, 'mod');
    open();
    await step;
    expect(await atRest(now)).toMatchObject({ settled: 'captured', takenAway: { times: 1 } });
    expect(now.chat.films(now.ref.id)).toEqual([]);
  });

  test('a posting whose answer was lost: it is found by its key, and taken away', async () => {
    const now = await setUp();
    now.chat.loseAnswer('film', 1);
    await now.until(now.ref, (job) => job.tries === 1 && job.posting === 1);
    expect(now.chat.films(now.ref.id)).toHaveLength(1);
    await now.desk.remove(now.ref, 'mod');
    expect(await atRest(now)).toMatchObject({ settled: 'captured', takenAway: { times: 1 } });
    expect(now.chat.films(now.ref.id)).toEqual([]);
  });
});
