import {
  type Challenge,
  type Challenges,
  challengeIdPattern,
  type Entry,
  isLive,
  takesMade,
} from '../domain/challenge.ts';
import { rulesOf } from '../domain/challengeParts.ts';
import type { ChallengeView, NumberedFilm, PlaceView, Shown } from '../domain/challengeView.ts';
import { type SpaceKey, spaceOf } from '../domain/origin.ts';
import type { Seasons } from '../domain/season.ts';
import { readTally } from '../domain/tally.ts';
import { say } from '../domain/words.ts';
import type { Pages } from '../ports.ts';
import { type FilmTools, filmOf, linkedUntil } from './films.ts';
import { createSoon } from './soon.ts';

export interface PageTools extends FilmTools {
  challenges: Pick<Challenges, 'where' | 'find' | 'entries' | 'tally'>;
  seasons: Pick<Seasons, 'of'>;
  /** Whether the key of a link opens a challenge that not everybody may see. */
  opens(space: SpaceKey, id: string, key: string): boolean;
}

/** A challenge, where it is, and whom its page is for. */
interface Found {
  space: SpaceKey;
  challenge: Challenge;
  for: ChallengeView['for'];
}

/** Why a challenge was called off, as it was said in the chat but for the title. */
function whyOf({ few, least, why }: Challenge): string {
  if (few === undefined) return why ?? '';
  return say({ word: 'page.few', with: { count: few, least } });
}

/** What is to be seen of challenges. Redis away is a `UserError` that says so. */
export function createChallengePages(tools: PageTools): Omit<Pages, 'season'> {
  const { challenges, seasons } = tools;
  const soon = createSoon<Shown>(tools.now);

  async function find(id: string, key: string | undefined): Promise<Found | undefined> {
    if (!challengeIdPattern.test(id)) return undefined;
    const space = await challenges.where(id);
    const challenge = space && (await challenges.find(space, id));
    if (!space || !challenge) return undefined;
    const open = challenge.place.closed === undefined;
    const studio = spaceOf(space).platform === 'web';
    if (open && !studio) return { space, challenge, for: 'all' };
    if (key !== undefined && tools.opens(space, id, key)) return { space, challenge, for: 'link' };
    return open ? { space, challenge, for: 'studio' } : undefined;
  }

  /** The films by number, in which nothing tells whose they are. */
  async function numbered(space: SpaceKey, entries: readonly Entry[]): Promise<NumberedFilm[]> {
    const shown = entries.filter(({ number, state }) => number !== undefined && state === 'in');
    const films = await Promise.all(
      shown.map(async (entry): Promise<NumberedFilm> => {
        const film = await filmOf(space, entry, tools);
        return { number: entry.number ?? 0, ...(film ? { film } : {}) };
      }),
    );
    return films.sort((one, other) => one.number - other.number);
  }

  async function ended({ space, challenge }: Found, entries: readonly Entry[]): Promise<Shown | undefined> {
    const { id, tally: hash } = challenge;
    // Until it was said in the chat, its page says no more.
    const text = hash === undefined ? undefined : await challenges.tally(space, id);
    if (hash === undefined || text === undefined) return undefined;
    const read = readTally(text);
    if (!read.tally) throw new Error(`the tally of ${id} cannot be read: ${read.problems.join(' ')}`);
    const { result, ballots, leftOut, filmsLeftOut = 0 } = read.tally;
    const known = new Map(read.tally.entries.map((entry) => [entry.number, entry]));
    const places = result.map(async ({ entry: number, ...standing }): Promise<PlaceView> => {
      const entry = known.get(number);
      const kept = entries.find(({ job }) => job === entry?.id);
      const film = kept && (await filmOf(space, kept, tools));
      return { ...standing, number, name: entry?.author.name ?? '', ...(film ? { film } : {}) };
    });
    const season = await seasons.of(space, id);
    return {
      ...{ phase: 'ended', count: known.size, places: await Promise.all(places), hash },
      ...{ opinions: ballots.length, leftOut, filmsLeftOut },
      ...(season ? { season: { id: season.id, name: season.name } } : {}),
    };
  }

  async function shownOf(found: Found): Promise<Shown> {
    const { space, challenge } = found;
    const { phase } = challenge;
    const entries = await challenges.entries(space, challenge.id);
    const count = entries.filter(isLive).length;
    if (phase === 'cancelled') return { phase, count, why: whyOf(challenge) };
    if (phase !== 'voting' && phase !== 'ended') return { phase, count };
    const result = phase === 'ended' ? await ended(found, entries) : undefined;
    if (result) return result;
    const films = await numbered(space, entries);
    return { phase: phase === 'ended' ? 'counting' : 'voting', count: films.length, films };
  }

  return {
    async challenge(id, key) {
      const found = await find(id, key);
      if (!found) return undefined;
      const { title, theme, opensAt, closesAt, votesUntil, zone, preset, voting, picture, seal } = found.challenge;
      const { phase, tally: hash } = found.challenge;
      const until = linkedUntil(tools.now());
      const path = picture === undefined ? undefined : await tools.path(picture, until);
      return {
        ...{ id, title, theme, opensAt, closesAt, votesUntil, zone, preset, voting },
        takesMade: takesMade(found.challenge),
        rules: rulesOf(found.challenge),
        ...(path === undefined ? {} : { picture: path }),
        ...(seal === undefined ? {} : { seal }),
        // A link that a whole community follows at once is one look at all of its films.
        shown: await soon(`${id} ${phase} ${hash ?? ''}`, () => shownOf(found)),
        for: found.for,
      };
    },

    async tally(id, key) {
      const found = await find(id, key);
      if (found?.challenge.phase !== 'ended' || found.challenge.tally === undefined) return undefined;
      const text = await challenges.tally(found.space, id);
      return text === undefined ? undefined : { text, for: found.for };
    },
  };
}
