import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CannotPost, TransientError } from '../../../src/domain/errors.ts';
import type { Announcement, Place } from '../../../src/ports.ts';
import { useClosing } from '../../support/closing.ts';
import { expectMessage } from './held.ts';
import { type PosterRigOptions, startPoster } from './poster-rig.ts';
import { buttonsOf, read } from './rig.ts';

const { closing } = useClosing();
const words = (text: string) => [{ kind: 'text' as const, text }];
const rain: Announcement = { key: 'cabcdefg2-open', parts: words('Make a film of rain'), thread: 'Rain' };

async function begin(options: PosterRigOptions = {}) {
  const rig = closing(await startPoster(options));
  const { fake, world } = rig;
  const to: Place = { platform: 'slack', space: fake.team, channel: world.channel };
  const said = () => fake.messages(world.channel);
  const warnings = () => rig.log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
  return { ...rig, to, said, warnings };
}

test('one whose answer was lost is found again by its metadata, in another process too, and its files come once', async () => {
  const { fake, folder, poster, another, to, said } = await begin({ history: true });
  await writeFile(join(folder.path, 'a.png'), 'a picture');
  const pictured = { ...rain, picture: 'a.png' };
  await fake.fail({ method: 'chat.postMessage', after: true });
  const first = await poster.announce(to, pictured);
  expect(await another().announce(to, pictured)).toEqual(first);
  expect((await said()).map(({ threadTs, metadata, files }) => [threadTs, metadata !== null, files.length])).toEqual([
    [null, true, 0],
    [first.place.thread, false, 1],
  ]);
});

test('one that may not have been posted is tried again, and is one', async () => {
  const { fake, poster, to, said } = await begin();
  await fake.fail({ method: 'chat.postMessage', status: 503 });
  await expect(poster.announce(to, rain)).rejects.toThrow(TransientError);
  const { ref, place } = await poster.announce(to, rain);
  expect(place).toEqual({ ...to, thread: ref.split('/')[1] });
  expect(await said()).toHaveLength(1);
});

test('in a thread what follows stays there', async () => {
  const { fake, world, poster, another, to, said } = await begin({ history: true });
  const inside = { ...to, thread: await fake.say({ user: world.bob, channel: world.channel, text: 'hi' }) };
  const first = await poster.announce(inside, rain);
  expect(first.place).toEqual(inside);
  expect(await another().announce(inside, rain)).toEqual(first);
  expect((await said()).map(({ threadTs }) => threadTs)).toEqual([null, inside.thread]);
});

test('pings its group by the message and by what stands for it in notices, and nobody else', async () => {
  const { fake, world, poster, to, said } = await begin();
  const [crew, cast] = [
    await fake.makeGroup({ handle: 'crew', users: [] }),
    await fake.makeGroup({ handle: 'cast', users: [] }),
  ];
  const parts = words(`<!channel> <!subteam^${cast}> <@${world.ada}>`);
  const { ref } = await poster.announce(to, { key: 'a', parts, ping: crew });
  const [only] = await said();
  expect(only?.text).toMatch(new RegExp(`^<!subteam\\^${crew}> &lt;!channel&gt;`));
  expect(only?.blocks[0]).toMatchObject({ text: { type: 'mrkdwn', text: `<!subteam^${crew}>` } });
  expect(only?.pinged).toEqual({ users: [], groups: [crew], everyone: false });
  await poster.amend(to, ref, parts);
  expect((await said())[0]?.blocks).toHaveLength(1);
});

test('its picture and its tables follow it, in its thread where it has one; without them it stands all the same', async () => {
  const { fake, folder, poster, to, said, warnings } = await begin();
  await writeFile(join(folder.path, 'a.png'), 'a picture');
  const table = { kind: 'file', name: 'votes.csv', text: 'By,Votes\r\nada,3\r\n', type: 'text/csv' } as const;
  const { place } = await poster.announce(to, { ...rain, parts: [...rain.parts, table], picture: 'a.png' });
  const { thread: _, ...loose } = rain;
  await poster.announce(to, { ...loose, key: 'loose', picture: 'a.png' });
  expect((await said()).map(({ threadTs, files }) => [threadTs, ...files.map(({ name }) => name)])).toEqual([
    [null],
    [place.thread, 'picture.png'],
    [place.thread, 'votes.csv'],
    [null],
    [null, 'picture.png'],
  ]);
  expect(read((await said())[0] ?? { blocks: [] })).toBe('Make a film of rain');
  await fake.configure({ uploads: false });
  await poster.announce(to, { ...rain, key: 'refused', picture: 'a.png' });
  await poster.announce(to, { ...rain, key: 'gone', picture: 'b.png' });
  expect(await said()).toHaveLength(7);
  expect(warnings()).toEqual(Array(2).fill('an announcement stands there without its file'));
});

test('what is longer than a message goes on in its thread', async () => {
  const { poster, to, said } = await begin();
  const facts = Array.from({ length: 60 }, (_, n) => ({ label: `Number ${n}`, value: 'x'.repeat(300) }));
  const vote = { label: 'Vote', command: 'film details', job: 'jaaaaaaaaaaaaaaaa-1' };
  const parts = [
    { kind: 'facts' as const, facts },
    { kind: 'buttons' as const, buttons: [vote] },
  ];
  const { ref, place } = await poster.announce(to, { ...rain, parts });
  const all = await said();
  for (const { text, blocks } of all) expectMessage({ text, blocks } as Parameters<typeof expectMessage>[0]);
  expect(all.length).toBeGreaterThan(1);
  expect(all.map(({ threadTs }) => threadTs)).toEqual([null, ...Array(all.length - 1).fill(place.thread)]);
  expect(ref).toBe(`${to.channel}/${all[0]?.ts}`);
  expect(all.map((one) => buttonsOf(one).length).reduce((sum, one) => sum + one, 0)).toBe(1);
});

test('one that may not be changed any more says so for good; what Slack has us wait for is waited for', async () => {
  const { fake, poster, to, said } = await begin();
  const { ref } = await poster.announce(to, rain);
  await fake.fail({ method: 'chat.update', error: 'edit_window_closed' });
  await expect(poster.amend(to, ref, words('It is over'))).rejects.toThrow(CannotPost);
  await fake.fail({ method: 'chat.update', retryAfter: 3 });
  await expect(poster.amend(to, ref, words('It is over'))).rejects.toMatchObject({ waits: true, retryAfter: 3_000 });
  await poster.amend(to, ref, words('It is over'));
  expect(read((await said())[0] ?? { blocks: [] })).toBe('It is over');
});
