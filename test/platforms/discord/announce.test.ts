import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChannelType } from 'discord.js';
import { expect, test } from 'vitest';
import { limits } from '../../../platforms/discord/limits.ts';
import { CannotPost, TransientError } from '../../../src/domain/errors.ts';
import type { Announcement, Place } from '../../../src/ports.ts';
import { useClosing } from '../../support/closing.ts';
import { startPoster } from './poster-rig.ts';
import { adapterOn, read } from './rig.ts';

const { closing, later } = useClosing();
const words = (text: string) => [{ kind: 'text' as const, text }];
const rain: Announcement = { key: 'cabcdefg2-open', parts: words('Make a film of rain'), thread: 'Rain' };

async function begin(...given: Parameters<typeof startPoster>) {
  const rig = closing(await startPoster(...given));
  const { fake, world, folder } = rig;
  const to: Place = { platform: 'discord', space: world.guild, channel: world.channel };
  return {
    ...{ ...rig, to },
    /** The same bot in another process, which remembers nothing. */
    another() {
      const { discord, log } = adapterOn(fake, { media: { path: (name) => join(folder.path, name) } });
      later(discord.close);
      return { ...discord.poster, log };
    },
    threads: async () =>
      (await fake.requests()).filter(({ method, path }) => method === 'POST' && /threads$/.test(path)),
    warnings: () => rig.log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message),
  };
}

/** Longer than Discord knows a nonce. */
const nonceForgotten = 600_000;

test('a process that died between the message and its thread: another one opens it, and says nothing twice', async () => {
  const { fake, world, poster, to, another, threads } = await begin();
  await fake.fail({ method: 'POST', path: '/threads$', times: 2, cut: 'before' });
  await expect(poster.announce(to, rain)).rejects.toThrow(TransientError);
  await fake.advance(nonceForgotten);
  const { ref, place } = await another().announce(to, rain);
  const [only, ...more] = await fake.messages(world.channel);
  expect(more).toEqual([]);
  expect(ref).toBe(`${world.channel}/${only?.id}`);
  expect(place).toEqual({ ...to, thread: only?.id });
  expect(await fake.channel(only?.id ?? '')).toMatchObject({ name: 'Rain', type: ChannelType.PublicThread });
  expect((await threads()).map(({ status }) => status)).toEqual([null, null, 201]);
});

test('a thread whose answer was lost is there already, which counts as opened', async () => {
  const { fake, world, poster, to, another, threads } = await begin();
  // The library itself asks once more.
  await fake.fail({ method: 'POST', path: '/threads$', cut: 'after' });
  const first = await poster.announce(to, rain);
  expect((await threads()).map(({ code }) => code)).toEqual([null, 160_004]);
  const [only] = await fake.messages(world.channel);
  expect(first.place.thread).toBe(only?.id);
  expect(await another().announce(to, rain)).toEqual(first);
});

test('a message whose answer was lost is found again when its nonce is forgotten, also after it was amended', async () => {
  const { fake, world, poster, to, another } = await begin();
  await fake.fail({ method: 'POST', path: `/channels/${world.channel}/messages$`, times: 2, cut: 'after' });
  await expect(poster.announce(to, rain)).rejects.toThrow(TransientError);
  await fake.advance(nonceForgotten);
  const first = await another().announce(to, rain);
  await poster.amend(to, first.ref, words('It is over'));
  await fake.advance(nonceForgotten);
  expect(await another().announce(to, rain)).toEqual(first);
  const said = await fake.messages(world.channel);
  expect(said.map(({ content }) => read(content).replace(/[\u200b\u200c]/g, ''))).toEqual(['It is over']);
});

test('without the history it is said once as long as Discord knows its nonce, and amended all the same', async () => {
  const { fake, world, poster, to, another, deny } = await begin();
  await deny(world.channel, ['ReadMessageHistory']);
  const { ref } = await poster.announce(to, rain);
  expect((await another().announce(to, rain)).ref).toBe(ref);
  await poster.amend(to, ref, words('It is over'));
  expect((await fake.messages(world.channel)).map(({ content }) => content)).toEqual(['It is over']);
});

test('in a thread, in the post of a forum and where no thread may be opened, what follows stays there', async () => {
  const { fake, world, poster, to, threads, warnings, deny } = await begin();
  const forum = await fake.makeChannel({ guild: world.guild, type: ChannelType.GuildForum });
  for (const parent of [world.channel, forum]) {
    const inside = { ...to, channel: parent, thread: await fake.makeChannel({ guild: world.guild, parent }) };
    expect((await poster.announce(inside, rain)).place).toEqual(inside);
    expect(await fake.messages(inside.thread)).toHaveLength(1);
  }
  expect(await threads()).toEqual([]);
  const voice = await fake.makeChannel({ guild: world.guild, type: ChannelType.GuildVoice });
  expect((await poster.announce({ ...to, channel: voice }, rain)).place).toEqual({ ...to, channel: voice });
  await deny(world.channel, ['CreatePublicThreads']);
  expect((await poster.announce(to, rain)).place).toEqual(to);
  expect(warnings()).toEqual(Array(2).fill('no thread can be opened there; what follows stays in the channel'));
  await fake.fail({ method: 'POST', path: '/threads$', status: 400, code: 160_006 });
  expect((await poster.announce(to, { ...rain, key: 'full' })).place).toEqual(to);
});

test('pings its role and no other, whatever its words say and the bot may', async () => {
  const { fake, world, poster, to } = await begin();
  await fake.changeGuild({
    guild: world.guild,
    bot: ['ViewChannel', 'SendMessages', 'ReadMessageHistory', 'MentionEveryone'],
  });
  const [crew, cast] = [await fake.makeRole({ guild: world.guild }), await fake.makeRole({ guild: world.guild })];
  const parts = words(`@everyone @here <@&${cast}> <@${world.ada}>`);
  await poster.announce(to, { key: 'a', parts, ping: crew });
  await poster.announce(to, { key: 'b', parts, ping: world.guild });
  const [one, two] = await fake.messages(world.channel);
  expect(one?.content).toMatch(new RegExp(`^<@&${crew}>\n`));
  expect(one?.pinged).toEqual({ users: [], roles: [crew], everyone: false });
  expect(two?.pinged).toEqual({ users: [], roles: [], everyone: false });
});

test('comes with its picture, and goes out without where that is not taken', async () => {
  const { fake, world, folder, poster, to, warnings, deny } = await begin();
  await writeFile(join(folder.path, 'a.png'), 'a picture');
  const { ref } = await poster.announce(to, { ...rain, picture: 'a.png' });
  await poster.amend(to, ref, words('It is over'));
  await poster.announce(to, { ...rain, key: 'gone', picture: 'b.png' });
  await fake.fail({ method: 'POST', path: `/channels/${world.channel}/messages$`, times: 2, cut: 'after' });
  await poster.announce(to, { ...rain, key: 'broken', picture: 'a.png' });
  await deny(world.channel, ['AttachFiles']);
  await poster.announce(to, { ...rain, key: 'denied', picture: 'a.png' });
  const files = (await fake.messages(world.channel)).map(({ attachments }) => attachments.map((one) => one.filename));
  // The one whose answer was lost stands there as it was posted first.
  expect(files).toEqual([['picture.png'], [], ['picture.png'], []]);
  expect(warnings()).toEqual([
    'an announcement goes out without its picture',
    ...Array(2).fill('an announcement goes out without its files'),
  ]);
});

test('what is longer than a message comes whole, as a file, for all to read', async () => {
  const { fake, world, poster, to } = await begin();
  const role = await fake.makeRole({ guild: world.guild, mentionable: true });
  await poster.announce(to, { key: 'long', parts: words('rain '.repeat(1_000)), ping: role });
  const [only] = await fake.messages(world.channel);
  expect(only?.content.length).toBeLessThanOrEqual(limits.content);
  expect(only?.pinged.roles).toEqual([role]);
  const answer = await fetch(only?.attachments[0]?.url ?? '');
  expect(await answer.text()).toBe(`${'rain '.repeat(1_000)}\n`);
});

test('is amended in an archived thread, and left alone with all of its channel', async () => {
  const { fake, world, poster, to } = await begin();
  const thread = await fake.makeChannel({ guild: world.guild, parent: world.channel });
  const { ref } = await poster.announce({ ...to, thread }, rain);
  await fake.changeChannel({ channel: thread, archived: true });
  await poster.amend({ ...to, thread }, ref, words('It is over'));
  expect((await fake.messages(thread))[0]?.content).toContain('It is over');
  await fake.deleteChannel(thread);
  await poster.amend({ ...to, thread }, ref, words('Too late'));
});

test('whose words a server blocks is refused for good', async () => {
  const { fake, world, poster, to } = await begin();
  await fake.fail({ method: 'POST', path: `/channels/${world.channel}/messages$`, status: 400, code: 200_000 });
  await expect(poster.announce(to, rain)).rejects.toThrow(CannotPost);
});
