import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { Challenge } from '../../src/domain/challenge.ts';
import type { Season } from '../../src/domain/season.ts';
import { pageLinkingOf } from '../../src/main/link.ts';
import { openPages } from '../../src/main/pages.ts';
import { createLinks } from '../../src/media/links.ts';
import { createPageLinks } from '../../src/media/pageLinks.ts';
import { createStore } from '../../src/media/store.ts';
import { viewOf } from '../support/challenge-views.ts';
import { tempFolder } from '../support/folder.ts';

const [space, id, publicUrl] = ['discord-ge', 'cabcdefgh', 'https://films.example'] as const;
const day = 86_400_000;
const picture = `${'a'.repeat(64)}.png`;
const { title, theme, opensAt, closesAt, votesUntil, zone } = viewOf({ phase: 'open', count: 0 });
const challenge: Challenge = {
  ...{ id, title, theme, opensAt, closesAt, votesUntil, zone, picture, preset: 'sealed', voting: 'pairs', by: 'boss' },
  ...{
    edition: 1,
    most: 1,
    compute: 0,
    prizes: [],
    least: 0,
    version: 1,
    phase: 'open',
    seed: 's',
    madeAt: 0,
    turnedAt: 0,
    said: {},
  },
  place: { platform: 'discord', space: '1', channel: '2', closed: true },
};

const season: Season = { id: 'saaaaaaaa', name: 'Spring', from: 1_000, edition: 1, said: {} };

describe('pages of what is kept here', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>;
  beforeAll(async () => {
    folder = await tempFolder();
    await mkdir(join(folder.path, 'media'));
    await writeFile(join(folder.path, 'media', picture), 'a picture');
  });
  afterAll(() => folder.remove());
  const pageLinks = createPageLinks({ secret: 'one', publicUrl });
  const linking = (address: string) => pageLinkingOf(readConfig({ PUBLIC_URL: address }), pageLinks);
  const keyOf = (url = ''): string => new URL(url).searchParams.get('k') ?? '';

  it('open by the link that the bot gives, for a week', async () => {
    const store = createStore(join(folder.path, 'media'));
    const links = createLinks({ secret: 'one', publicUrl, store });
    const pages = openPages({
      challenges: {
        where: async () => space,
        find: async () => challenge,
        entries: async () => [],
        tally: async () => undefined,
      },
      seasons: {
        of: async () => undefined,
        where: async () => space,
        find: async () => season,
        results: async () => [],
      },
      desk: { job: async () => undefined },
      withheld: { has: async () => false },
      ...{ media: store, links, pageLinks },
    });
    const link = linking(publicUrl).challenge(space, challenge);
    expect(link).toMatch(/^https:\/\/films\.example\/c\/cabcdefgh\?k=/);
    const { closed: _, ...place } = challenge.place;
    expect(linking(publicUrl).challenge(space, { id, place })).toBe('https://films.example/c/cabcdefgh');
    expect(await pages.challenge(id)).toBeUndefined();
    const view = await pages.challenge(id, keyOf(link));
    expect(view).toMatchObject({ id, for: 'link' });
    // What it shows is lent by a link of its own, which ends within the day.
    const part = view?.picture?.split('/').at(-1) ?? '';
    expect(view?.picture).toBe(`/media/${part}`);
    expect(links.open(part)).toBe(picture);
    const tomorrow = createLinks({ secret: 'one', publicUrl, store, now: () => Date.now() + day });
    expect(tomorrow.open(part)).toBeUndefined();
    await rm(join(folder.path, 'media', picture));
    expect(await pages.challenge(id, keyOf(link))).not.toHaveProperty('picture');
  });

  it('of a season are for all of its chat, at the address that the bot gives', async () => {
    expect(linking(publicUrl).season(season.id)).toBe('https://films.example/s/saaaaaaaa');
    expect(linking('http://localhost:3000').season(season.id)).toBeUndefined();
  });

  it('have no link where members cannot reach this machine', () => {
    expect(linking('http://localhost:3000').challenge(space, challenge)).toBeUndefined();
  });
});
