import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { serveMedia } from '../../platforms/web/files.ts';
import { createPagesApp, type PagesOptions } from '../../platforms/web/pages/routes.ts';
import { rulesOf } from '../../src/domain/challengeParts.ts';
import type { ChallengeView, FilmView, NumberedFilm, Shown } from '../../src/domain/challengeView.ts';
import type { Pages } from '../../src/ports.ts';
import { createTestLog } from './log.ts';

const hour = 3_600_000;
const day = 24 * hour;
const closesAt = Date.UTC(2026, 11, 4, 17);

/** What the page of a challenge shows. */
export function viewOf(shown: Shown, change: Partial<ChallengeView> = {}): ChallengeView {
  const times = { opensAt: closesAt - 7 * day, closesAt, votesUntil: closesAt + 3 * day };
  const about = {
    title: 'The rainy week',
    theme: 'Something small that keeps going in the rain',
    zone: 'Europe/Berlin',
  };
  const how = { preset: 'sealed', voting: 'pairs' } as const;
  const more = { most: 1, seconds: 4, compute: 8, prizes: [50, 30, 20], least: 3 };
  const place = { platform: 'discord', space: '1', channel: '2' } as const;
  return {
    ...{ id: 'cabcdefgh', ...about, ...times, ...how, shown, for: 'all' },
    takesMade: false,
    rules: rulesOf({ ...about, ...times, ...how, ...more, place, by: 'boss' }),
    ...change,
  };
}

const names = ['mira', 'ada', 'Jun', 'Teo & Co', 'lin'] as const;
const standings = [
  { score: 71.32, interval: [60.1, 81.4], wins: 31, duels: 42 },
  { score: 58.9, interval: [47.2, 69.8], wins: 26, duels: 41 },
  { score: 49.07, interval: [38.5, 60.2], wins: 20, duels: 40 },
  { score: 41.6, interval: [30.9, 53.3], wins: 17, duels: 42 },
  { score: 29.11, interval: [19.4, 41], wins: 11, duels: 41 },
] as const;

/** Films by number, one for each path. */
export const filmsOf = (paths: readonly string[], change: Partial<FilmView> = {}): NumberedFilm[] =>
  paths.map((path, index) => ({
    number: index + 1,
    film: { path, seconds: 4, width: 1280, height: 720, spoiler: false, ...change },
  }));

/** A challenge that has ended, with those films. */
export function endedWith(films: readonly NumberedFilm[]): Extract<Shown, { phase: 'ended' }> {
  const places = films.slice(0, names.length).map((film, index) => {
    const { interval = [0, 0], ...standing } = standings[index] ?? { score: 0 };
    const bounds: [number, number] = [interval[0], interval[1]];
    return { ...film, ...standing, interval: bounds, place: index + 1, name: names[index] ?? '' };
  });
  return {
    phase: 'ended',
    count: films.length,
    places,
    hash: 'ab'.repeat(32),
    opinions: 103,
    leftOut: 0,
    filmsLeftOut: 0,
  };
}

/** Serves pages from what `source` says, and of what else there is none; and films from a folder. */
export async function servePages(
  source: Partial<Pages>,
  path: (name: string) => string,
  more: Partial<PagesOptions> = {},
) {
  const log = createTestLog();
  const none = async () => undefined;
  const pages: Pages = { challenge: none, season: none, tally: none, ...source };
  const app = new Hono();
  const shelf = { media: { path }, withheld: { has: async () => false } };
  app.get('/media/:name', (c) => serveMedia(c, shelf, c.req.param('name')));
  const options = { studio: { token: undefined }, publicUrl: 'https://films.example', log };
  app.route('/', createPagesApp({ pages, ...options, ...more }));
  const server = createServer(getRequestListener(app.fetch));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    logged: log.lines,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
