import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Origin, spaceKey } from '../../../src/domain/origin.ts';
import { usualSettings } from '../../../src/domain/settings.ts';
import { tempFolder } from '../../support/folder.ts';
import { describePoster } from '../../support/poster-contract.ts';
import { describeReceiver } from '../../support/receiver-contract.ts';
import { describeRights } from '../../support/rights-contract.ts';
import { describeSayings, type Heard, secretFile } from '../../support/sayings-contract.ts';
import { startFakeSlack } from '../../support/slack/index.ts';
import { until } from '../../support/until.ts';
import { adapterOn, buttonsOf, makeWorld, read } from './rig.ts';

describePoster('Slack', async () => {
  const fake = await startFakeSlack();
  const folder = await tempFolder();
  const file = join(folder.path, 'film.mp4');
  await writeFile(file, 'a film....');
  const { ada, boss } = await makeWorld(fake);
  const mods = await fake.makeGroup({ handle: 'mods', users: [boss] });
  const nobody = await fake.makeTeam();
  const { slack } = adapterOn(fake, {
    settings: {
      read: async (space) => ({
        ...usualSettings,
        ...(space === spaceKey({ platform: 'slack', space: fake.team }) ? { moderators: mods } : {}),
      }),
    },
  });
  const { poster } = slack;
  const originIn = (channel: string): Origin => ({
    ...{ platform: 'slack', space: fake.team, channel, user: ada },
    visibility: 'thread',
  });
  return {
    // The contract's films lie nowhere; here they are read from the disk as they go out.
    poster: {
      ...poster,
      film: (origin, film, signal) => poster.film(origin, { ...film, requesterId: ada, file }, signal),
    },
    place: async () => originIn(await fake.makeChannel()),
    async nowhere() {
      const gone = await fake.makeUser({ name: 'gone' });
      await fake.changeUser({ user: gone, deleted: true });
      return { ...originIn(await fake.makeChannel({ private: true, bot: false })), user: gone };
    },
    async read({ channel }) {
      return (await fake.messages(channel)).map((message) => {
        const [first = '', second = ''] = read(message).split('\n');
        if (message.files.length > 0) return { kind: 'film', text: first.replace(/^@\w+ /, '') };
        return { kind: 'card', text: second.split(' · ')[0] ?? '' };
      });
    },
    async staff(way) {
      const where = way === 'channel' ? await fake.makeChannel() : await fake.openDm(boss);
      const space = way === 'nobody' ? nobody.team : fake.team;
      const to = { platform: 'slack', space, for: 'moderators' } as const;
      return {
        to: way === 'channel' ? { ...to, channel: where } : to,
        told: async () =>
          (await fake.messages(way === 'nobody' ? await fake.makeChannel() : where)).map((message) => {
            expect(message.pinged).toEqual({ users: [], groups: [], everyone: false });
            return { text: read(message), buttons: buttonsOf(message).map(({ id }) => id) };
          }),
      };
    },
    async member(way) {
      const id = await fake.makeUser({ name: way });
      const where = await fake.openDm(id);
      if (way === 'shut') await fake.changeUser({ user: id, deleted: true });
      return {
        ...{ to: { platform: 'slack', space: fake.team }, id },
        told: async () =>
          (await fake.messages(where)).map((message) => {
            expect(message.pinged).toEqual({ users: [], groups: [], everyone: false });
            return read(message);
          }),
      };
    },
    async close() {
      await fake.close();
      await folder.remove();
    },
  };
});

describeSayings('Slack', async () => {
  const fake = await startFakeSlack();
  const folder = await tempFolder();
  const file = join(folder.path, secretFile);
  await writeFile(file, 'a film....');
  await makeWorld(fake);
  const { slack } = adapterOn(fake, { media: { path: (name) => join(folder.path, name) } });
  const { poster } = slack;
  return {
    poster: { ...poster, exhibit: (to, film, signal) => poster.exhibit(to, { ...film, file }, signal) },
    place: async () => ({ platform: 'slack', space: fake.team, channel: await fake.makeChannel() }),
    async nowhere() {
      const channel = await fake.makeChannel({ private: true, bot: false });
      return { platform: 'slack', space: fake.team, channel };
    },
    heard: async ({ channel, thread }) =>
      (await fake.messages(channel))
        .filter(({ threadTs }) => threadTs === (thread ?? null))
        .map((message): Heard => {
          const { pinged, user, ...hidden } = message;
          expect(user).toBe(fake.botUserId);
          expect([pinged.users, pinged.everyone]).toEqual([[], false]);
          const buttons = buttonsOf(message).map(({ id }) => id);
          return { text: read(message), buttons, pinged: pinged.groups, hidden: JSON.stringify(hidden) };
        }),
    group: () => fake.makeGroup({ handle: 'crew', users: [] }),
    missing: ({ channel }) => `${channel}/1.000001`,
    async close() {
      await fake.close();
      await folder.remove();
    },
  };
});

describeRights('Slack', async () => {
  const fake = await startFakeSlack();
  const { ada, boss, channel } = await makeWorld(fake);
  const shut = await fake.makeChannel({ bot: false });
  const held = await fake.makeGroup({ handle: 'crew', users: [ada] });
  const other = await fake.makeGroup({ handle: 'cast', users: [] });
  const bot = await fake.makeUser({ name: 'robot', bot: true });
  const gone = await fake.makeUser({ name: 'gone' });
  await fake.changeUser({ user: gone, deleted: true });
  const { team: elsewhere } = await fake.makeTeam({ name: 'Elsewhere' });
  const stranger = await fake.makeUser({ team: elsewhere, name: 'eve', strangerOf: fake.team });
  const { slack } = adapterOn(fake);
  const place = { platform: 'slack', space: fake.team, channel, user: ada, visibility: 'thread' } as const;
  return {
    rights: slack.rights,
    place,
    closed: { ...place, channel: shut },
    manager: { ...place, user: boss },
    person: { name: 'Ada', zone: 'Europe/Berlin' },
    roles: { held, other },
    tells: [],
    nobody: [bot, gone, stranger, 'U0NOBODY', 'USLACKBOT', 'ada', 'workflow'],
    close: () => fake.close(),
  };
});

describeReceiver('Slack', async () => {
  const fake = await startFakeSlack({ ackMs: 600 });
  const { ada, channel } = await makeWorld(fake);
  const { slack } = adapterOn(fake);
  const deeds = new Map<string, string>();
  return {
    receiver: slack.receiver,
    async type(prompt, id) {
      const known = deeds.get(id);
      const count = known === undefined ? 0 : (await fake.deed(known)).answers.length;
      if (known !== undefined) await fake.repeat({ deed: known });
      const deed = known ?? (await fake.slash({ user: ada, channel, command: '/dailies', text: `video ${prompt}` }));
      deeds.set(id, deed);
      // Nobody is connected: Slack itself says that the command failed.
      const text = await until(`an answer to ${id}`, async () => {
        const { answers, shown } = await fake.deed(deed);
        const last = answers.length > count ? answers.at(-1) : undefined;
        return last ? read(last) : shown === null ? undefined : `⚠️ ${shown}`;
      });
      return text.startsWith('⚠️ ')
        ? { refused: text.slice(3).replace(/\nYou had written: .*$/, '') }
        : { text: text.replace(/\nIn a thread, .*$/, '') };
    },
    close: () => fake.close(),
  };
});
