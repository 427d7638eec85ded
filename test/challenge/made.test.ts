import { describe, expect, test } from 'vitest';
import { spaceKeys } from '../../src/desk/keys.ts';
import type { JobRef } from '../../src/domain/job.ts';
import type { Origin } from '../../src/domain/origin.ts';
import { createChallengePages } from '../../src/pages/challenge.ts';
import { sandboxCards } from '../../src/video/cards.ts';
import { textOf } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';
import { space, useChallenges } from './rig.ts';

const boss = { user: 'boss' } as const;
const openly = { preset: 'open' } as const;

describe.each(redisKinds.slice(0, 1))('a film that was there before it is entered, on %s', (kind) => {
  const { engine, rig, look, find, open, pass, enter, arrived, said, buttons, entries, left } = useChallenges(kind);
  type Made = { user?: string; origin?: Partial<Origin>; values?: Record<string, unknown> };
  /** A film that stands in the chat, asked for by itself. */
  const film = async ({ values, ...more }: Made = {}): Promise<JobRef> => {
    const ref = await rig.film('video', { prompt: 'a boat', seconds: 4, ...values }, more);
    await arrived(ref);
    return ref;
  };
  const submit = (ref: JobRef, values: Record<string, unknown> = {}, user = 'ada') =>
    rig.ask('challenge submit', { film: ref.id, ...values }, { user });
  const refusal = async (ref: JobRef, values: Record<string, unknown> = {}, more: Made = {}) =>
    (await rig.refused('challenge submit', { film: ref.id, ...values }, more)).said.word;
  const offers = async (ref: JobRef, user = 'ada') =>
    buttons(await rig.ask('film more', { job: ref.id }, { user })).filter(
      ({ command }) => command === 'challenge submit',
    );

  test('its author enters it with a press behind More; it counts, and is judged and ranked as any other', async () => {
    const id = await open({}, openly);
    const ref = await film();
    const [button] = await offers(ref);
    expect(button).toEqual({ label: 'Enter in Boats', command: 'challenge submit', job: ref.id, challenge: id });
    expect(await offers(ref, 'bob')).toEqual([]);
    expect(textOf(await submit(ref, { challenge: button?.challenge }))).toContain('Your film is entered in Boats.');
    await enter('bob', { challenge: id });
    await look();
    const [mine] = await entries(id);
    expect(mine).toMatchObject({ job: ref.id, member: 'ada', name: 'ADA', state: 'in', brought: true });
    expect(mine).toMatchObject({ film: expect.any(String), commitment: expect.any(String) });
    expect(await offers(ref)).toEqual([]);
    expect(await refusal(ref)).toBe('challenge.submit.in');
    await pass(id, 'closesAt');
    await look();
    expect(rig.chat.exhibits()).toHaveLength(2);
    await pass(id, 'votesUntil');
    await look();
    expect((await rig.seasons.results(space))[0]?.places.map(({ member }) => member).sort()).toEqual(['ada', 'bob']);
  });

  test('the announcement and the page tell of this way, where there is it', async () => {
    const id = await open({}, openly);
    const sealed = await open({ title: 'Trains' });
    const equal = await open({ title: 'Planes' }, { ...openly, compute: 6 });
    const page = createChallengePages({
      ...{ challenges: rig.challenges, seasons: rig.seasons, desk: rig.desk, withheld: { has: async () => false } },
      ...{ opens: () => true, path: async () => undefined, now: Date.now },
    });
    const tells = async (one: string) => [
      (await page.challenge(one))?.takesMade,
      said().some((text) => text.includes(`challenge enter ${one}`) && text.includes('/challenge submit')),
    ];
    expect(await tells(id)).toEqual([true, true]);
    expect(await tells(sealed)).toEqual([false, false]);
    expect(await tells(equal)).toEqual([false, false]);
    expect(await offers(await film())).toEqual([expect.objectContaining({ challenge: id })]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['sealed', { preset: 'sealed' }, 'challenge.submit.sealed'],
    ['with the same credits for everybody', { ...openly, compute: 6 }, 'challenge.submit.compute'],
    ['of other seconds', { ...openly, seconds: 8 }, 'challenge.submit.other'],
    ['of another shape', { ...openly, shape: 'portrait' }, 'challenge.submit.other'],
  ])('a challenge %s does not take it', async (_, edit, word) => {
    const id = await open({}, edit);
    const ref = await film();
    expect(await refusal(ref)).toBe(word);
    expect(await offers(ref)).toEqual([]);
    expect(await entries(id)).toEqual([]);
  });

  test('a challenge of a model takes films of that model', async () => {
    const [one, other] = sandboxCards.map(({ id }) => id);
    const id = await open({}, { ...openly, model: one, entries: 5 });
    expect(await refusal(await film({ values: { model: other } }))).toBe('challenge.submit.other');
    await submit(await film({ values: { model: one } }), { challenge: id });
  });

  test.each<[string, Partial<Origin>, Partial<Origin>, string | undefined]>([
    ['of a closed thread', { closed: true, thread: 'hidden' }, {}, 'challenge.submit.closed'],
    ['of a closed channel', { closed: 'channel', channel: 'cellar' }, {}, 'challenge.submit.closed'],
    [
      'of a thread within the closed channel',
      { closed: true, channel: 'cellar' },
      { closed: 'channel', channel: 'cellar' },
      'challenge.submit.closed',
    ],
    [
      'of the closed channel itself',
      { closed: 'channel', channel: 'cellar' },
      { closed: 'channel', channel: 'cellar' },
      undefined,
    ],
    ['of an open place', {}, { closed: 'channel', channel: 'cellar' }, undefined],
    ['that only its author saw', { visibility: 'private' }, {}, 'challenge.submit.private'],
  ])('one %s does not get out', async (_, origin, place, word) => {
    const given = { title: 'Boats', theme: 'boats', closes: '3d', preset: 'open' };
    await rig.ask('challenge open', given, { user: 'boss', origin: place });
    await look();
    const ref = await film({ origin });
    const ask = rig.ask('challenge submit', { film: ref.id }, { origin: { ...origin, ...place } });
    const came = await ask.then(
      () => undefined,
      (error: { said: { word: string } }) => error.said.word,
    );
    expect(came).toBe(word);
  });

  test('only one’s own, that stands, was made since, and was not paid by what is for another challenge', async () => {
    const before = await film();
    await pass(await open({}, openly), 'opensAt');
    const id = (await rig.challenges.list(space))[0]?.id ?? '';
    // What was made before entries opened is older than they are.
    const terms = { ...(await find(id)), opensAt: Date.now() };
    await rig.challenges.change(space, id, terms.version, terms);
    expect(await refusal(before)).toBe('challenge.submit.before');
    const ref = await film();
    expect(await refusal(ref, {}, { user: 'bob' })).toBe('challenge.submit.others');
    const waiting = await rig.film('video', { prompt: 'x', seconds: 4 });
    expect(await refusal(waiting)).toBe('challenge.submit.state');
    await rig.desk.remove(ref, 'ada');
    expect(await refusal(ref)).toBe('challenge.submit.state');
    expect(await refusal({ space, id: 'jaaaaaaaaaaaaaaaa-1' })).toBe('job.unknown');
  });

  test('one that was made for a challenge, with credits for that alone, is entered nowhere else', async () => {
    const equal = await open({}, { ...openly, compute: 6, seconds: 4 });
    await open({ title: 'Trains' }, openly);
    const ref = await enter('ada', { challenge: equal });
    await look();
    expect(await refusal(ref, { challenge: 'Trains' })).toBe('challenge.submit.elsewhere');
    await rig.ask('challenge disqualify', { challenge: equal, film: ref.id, reason: 'x' }, { user: 'mod' });
    expect(await refusal(ref, { challenge: 'Trains' })).toBe('challenge.submit.paid');
  });

  test('pressed in two challenges at once it is entered in one; taken out there, it can be entered in the other', async () => {
    const ids = [await open({}, openly), await open({ title: 'Trains' }, openly)];
    const ref = await film();
    const done = await Promise.allSettled(
      [...ids, ...ids].map((id) =>
        rig.challenges.enter(space, id, { job: ref.id, member: 'ada', name: 'ADA', edition: 2, brought: true }),
      ),
    );
    const errors = done.flatMap((one) => (one.status === 'rejected' ? [one.reason.said.word] : []));
    expect(errors).toEqual(['challenge.submit.elsewhere', 'challenge.submit.elsewhere']);
    const all = await Promise.all(ids.map(entries));
    expect(all.flat()).toHaveLength(1);
    const [here = '', there = ''] = all[0]?.length === 1 ? ids : ids.toReversed();
    expect(await refusal(ref, { challenge: there })).toBe('challenge.submit.elsewhere');
    await look();
    const out = textOf(await rig.ask('challenge withdraw', { challenge: here }));
    expect(out).toContain('It was made before, so it stays where it is.');
    expect((await rig.read(ref)).removed).toBeUndefined();
    expect(await refusal(ref, { challenge: here })).toBe('challenge.submit.was');
    await submit(ref, { challenge: there });
    await look();
    expect(await entries(there)).toMatchObject([{ job: ref.id, state: 'in' }]);
    expect(await engine.redis.hgetall(`${spaceKeys(space).all}brought`)).toEqual({ [ref.id]: there });
  });

  test('as many as one member may, in the role, in time, and by nobody who is blocked', async () => {
    const id = await open({}, openly);
    const terms = await find(id);
    await rig.challenges.change(space, id, terms.version, { ...terms, role: 'artists' });
    const ref = await film();
    expect(await refusal(ref)).toBe('challenge.role.missing');
    expect(await offers(ref)).toEqual([]);
    rig.chat.know('ada', { roles: ['artists'] });
    const [first, second] = [await film(), await film()];
    await submit(first);
    expect(await refusal(second)).toBe('challenge.most');
    await rig.ask('challenge withdraw');
    await rig.blocks.add(space, { kind: 'member', value: 'ada', by: 'boss' });
    expect(await refusal(second)).toBe('blocked.member');
    const [{ id: block = '' } = {}] = await rig.blocks.read(space);
    await rig.blocks.remove(space, block, 'boss');
    await pass(id, 'closesAt');
    expect(await refusal(second)).toBe('challenge.closed');
  });

  test('rules that change between look and press: nothing is entered', async () => {
    const id = await open({}, openly);
    const ref = await film();
    const { edition } = await find(id);
    await rig.ask('challenge edit', { challenge: id, theme: 'ships' }, boss);
    const late = rig.challenges.enter(space, id, { job: ref.id, member: 'ada', name: 'ADA', edition, brought: true });
    await expect(late).rejects.toMatchObject({ said: { word: 'challenge.other' } });
    expect(await engine.redis.exists(`${spaceKeys(space).all}brought`)).toBe(0);
  });

  test('called off: nothing of it comes back, for it was not made for this, however far it had come', async () => {
    const id = await open({}, { ...openly, entries: 2 });
    await submit(await film());
    await enter('bob');
    await look();
    // One that nobody looked after yet.
    await submit(await film());
    await rig.ask('challenge cancel', { challenge: id, reason: 'rain' }, boss);
    await look();
    expect([await left('ada'), await left('bob')]).toEqual([52, 60]);
    expect(await rig.challenges.underWay(space)).toEqual([]);
    expect(await engine.redis.exists(`${spaceKeys(space).all}brought`)).toBe(0);
  });

  test('deleted after it was entered, it counts no more', async () => {
    const id = await open({}, openly);
    const ref = await film();
    await submit(ref);
    await rig.desk.remove(ref, 'ada');
    await look();
    expect(await entries(id)).toMatchObject([{ state: 'withdrawn' }]);
  });
});
