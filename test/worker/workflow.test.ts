import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { audit } from '../../src/desk/audit.ts';
import { spaceKeys } from '../../src/desk/keys.ts';
import type { Call } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { spaceKey, workflowMember } from '../../src/domain/origin.ts';
import { word } from '../../src/domain/words.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { sandboxCards } from '../../src/video/cards.ts';
import { thisWeek } from '../desk/rig.ts';
import { busy, createFakeChat } from '../support/chat.ts';
import { callOf, type House, jobOf, startHouse } from '../support/house.ts';
import { createTestLog } from '../support/log.ts';
import { type RedisKind, redisKinds, startRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';

let closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});

const space = spaceKey(callOf('quota').origin);

/** A house whose managers set `workflowCredits` aside. */
async function setUp(kind: RedisKind, workflowCredits: number, delayMs = 0) {
  const redis = await startRedis(kind);
  const sandbox = await startSandbox({ cards: sandboxCards, key: 'k', render: 'instant', delayMs: () => delayMs });
  const chat = createFakeChat();
  const log = createTestLog();
  const dir = await mkdtemp(join(tmpdir(), 'dailies-workflow-'));
  closers.push(redis.close, sandbox.close, () => rm(dir, { recursive: true, force: true }));
  const open = async (): Promise<House> => {
    const gateway = { url: sandbox.url, key: 'k' };
    const house = await startHouse({ redis, chat, log, dir, gateway, models: sandboxCards });
    closers.push(house.close);
    return house;
  };
  const house = await open();
  await house.settings.change(space, { workflowCredits }, 'boss');
  return { chat, house, open };
}

/** What a step of a workflow asks for, that ada set going. */
function stepOf(prompt: string, step: string, seconds = 8, who = { id: 'ada', name: 'Ada' }): Call {
  const call = callOf('video', { prompt, seconds }, { user: workflowMember, key: `web:${step}` });
  return { ...call, origin: { ...call.origin, step }, who };
}

const quotaOf = (house: House, member: string, credits: number) =>
  house.desk.quota(space, member, { window: thisWeek(), allowance: credits });
const isOpen = async (house: House, id: string): Promise<boolean> =>
  (await house.redis.zscore(spaceKeys(space).open, id)) !== null;
const atRest = (house: House, id: string) => until(`${id} at rest`, async () => !(await isOpen(house, id)));
const wentWell = async (house: House) => expect((await audit(house.redis)).problems).toEqual([]);
const refusal = async (work: Promise<unknown>) => {
  const error = await work.catch((caught: unknown) => caught);
  if (!(error instanceof UserError)) throw new Error('it was not refused', { cause: error });
  return { refusal: error.refusal, ...error.said };
};

describe.each(redisKinds.slice(0, 1))('a step of a workflow on Redis (%s)', (kind) => {
  test('is paid from the space’s budget for workflows, names who set it going, and is told of its film once', async () => {
    const { house, chat } = await setUp(kind, 20);
    const id = jobOf(await house.handle(stepOf('a boat', 'Fx1')));
    await atRest(house, id);
    expect(await quotaOf(house, workflowMember, 20)).toMatchObject({ held: 0, spent: 8, left: 12 });
    expect(await quotaOf(house, 'ada', 60)).toMatchObject({ spent: 0, entries: [] });
    const [film] = chat.films(id);
    expect(film?.film).toMatchObject({ requester: 'Ada', requesterId: 'ada', mention: true });
    expect(chat.cards(id)[0]?.card).toMatchObject({ requesterId: 'ada', state: 'delivered' });
    const done = { is: 'done', job: id, post: film?.ref, seconds: 8, credits: 8 };
    expect([...chat.ended]).toEqual([['Fx1', done]]);
    expect(chat.asked.filter(({ verb }) => verb === 'end')).toHaveLength(1);
    await wentWell(house);
  });

  test('whom nobody set going, notifies nobody; and a member who wants quiet has it', async () => {
    const { house, chat } = await setUp(kind, 60);
    await house.handle(callOf('mentions off', {}, { user: 'bob' }));
    const nobody = jobOf(await house.handle(stepOf('a', 'Fx1', 4, { id: workflowMember, name: 'Fridays' })));
    const bob = jobOf(await house.handle(stepOf('b', 'Fx2', 4, { id: 'bob', name: 'Bob' })));
    for (const id of [nobody, bob]) await atRest(house, id);
    const [first, second] = [nobody, bob].map((id) => chat.films(id)[0]?.film);
    expect(first).toMatchObject({ requester: 'Fridays', requesterId: workflowMember, mention: false });
    expect(second).toMatchObject({ requesterId: 'bob', mention: false });
  });

  test('is refused where nothing is set aside, before anything else; what was taken keeps its answer', async () => {
    const { house, chat } = await setUp(kind, 0);
    expect(await refusal(house.handle(stepOf('a boat', 'Fx1')))).toEqual({
      refusal: 'forbidden',
      word: 'workflow.unset',
    });
    expect(chat.asked.map(({ verb }) => verb)).not.toContain('cannotPost');
    await house.settings.change(space, { workflowCredits: 10 }, 'boss');
    const first = await house.handle(stepOf('a boat', 'Fx1'));
    const short = {
      refusal: 'balance',
      word: 'workflow.short',
      with: { price: 8, left: 2, renewsAt: thisWeek().endsAt, timeZone: 'UTC' },
    };
    expect(await refusal(house.handle(stepOf('a boat', 'Fx2')))).toEqual(short);
    await house.settings.change(space, { workflowCredits: 0 }, 'boss');
    expect(await house.handle(stepOf('a boat', 'Fx1'))).toEqual(first);
    await atRest(house, jobOf(first));
    await wentWell(house);
  });

  test('that failed is told why, in words', async () => {
    const { house, chat } = await setUp(kind, 20);
    const id = jobOf(await house.handle(stepOf('fail please', 'Fx1')));
    await atRest(house, id);
    expect([...chat.ended]).toEqual([['Fx1', { is: 'failed', job: id, why: word('failed.rejected') }]]);
    expect(await quotaOf(house, workflowMember, 20)).toMatchObject({ held: 0, spent: 0, left: 20 });
    await wentWell(house);
  });

  test('is told although the house was closed in the middle and the answer was lost; its job rests only then', async () => {
    const { house, chat, open } = await setUp(kind, 20, 1_500);
    const id = jobOf(await house.handle(stepOf('a boat', 'Fx1')));
    await until('rendering', async () => (await house.job(callOf('quota').origin, id)).taskId);
    await house.close();
    chat.fail('end', 1, busy);
    chat.loseAnswer('end', 1);
    const next = await open();
    await chat.until(() => chat.asked.filter(({ verb }) => verb === 'end').length === 2, 20_000);
    const paid = await next.job(callOf('quota').origin, id);
    expect([paid.settled, paid.told, await isOpen(next, id)]).toEqual(['captured', undefined, true]);
    // Its thread did not wait for the workflow.
    expect(chat.cards(id)[0]?.card?.state).toBe('delivered');
    await atRest(next, id);
    expect(chat.asked.filter(({ verb }) => verb === 'end')).toHaveLength(3);
    expect([chat.ended.size, chat.films(id).length, (await next.job(callOf('quota').origin, id)).told]).toEqual([
      1,
      1,
      true,
    ]);
    await wentWell(next);
  });
});
