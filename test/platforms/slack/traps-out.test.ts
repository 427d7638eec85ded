import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TransientError } from '../../../src/domain/errors.ts';
import { TooSoon } from '../../../src/ports.ts';
import { useClosing } from '../../support/closing.ts';
import { until } from '../../support/until.ts';
import { job, startPoster } from './poster-rig.ts';
import { read } from './rig.ts';

const { closing } = useClosing();
const poster = async (...given: Parameters<typeof startPoster>) => closing(await startPoster(...given));

describe('films', () => {
  test('43, uploads that are shared late: the film counts as posted once it stands there', async () => {
    const { fake, post, posts } = await poster({ fake: { shareDelayMs: 700 } });
    const { ref, place } = await post();
    const { films } = await posts();
    expect(place).toBe('asked');
    expect(ref).toBe(`${films[0]?.channel}/${films[0]?.ts}/${films[0]?.files[0]?.id}`);
    expect((await fake.stats()).uploaded).toBe(1_000);
  });

  test('44, uploads that are never shared: they are taken away before another one is sent', async () => {
    const { fake, post, posts, marks } = await poster({
      fake: { shareDelayMs: null },
      slack: { patience: { first: 20, longest: 40, looks: 24 } },
    });
    const stop = new AbortController();
    const sent = post(undefined, {}, 1_000, stop.signal);
    await until('completed', async () => (await fake.files()).some(({ state }) => state === 'completed'));
    stop.abort(new Error('stopping'));
    await expect(sent).rejects.toThrow('stopping');
    await fake.configure({ shareDelayMs: 0 });
    const before = marks.get(`${job}-d1`);
    await post(undefined, { before });
    expect((await fake.files()).map(({ state }) => state)).toEqual(['deleted', 'completed']);
    expect((await posts()).films).toHaveLength(1);
    // One that came to stand there after all is not sent again.
    const again = marks.get(`${job}-d1`);
    await post(undefined, { before: again, repeated: true });
    expect((await posts()).films).toHaveLength(1);
  });

  test('45, channels that put the bot out meanwhile: the film goes to its member, and says so', async () => {
    const { fake, post, posts, origin, world } = await poster();
    await fake.changeChannel({ channel: world.channel, bot: false });
    const places = [world.channel];
    for (const change of [{ archived: true }, { readOnly: true }]) {
      const channel = await fake.makeChannel();
      await fake.changeChannel({ channel, ...change });
      places.push(channel);
    }
    for (const [index, channel] of places.entries())
      expect(await post({ ...origin, channel }, { key: `${job}-d${index}` })).toMatchObject({ place: 'private' });
    const dm = (await fake.dm(world.ada)) ?? '';
    const { films } = await posts(dm);
    expect(films).toHaveLength(3);
    for (const film of films) expect(read(film)).toMatch(/where it cannot be posted/);
    const step = { ...origin, channel: places[1] ?? '', user: 'workflow' };
    await expect(post(step, { key: `${job}-d9` })).rejects.toThrow('Slack refuses');
  });

  test('46, threads that are gone: the film stands in their channel, and says so', async () => {
    const { fake, post, posts, origin, world } = await poster();
    const { channel } = world;
    const thread = await fake.say({ user: world.ada, channel, text: 'a boat?' });
    await fake.deleteMessage({ channel, ts: thread });
    expect(await post({ ...origin, thread })).toMatchObject({ place: 'channel' });
    const { films } = await posts();
    expect(films).toMatchObject([{ threadTs: null }]);
    expect(read(films[0] ?? { blocks: [] })).toMatch(/thread it was asked for in is gone/);
  });

  test('47, cards that somebody deletes: the film comes all the same, where it was asked for', async () => {
    const { fake, poster: by, post, posts, card, origin, world } = await poster();
    const { channel } = world;
    const ref = await by.card(origin, card(), undefined);
    await fake.deleteMessage({ channel, ts: ref.split('/')[1] ?? '' });
    await expect(by.card(origin, card(2, { state: 'delivered' }), ref)).rejects.toThrow('Slack refuses');
    expect((await post(origin, { card: ref })).ref).toContain(channel);
    expect((await posts()).films).toMatchObject([{ threadTs: null }]);
  });

  test('48, edits are rationed: what comes too soon is left to the next step, an end goes out at once', async () => {
    const { poster: by, posts, card, origin, requests } = await poster();
    const ref = await by.card(origin, card(1), undefined);
    await by.card(origin, card(2, { state: 'rendering' }), ref);
    for (let version = 3; version < 12; version += 1)
      await expect(by.card(origin, card(version, { state: 'rendering' }), ref)).rejects.toThrow(TooSoon);
    await by.card(origin, card(12, { state: 'failed' }), ref);
    // An older version comes late, and is not shown.
    expect(await by.card(origin, card(11, { state: 'rendering' }), ref)).toBe(ref);
    expect((await posts()).words[0]).toMatchObject({ edits: 2 });
    expect(read((await posts()).words[0] ?? { blocks: [] })).toContain('version 12');
    for (let version = 13; version < 51; version += 1) await by.card(origin, card(version, { state: 'failed' }), ref);
    const last = by.card(origin, card(60, { state: 'failed' }), ref);
    await expect(last).rejects.toMatchObject({ name: 'TransientError', waits: true });
    await expect(last).rejects.toBeInstanceOf(TransientError);
    expect(await requests('chat.update')).toHaveLength(40);
  });
});

test('37, limits of calls: what has to wait is told for how long, and is not asked in vain', async () => {
  const { fake, post, poster, card, origin, requests, limited } = closing(await startPoster());
  await fake.fail({ method: 'chat.postMessage', retryAfter: 7 });
  const waits = { name: 'TransientError', waits: true, retryAfter: 7_000 };
  await expect(poster.card(origin, card(), undefined)).rejects.toMatchObject(waits);
  await fake.fail({ method: 'files.completeUploadExternal', retryAfter: 7 });
  await expect(post()).rejects.toMatchObject(waits);
  await fake.fail({ method: 'files.getUploadURLExternal', status: 503 });
  await expect(post(origin, { key: `${job}-d2` })).rejects.toBeInstanceOf(TransientError);
  expect(await requests('chat.postMessage', 'files.completeUploadExternal')).toHaveLength(2);
  expect(limited()).toBe(2);
  expect(await post()).toMatchObject({ place: 'asked' });
});

describe('the table of traps', () => {
  const architecture = readFileSync('ARCHITECTURE.md', 'utf8');
  const [, section = ''] = architecture.split('\n### Slack’s traps\n');
  const rows = (section.split(/\n##+ /)[0] ?? '')
    .split('\n')
    .filter((line) => /^\| \d+ /.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const tests = readdirSync(import.meta.dirname)
    .filter((name) => name.startsWith('traps') && name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
    .join('\n');
  const named = [...tests.matchAll(/'(\d+), ([^:']+): /g)].map(([, number, name]) => `${number}, ${name}`);

  test('has a row for each number, and a test for each row', () => {
    expect(rows.map(([, number]) => Number(number))).toEqual(Array.from({ length: rows.length }, (_, n) => n + 1));
    expect(rows.length).toBe(48);
    expect([...new Set(named)].sort()).toEqual(rows.map(([, number, name]) => `${number}, ${name}`).sort());
  });
});
