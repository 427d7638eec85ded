import { expect, test } from 'vitest';
import { settable } from '../../src/sandbox/render/title.ts';
import { stillFilm } from '../../src/sandbox/still.ts';
import { dataUri, facts, folder, picture, sandbox, until } from './support.ts';

test('a rendered film has its length and size, seeks to every second and starts at once; progress moves meanwhile', async () => {
  const { submit, poll, file } = await sandbox({ render: 'mp4' });
  const { body } = await submit({ model: 'sora-2', prompt: 'a paper boat <in> the rain & more', seconds: 4 });
  const seen = new Set<number>();
  const done = await until(async () => {
    const video = await poll(body.id);
    seen.add(video.progress);
    expect(video.status).not.toBe('failed');
    return video.status === 'completed' ? video : undefined;
  });
  expect([...seen].filter((progress) => progress > 0 && progress < 100).length).toBeGreaterThan(3);
  const bytes = new Uint8Array(await (await file(done.output?.url as string)).arrayBuffer());
  const film = await facts(bytes);
  expect(film).toMatchObject({ width: 1366, height: 768, codec: 'avc', frames: 48, indexFirst: true, keyTable: true });
  expect(film.seconds).toBeCloseTo(4, 1);
  expect(film.keys.map((at) => Math.round(at * 100) / 100)).toEqual([0, 1, 2, 3]);
}, 60_000);

test("a film over a member's picture is another film than one without", async () => {
  const { submit, reached } = await sandbox({ render: 'mp4' });
  const plain = await submit({ model: 'mini', prompt: 'a boat', seconds: 1 });
  const pictured = await submit({
    model: 'mini',
    prompt: 'a boat',
    seconds: 1,
    input_reference: dataUri(await picture(320, 180)),
  });
  const [a, b] = [await reached(plain.body.id, 'completed'), await reached(pictured.body.id, 'completed')];
  const films = await Promise.all(
    [a, b].map(async ({ output }) => new Uint8Array(await (await fetch(output?.url as string)).arrayBuffer())),
  );
  for (const film of films) expect(await facts(film)).toMatchObject({ width: 240, height: 136, frames: 12 });
  expect(Buffer.from(films[0] as Uint8Array).equals(films[1] as Uint8Array)).toBe(false);
}, 60_000);

test('a film under way is stopped by a cancel, and rendered anew after a restart', async () => {
  const dir = await folder();
  const first = await sandbox({ render: 'mp4', dir });
  const stopped = await first.submit({ model: 'sora-2', prompt: 'long', seconds: 20 });
  const next = await first.submit({ model: 'mini', prompt: 'short', seconds: 1 });
  await first.reached(stopped.body.id, 'in_progress');
  expect(first.stats()).toMatchObject({ rendering: 1, queued: 1 });
  await first.call(`/videos/${stopped.body.id}`, { method: 'DELETE' });
  await first.reached(next.body.id, 'completed');
  const cut = await first.submit({ model: 'sora-2', prompt: 'cut off', seconds: 4 });
  await until(async () => ((await first.poll(cut.body.id)).progress > 0 ? true : undefined));
  await first.close();

  const second = await sandbox({ render: 'mp4', dir });
  expect((await second.poll(stopped.body.id)).status).toBe('cancelled');
  expect((await second.reached(cut.body.id, 'completed')).output).not.toBeNull();
  expect(second.stats().billed).toBe(3);
}, 90_000);

test.each([
  [1366, 768, 4],
  [854, 480, 8],
  [480, 480, 2],
])('an instant film of %ix%i has every property of a rendered one', async (width, height, seconds) => {
  const film = await facts(await stillFilm(width, height, seconds));
  expect(film).toMatchObject({ width, height, seconds, codec: 'avc', indexFirst: true, frames: seconds });
  expect(film.keys).toEqual(Array.from({ length: seconds }, (_, i) => i));
});

test.each([
  ['a boat\n\tin  the rain ', 'a boat in the rain'],
  ['a fox 🦊👍🏽 dances', 'a fox dances'],
  ['🦊', '🦊'],
  ['a\u0000b\ud800c\u202ed', 'a b c d'],
  ['one two three four', 'one two…'],
  ['\u0000', '…'],
])('%j is set as %j', (prompt, set) => {
  expect(settable(prompt, prompt.startsWith('one') ? 8 : 40)).toBe(set);
});
