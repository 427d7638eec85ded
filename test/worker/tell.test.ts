import { afterEach, describe, expect, test } from 'vitest';
import { audit } from '../../src/desk/audit.ts';
import { spaceKeys } from '../../src/desk/keys.ts';
import type { EntryState } from '../../src/domain/challenge.ts';
import type { Job, JobRef } from '../../src/domain/job.ts';
import { say, word } from '../../src/domain/words.ts';
import { Fenced } from '../../src/ports.ts';
import { show } from '../../src/show.ts';
import type { Ask } from '../desk/rig.ts';
import { busy, refused } from '../support/chat.ts';
import { redisKinds } from '../support/redis.ts';
import { type Steps, startSteps } from '../support/steps.ts';

let house: Steps | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

const step = 'Fx1';
const told = (job: Job): boolean => job.told === true;

describe.each(redisKinds.slice(0, 1))('telling a workflow how its step ended (%s)', (kind) => {
  async function setUp(more: Parameters<typeof startSteps>[1] = {}) {
    house = await startSteps({}, more, kind);
    const made = house;
    const isOpen = async (ref: JobRef) => (await made.redis.zscore(spaceKeys(ref.space).open, ref.id)) !== null;
    return {
      ...made,
      isOpen,
      until: made.until.bind(made),
      /** A job of the step with its card, whose task is made at the gateway now. */
      async made(ask: Ask = {}): Promise<JobRef> {
        const ref = await made.admitted({ step, ...ask });
        await show(await made.read(ref), 1, { ...made, poster: () => made.chat.poster });
        await made.take(ref);
        made.gateway.finish(made.gateway.taskOf(ref.id).id);
        return ref;
      },
      rests: async (ref: JobRef) => {
        for (let steps = 0; steps < 5 && (await isOpen(ref)); steps += 1) {
          const next = await made.take(ref);
          if (next) made.pass(Math.max(0, next.at - made.now()) + 15_000);
        }
        expect(await isOpen(ref)).toBe(false);
        expect((await audit(made.redis)).problems.filter((found) => !found.includes('budget'))).toEqual([]);
      },
      asked: () => made.chat.asked.filter(({ verb }) => verb === 'end').length,
    };
  }

  test('after forty minutes, when the film is there at last', async () => {
    const { chat, gateway, admitted, take, pass, until, rests, asked } = await setUp();
    const ref = await admitted({ step });
    await take(ref);
    pass(40 * 60_000);
    await take(ref);
    expect(asked()).toBe(0);
    gateway.finish(gateway.taskOf(ref.id).id);
    const job = await until(ref, told);
    expect(chat.ended.get(step)).toEqual({ is: 'done', job: ref.id, post: job.post?.ref, seconds: 4, credits: 4 });
    await rests(ref);
    expect(asked()).toBe(1);
  });

  test('a job that was cancelled while it waited is told too, and does not rest before', async () => {
    const { chat, desk, records, accepted, read, rests, isOpen } = await setUp();
    const ref = await accepted({ step });
    await desk.cancel(ref, 'boss');
    const job = await read(ref);
    expect(await records.shown(job, { ref: 'card', version: job.version })).toBe(false);
    expect(await isOpen(ref)).toBe(true);
    await rests(ref);
    expect(chat.ended.get(step)).toEqual({ is: 'failed', job: ref.id, why: word('failed.cancelled') });
  });

  test('a film that is kept ends the step; posted in the end, it is paid, and nothing more is told', async () => {
    const { chat, desk, made, until, rests, asked } = await setUp();
    chat.fail('film', 1, refused);
    const ref = await made();
    const kept = await until(ref, told);
    expect([kept.refused?.generation, kept.settled]).toEqual([1, undefined]);
    expect(chat.ended.get(step)).toEqual({ is: 'failed', job: ref.id, why: word('workflow.kept') });
    expect(await desk.redeliver(ref)).toBe(true);
    expect((await until(ref, (job) => job.settled !== undefined)).settled).toBe('captured');
    await rests(ref);
    expect([chat.films(ref.id).length, asked()]).toEqual([1, 1]);
  });

  test('a film that is posted once more is told once', async () => {
    const { chat, desk, made, until, rests, asked } = await setUp();
    const ref = await made();
    await until(ref, told);
    await rests(ref);
    await desk.redeliver(ref);
    await until(ref, (job) => job.post?.generation === 2);
    await rests(ref);
    expect([chat.films(ref.id).length, asked()]).toEqual([2, 1]);
  });

  test('a worker that died between telling and saving is followed by one that tells once more', async () => {
    let deaths = 1;
    const rig = await setUp({
      workflows: () => ({
        end: async (origin, outcome) => {
          await rig.chat.workflows.end(origin, outcome);
          // Another worker takes the job over before this one can save.
          if (deaths-- > 0) await rig.begin(ref, 'deliver');
        },
      }),
    });
    const ref = await rig.made();
    await rig.until(ref, (job) => job.output !== undefined);
    await expect(rig.take(ref)).rejects.toThrow(Fenced);
    expect((await rig.read(ref)).told).toBeUndefined();
    expect(await rig.isOpen(ref)).toBe(true);
    await rig.rests(ref);
    expect([rig.asked(), rig.chat.ended.size, rig.chat.films(ref.id).length]).toEqual([2, 1, 1]);
  });

  test.each([
    ['busy', busy],
    ['broken', () => new Error('a bug')],
  ])(
    'a chat that stays %s is told forty times; its job comes to rest, and an operator reads of it',
    async (_is, error) => {
      const { chat, log, made, until, rests, asked, now } = await setUp();
      chat.fail('end', 1_000, error);
      const ref = await made();
      await until(ref, (job) => job.settled !== undefined && job.tries === 1);
      const since = now();
      // The card did not wait.
      expect(chat.cards(ref.id)[0]?.card?.state).toBe('delivered');
      await until(ref, told, 60);
      expect(asked()).toBe(40);
      expect(now() - since).toBeGreaterThan(20 * 60_000);
      expect(log.lines.filter(({ level, message }) => level === 'error' && message.includes('in vain'))).toHaveLength(
        1,
      );
      await rests(ref);
      expect(chat.ended.size).toBe(0);
    },
  );

  test('a film that is kept and whose workflow cannot be told waits as it would, without a pause', async () => {
    const { chat, made, until, read, asked, take } = await setUp();
    chat.fail('film', 1, refused);
    chat.fail('end', 3, busy);
    const ref = await made();
    await until(ref, told);
    expect(asked()).toBe(4);
    // It waits for somebody now: no step follows.
    expect(await take(ref)).toBeUndefined();
    expect((await read(ref)).settled).toBeUndefined();
  });

  /** A house whose film is an entry of a challenge, in a state that the test says. */
  async function entered() {
    const entry = { state: 'made' as EntryState | undefined };
    const about = { member: 'ada', name: 'Ada', at: 0 };
    const rig = await setUp({
      challenges: {
        entry: async (_space, _id, job) =>
          entry.state === undefined ? undefined : { ...about, job, state: entry.state },
      },
    });
    return { ...rig, entry, made: () => rig.made({ sealed: 'cabcdefgh', member: 'ada' }) };
  }

  test('an entry is told once it counts in its challenge, its card waits for nothing, and nobody is led to a sealed film', async () => {
    const { chat, entry, made, until, take, rests, asked } = await entered();
    const ref = await made();
    await until(ref, (job) => job.settled !== undefined && job.card?.version === job.version);
    for (let look = 0; look < 3; look += 1) expect(await take(ref)).toBeDefined();
    expect([asked(), chat.cards(ref.id)[0]?.card?.state]).toEqual([0, 'delivered']);
    entry.state = 'in';
    await until(ref, told);
    expect([...chat.ended]).toEqual([[step, { is: 'entered', job: ref.id, post: undefined, seconds: 4, credits: 4 }]]);
    await rests(ref);
    expect(asked()).toBe(1);
  });

  test.each(['withdrawn', undefined] as const)(
    'a film that is there and whose entry is %s ends the step in words',
    async (state) => {
      const { chat, entry, made, until, rests } = await entered();
      entry.state = state;
      const ref = await made();
      await until(ref, told);
      const why = say({ word: 'workflow.out', with: { state: state ?? 'failed' } });
      expect(chat.ended.get(step)).toEqual({ is: 'failed', job: ref.id, why });
      await rests(ref);
    },
  );

  test('an entry that counts and is kept, for its author cannot be told, ends the step with that', async () => {
    const { chat, entry, made, until } = await entered();
    entry.state = 'in';
    chat.fail('film', 1, refused);
    const ref = await made();
    await until(ref, told);
    expect(chat.ended.get(step)).toEqual({ is: 'failed', job: ref.id, why: word('workflow.kept.entry') });
  });

  test('another job is told to nobody', async () => {
    const { gateway, admitted, take, until, asked } = await setUp();
    const ref = await admitted();
    await take(ref);
    gateway.finish(gateway.taskOf(ref.id).id);
    const job = await until(ref, ({ settled }) => settled !== undefined);
    expect([job.told, asked()]).toEqual([undefined, 0]);
  });
});
