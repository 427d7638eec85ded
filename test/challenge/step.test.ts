import { describe, expect, test } from 'vitest';
import { audit } from '../../src/desk/audit.ts';
import { termsSchema } from '../../src/domain/challenge.ts';
import { workflowMember } from '../../src/domain/origin.ts';
import { textOf } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';
import { space, useChallenges } from './rig.ts';

const boss = { user: 'boss' } as const;
const ends = { by: 'boss', why: 'a test' } as const;

describe.each(redisKinds.slice(0, 1))('a step of a workflow that enters a challenge for a member, on %s', (kind) => {
  const { rig, look, find, open, pass, arrived, entries, left } = useChallenges(kind);
  let steps = 0;

  /** A call of a step, that names whom it is for and no place. */
  function stepOf(values: Record<string, unknown> = {}, user = 'ada', key = `step-${++steps}`) {
    const origin = { step: key, channel: user, visibility: 'private' } as const;
    const call = rig.callOf('challenge enter', { prompt: 'a boat', ...values }, { user, key, origin });
    const { thread: _, ...where } = call.origin;
    return { ...call, origin: where };
  }
  const budget = (workflowCredits: number) => rig.settings.change(space, { workflowCredits }, 'boss');
  const take = async (call = stepOf()) => {
    const { jobs } = await rig.intake.handle(call);
    return { space, id: jobs[0] ?? '' };
  };
  const enter = async (call = stepOf()) => {
    const ref = await take(call);
    await arrived(ref);
    await look();
    return ref;
  };
  const refusal = async (call = stepOf()): Promise<string> => {
    const error = await rig.intake.handle(call).catch((caught) => caught);
    return error.said?.word;
  };
  const workflows = async (of = 20) => {
    const window = await rig.desk.window(space, () => {
      throw new Error('there is a window by now');
    });
    return rig.desk.quota(space, workflowMember, { window, allowance: of });
  };
  const agrees = async () =>
    expect((await audit(rig.redis)).problems.filter((found) => !found.includes('budget'))).toEqual([]);

  test('the film and the entry are the member’s, and the workflows’ budget pays it', async () => {
    await budget(20);
    const id = await open();
    const ref = await enter();
    const { request } = await rig.read(ref);
    expect(request).toMatchObject({
      origin: { user: 'ada', visibility: 'private' },
      payer: { member: workflowMember },
    });
    expect(request).toMatchObject({ requester: 'ADA', for: { challenge: id } });
    expect(await entries(id)).toMatchObject([{ member: 'ada', name: 'ADA', state: 'in', job: ref.id }]);
    expect(await workflows()).toMatchObject({ held: 0, spent: 4, left: 16 });
    expect(textOf(await rig.ask('jobs'))).toContain(ref.id);
    // Nothing of it is on their account, nor what workflows have left.
    const quota = textOf(await rig.ask('quota'));
    expect(quota).toContain('60 credits');
    expect(quota).not.toContain(ref.id);
    const details = textOf(await rig.ask('film details', { job: ref.id }));
    expect(details).toContain('Paid from: the budget for workflows');
    expect(details).not.toContain('Left then');
    expect(textOf(await rig.ask('film details', { job: ref.id }, { user: 'ada' }))).not.toContain('16');
    await agrees();
  });

  test('a film of an open challenge goes where that was announced', async () => {
    await budget(20);
    await open({ preset: 'open' });
    const ref = await take();
    const [announced] = rig.chat.announcements();
    expect((await rig.read(ref)).request.origin).toMatchObject({
      ...{ channel: 'films', thread: announced?.said?.follows.thread, user: 'ada', visibility: 'thread' },
    });
  });

  test('there the rules of that place hold', async () => {
    await budget(20);
    const id = await open({ preset: 'open' });
    await rig.rules.change(space, 'channel films', undefined, { models: ['none'] }, { key: 'films', ...ends });
    expect(await refusal()).toBe('model.barred');
    await rig.ask('admin block add', { channel: 'films', reason: 'x' }, boss);
    expect(await refusal()).toBe('blocked.channel');
    expect(await entries(id)).toEqual([]);
  });

  test('whoever was entered is told once, and takes it out again', async () => {
    await budget(20);
    const id = await open();
    const call = stepOf();
    const ref = await take(call);
    expect(await take(call)).toEqual(ref);
    const told = [...rig.chat.directs.values()];
    expect(told.map(({ member, notice }) => [member, textOf(notice)])).toEqual([
      ['ada', expect.stringMatching(/in your name, for the challenge Boats.*\/challenge withdraw/)],
    ]);
    await arrived(ref);
    await look();
    await rig.ask('challenge withdraw');
    expect(await entries(id)).toMatchObject([{ state: 'withdrawn' }]);
    expect(await workflows()).toMatchObject({ spent: 4 });
  });

  test('a film that was stopped costs the budget nothing, and says so to its member', async () => {
    await budget(20);
    await open();
    const ref = await take();
    expect(textOf(await rig.ask('film cancel', { job: ref.id }))).not.toMatch(/your/i);
    expect(await workflows()).toMatchObject({ held: 0, spent: 0, left: 20 });
    expect(await left('ada')).toBe(60);
  });

  test('called off, what workflows paid comes back to them and to nobody else', async () => {
    await budget(20);
    const id = await open();
    await enter();
    await enter(stepOf({}, 'bob'));
    await rig.ask('challenge enter', { prompt: 'mine' }, { user: 'cyd' }).then(async ({ jobs }) => {
      await arrived({ space, id: jobs[0] ?? '' });
      await look();
    });
    expect([await workflows(), await left('cyd')]).toMatchObject([{ spent: 8 }, 56]);
    await rig.ask('challenge cancel', { reason: 'rain', challenge: id }, boss);
    await look();
    await look();
    expect(await workflows()).toMatchObject({ held: 0, spent: 0, left: 20 });
    expect([await left('ada'), await left('bob'), await left('cyd')]).toEqual([60, 60, 60]);
    await agrees();
  });

  test('called off while the film is under way: it is stopped, and nobody has paid', async () => {
    await budget(20);
    const id = await open();
    const ref = await take();
    await rig.ask('challenge cancel', { reason: 'rain', challenge: id }, boss);
    await look();
    expect((await rig.read(ref)).settled).toBe('released');
    expect([await workflows(), await left('ada')]).toMatchObject([{ held: 0, spent: 0 }, 60]);
  });

  test('what a member has for the challenge alone pays first, then the workflows, and never they', async () => {
    await budget(20);
    const id = await open({}, { compute: 5, entries: 3 });
    const first = await enter();
    expect((await rig.read(first)).request.payer).toMatchObject({ member: 'ada', pot: expect.any(String) });
    expect(await workflows()).toMatchObject({ spent: 0 });
    const second = await enter();
    expect((await rig.read(second)).request.payer).toEqual({ member: workflowMember, window: expect.any(String) });
    expect([await workflows(), await left('ada')]).toMatchObject([{ spent: 4 }, 60]);
    await rig.ask('challenge cancel', { reason: 'rain', challenge: id }, boss);
    await look();
    expect([await workflows(), await left('ada')]).toMatchObject([{ spent: 0 }, 60]);
    await agrees();
  });

  test('what a member may spend bounds their pot, and not what workflows pay', async () => {
    await budget(20);
    await open({}, { compute: 5 });
    await rig.ask('admin policy set', { member: 'ada', spend: 3, reason: 'x' }, boss);
    const ref = await take();
    expect((await rig.read(ref)).request.payer.member).toBe(workflowMember);
  });

  test('what holds for the member holds here: roles, limits, blocks, and how many they may enter', async () => {
    await budget(40);
    const id = await open();
    const seen = await find(id);
    await rig.challenges.change(space, id, seen.version, termsSchema.parse({ ...seen, role: 'painters' }));
    expect(await refusal()).toBe('challenge.role.missing');
    rig.chat.know('ada', { roles: ['painters'] });
    await enter();
    expect(await refusal()).toBe('challenge.most');
    rig.chat.know('bob', { roles: ['painters', 'novice'] });
    await rig.rules.change(space, 'role novice', undefined, { models: ['none'] }, { key: 'novice', ...ends });
    expect(await refusal(stepOf({}, 'bob'))).toBe('model.barred');
    rig.chat.know('cyd', { roles: ['painters'] });
    await rig.ask('admin block add', { member: 'cyd', reason: 'x' }, boss);
    expect(await refusal(stepOf({}, 'cyd'))).toBe('blocked.member');
    expect(await entries(id)).toHaveLength(1);
    expect(await workflows()).toMatchObject({ held: 0, spent: 4 });
  });

  test('which challenge: the only one, or by title or id; nothing is taken where that is not clear', async () => {
    await budget(40);
    expect(await refusal()).toBe('challenge.none.now');
    const boats = await open();
    const kites = await open({ title: 'Kites' });
    expect(await refusal()).toBe('challenge.several');
    expect(await refusal(stepOf({ challenge: 'Trains' }))).toBe('challenge.unknown');
    await take(stepOf({ challenge: ' kites ' }));
    await take(stepOf({ challenge: boats }));
    expect([await entries(boats), await entries(kites)]).toMatchObject([[{ member: 'ada' }], [{ member: 'ada' }]]);
    await pass(boats, 'closesAt');
    await look();
    expect(await refusal(stepOf({ challenge: boats }, 'bob'))).toBe('challenge.closed');
  });

  test('nobody’s rights are lent to a workflow: a challenge of a closed place is none that it knows', async () => {
    await budget(20);
    const there = { origin: { channel: 'den', closed: 'channel' } } as const;
    await rig.ask('challenge open', { title: 'Den', theme: 'x', closes: '3d' }, { ...boss, ...there });
    await look();
    const [{ id = '' } = {}] = await rig.challenges.list(space);
    expect(await refusal(stepOf({}, 'boss'))).toBe('challenge.none.now');
    for (const challenge of [id, 'Den']) expect(await refusal(stepOf({ challenge }, 'boss'))).toBe('challenge.unknown');
  });

  test('no budget, or one that does not reach: said in words, with no place taken', async () => {
    const id = await open();
    expect(await refusal()).toBe('workflow.unset');
    await budget(3);
    expect(await refusal()).toBe('workflow.short');
    expect(await entries(id)).toEqual([]);
    await rig.ledger.grant(space, 'g', { member: 'ada', credits: 50, ...ends });
    expect(await refusal()).toBe('workflow.short');
    expect([...rig.chat.directs]).toEqual([]);
  });

  test('a call that comes again, before entries closed and after, takes nothing more', async () => {
    await budget(20);
    const id = await open();
    const call = stepOf();
    const ref = await take(call);
    expect(await take(call)).toEqual(ref);
    await pass(id, 'closesAt');
    await look();
    expect(await refusal(call)).toBe('challenge.none.now');
    expect([await entries(id), await workflows()]).toMatchObject([[{ job: ref.id }], { held: 4 }]);
  });
});
