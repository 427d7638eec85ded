import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InteractionType } from 'discord.js';
import { expect } from 'vitest';
import { customIds } from '../../../platforms/discord/ids.ts';
import type { Origin } from '../../../src/domain/origin.ts';
import type { Place } from '../../../src/ports.ts';
import { startFakeDiscord } from '../../support/discord/index.ts';
import { tempFolder } from '../../support/folder.ts';
import { describePoster } from '../../support/poster-contract.ts';
import { describeReceiver } from '../../support/receiver-contract.ts';
import { describeRights } from '../../support/rights-contract.ts';
import { describeSayings, type Heard, secretFile } from '../../support/sayings-contract.ts';
import { until } from '../../support/until.ts';
import { adapterOn, granted, makeWorld, read } from './rig.ts';

describePoster('Discord', async () => {
  const fake = await startFakeDiscord();
  const folder = await tempFolder();
  const file = join(folder.path, 'film.mp4');
  await writeFile(file, 'a film');
  const { guild, ada } = await makeWorld(fake);
  const { discord } = adapterOn(fake);
  const originIn = (channel: string): Origin => ({
    platform: 'discord',
    space: guild,
    channel,
    user: ada,
    visibility: 'thread',
  });
  const { poster } = discord;
  return {
    // The contract's films lie nowhere; here they are read from the disk as they go out.
    poster: {
      ...poster,
      film: (origin, film, signal) => poster.film(origin, { ...film, requesterId: ada, file }, signal),
    },
    place: async () => originIn(await fake.makeChannel({ guild })),
    async nowhere() {
      const channel = await fake.makeChannel({ guild });
      await fake.deleteChannel(channel);
      return { ...originIn(channel), user: await fake.makeMember({ guild, dms: 'closed' }) };
    },
    async read({ channel }) {
      return (await fake.messages(channel)).map((message) => {
        const [, prompt = ''] = /\*\*(.*)\*\*/.exec(message.content) ?? [];
        if (message.attachments.length > 0) return { kind: 'film', text: prompt };
        const [, line = ''] = /^-# ([^·]*) ·/m.exec(message.content) ?? [];
        return { kind: 'card', text: read(line) };
      });
    },
    async staff(way) {
      const owner = await fake.makeMember({ guild, dms: way === 'nobody' ? 'closed' : 'open' });
      const { id: space } = await fake.makeGuild({ ownerId: owner, bot: granted });
      const where = way === 'channel' ? await fake.makeChannel({ guild: space }) : await fake.openDm(owner);
      const to = { platform: 'discord', space, for: 'moderators' } as const;
      return {
        to: way === 'channel' ? { ...to, channel: where } : to,
        told: async () =>
          (await fake.messages(where)).map(({ content, components, pinged }) => {
            expect(pinged).toEqual({ users: [], roles: [], everyone: false });
            return { text: read(content), buttons: customIds({ components }) };
          }),
      };
    },
    async member(way) {
      const id = await fake.makeMember({ guild, dms: way === 'open' ? 'open' : 'closed' });
      const where = await fake.openDm(id);
      return {
        ...{ to: { platform: 'discord', space: guild }, id },
        told: async () =>
          (await fake.messages(where)).map(({ content, pinged }) => {
            expect(pinged).toEqual({ users: [], roles: [], everyone: false });
            return read(content);
          }),
      };
    },
    async close() {
      await discord.close();
      await fake.close();
      await folder.remove();
    },
  };
});

describeSayings('Discord', async () => {
  const fake = await startFakeDiscord();
  const folder = await tempFolder();
  const file = join(folder.path, secretFile);
  await writeFile(file, 'a film');
  const { guild } = await makeWorld(fake);
  const { discord } = adapterOn(fake, { media: { path: (name) => join(folder.path, name) } });
  const { poster } = discord;
  const placeIn = (channel: string): Place => ({ platform: 'discord', space: guild, channel });
  return {
    poster: { ...poster, exhibit: (to, film, signal) => poster.exhibit(to, { ...film, file }, signal) },
    place: async () => placeIn(await fake.makeChannel({ guild })),
    async nowhere() {
      const channel = await fake.makeChannel({ guild });
      await fake.deleteChannel(channel);
      return placeIn(channel);
    },
    heard: async ({ channel, thread = channel }) =>
      (await fake.messages(thread)).map((message): Heard => {
        const { content, components, pinged, authorId, url: _, ...hidden } = { ...message, url: '' };
        expect(authorId).toBe(fake.botId);
        expect([pinged.users, pinged.everyone]).toEqual([[], false]);
        const text = read(content).replace(/[\u200b\u200c]/g, '');
        return { text, buttons: customIds({ components }), pinged: pinged.roles, hidden: JSON.stringify(hidden) };
      }),
    group: () => fake.makeRole({ guild, mentionable: true }),
    missing: ({ channel }) => `${channel}/1`,
    async close() {
      await discord.close();
      await fake.close();
      await folder.remove();
    },
  };
});

describeRights('Discord', async () => {
  const fake = await startFakeDiscord();
  const { guild, channel, ada, botRole } = await makeWorld(fake);
  const shut = await fake.makeChannel({ guild, overwrites: [{ id: botRole, deny: ['AttachFiles'] }] });
  const role = await fake.makeRole({ guild, permissions: ['ManageGuild'] });
  const boss = await fake.makeMember({ guild, roles: [role] });
  const crew = await fake.makeRole({ guild });
  await fake.makeMember({ guild, user: ada, roles: [crew] });
  const gone = await fake.makeMember({ guild });
  await fake.leave({ guild, user: gone });
  const { discord } = adapterOn(fake);
  const place = { platform: 'discord', space: guild, channel, user: ada, visibility: 'thread' } as const;
  return {
    rights: discord.rights,
    place,
    closed: { ...place, channel: shut },
    manager: { ...place, user: boss },
    person: { name: 'Ada' },
    roles: { held: crew, other: role },
    tells: ['account', 'joined'],
    nobody: [fake.botId, gone, '1234567890123456789', 'ada', '../../users/@me'],
    async close() {
      await discord.close();
      await fake.close();
    },
  };
});

describeReceiver('Discord', async () => {
  const fake = await startFakeDiscord({ ackMs: 600 });
  const { channel, ada } = await makeWorld(fake);
  const { discord } = adapterOn(fake);
  const deeds = new Map<string, string>();
  let connected = false;
  return {
    receiver: {
      async listen(handle) {
        await discord.receiver.listen(handle);
        await until('connected', () => discord.connected());
        connected = true;
      },
      close: () => discord.receiver.close(),
    },
    async type(prompt, id) {
      const known = deeds.get(id);
      const count = (await fake.requests()).length;
      if (known !== undefined) await fake.repeat(known);
      const deed = known ?? (await fake.slash({ user: ada, channel, command: 'video', options: { prompt } }));
      deeds.set(id, deed);
      // Nobody is connected: Discord itself says that the application did not respond.
      if (!connected) return { refused: 'The application did not respond' };
      const text = await until(`an answer to ${id}`, async () => {
        const { type, deferred, response } = await fake.interaction(deed);
        const answers = (await fake.requests()).slice(count).filter(({ method }) => method === 'PATCH').length;
        const done = type === InteractionType.ApplicationCommand && !deferred && (known === undefined || answers > 0);
        return done && response ? read(response.content) : undefined;
      });
      return text.startsWith('⚠️ ') ? { refused: text.slice(3) } : { text };
    },
    async close() {
      await discord.close();
      await fake.close();
    },
  };
});
