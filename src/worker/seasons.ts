import type { Said } from '../domain/challenge.ts';
import type { Part } from '../domain/command.ts';
import { UserError } from '../domain/errors.ts';
import type { SpaceKey } from '../domain/origin.ts';
import type { Season, SeasonSaying, Seasons } from '../domain/season.ts';
import { closedParts, openedParts } from '../domain/seasonParts.ts';
import { seasonView } from '../domain/seasonView.ts';
import { amend, noteTrouble, type SayingTools, sayToAll, toldOf } from './saying.ts';

/** What looking after seasons takes. */
export interface SeasonTools extends Omit<SayingTools, 'about'> {
  seasons: Pick<Seasons, 'spaces' | 'due' | 'find' | 'close' | 'results' | 'say' | 'rest'>;
  /** Where its page can be opened; nothing where members cannot reach this program. */
  seasonPage(id: string): string | undefined;
  /** Whether this process still is the one that looks after them. */
  leads(): Promise<boolean>;
  now(): number;
}

/** One season as it was read. */
interface Look {
  space: SpaceKey;
  season: Season;
  tools: SeasonTools;
}

const toolsOf = ({ space, season, tools: { poster, log } }: Look): SayingTools => ({
  ...{ poster, log, about: { space, season: season.id } },
});

/** Says something of it to all where it was opened, once. */
async function announce(look: Look, saying: SeasonSaying, parts: Part[]): Promise<Said | undefined> {
  const { space, season, tools } = look;
  const { id, place } = season;
  if (!place || season.said[saying]) return season.said[saying];
  const edition = toldOf(season.edition);
  const keep = (said: Said) => tools.seasons.say(space, id, saying, { ...said, edition });
  const told = await sayToAll(place, { key: `${id}-${saying}`, parts }, keep, toolsOf(look));
  return told && { ...told, edition };
}

/** Tells of its beginning, and there again when it ends at another time. */
async function tellBeginning(look: Look): Promise<void> {
  const { space, season, tools } = look;
  const { id, place, edition } = season;
  // Nobody is told late that one began which a former version opened.
  if (!place || season.zone === undefined) return;
  const parts = openedParts(season, tools.seasonPage(id));
  const opened = await announce(look, 'opened', parts);
  if (!opened || opened.ref === '' || opened.edition === edition) return;
  await amend(place, opened.ref, parts, toolsOf(look));
  await tools.seasons.say(space, id, 'opened', { ...opened, edition });
}

async function tellEnd(look: Look): Promise<void> {
  const { space, season, tools } = look;
  const view = seasonView(season, await tools.seasons.results(space));
  await announce(look, 'closed', closedParts(view, tools.seasonPage(season.id)));
}

/** Ends it by the clock. False where a result came between, or somebody closed or changed it: it is looked at again. */
async function closes({ space, season: { id }, tools }: Look, at: number): Promise<boolean> {
  try {
    await tools.seasons.close(space, `clock ${id}`, { id, closes: at });
    return true;
  } catch (err) {
    if (err instanceof UserError && err.refusal === 'conflict') return false;
    throw err;
  }
}

/** What time asks of a season now; whoever comes, and however late. */
async function lookAfter(space: SpaceKey, id: string, tools: SeasonTools): Promise<void> {
  const { seasons } = tools;
  const found = await seasons.find(space, id);
  if (!found) throw new Error(`there is no season ${id}`);
  const at = found.to === undefined ? found.closes : undefined;
  const ends = at !== undefined && at <= tools.now();
  if (ends && !(await closes({ space, season: found, tools }, at))) return;
  const season = ends ? await seasons.find(space, id) : found;
  if (!season) return;
  const look: Look = { space, season, tools };
  // What has ended by now needs no beginning.
  await (season.to === undefined ? tellBeginning(look) : tellEnd(look));
  await seasons.rest(space, id, season.edition);
}

/** Looks after the seasons of all spaces, once; one that is in trouble keeps none of the others. To be done by one process at a time. */
export async function lookAfterSeasons(tools: SeasonTools): Promise<void> {
  for (const space of await tools.seasons.spaces()) {
    for (const id of await tools.seasons.due(space, tools.now())) {
      if (!(await tools.leads())) return;
      try {
        await lookAfter(space, id, tools);
      } catch (err) {
        noteTrouble(tools.log, { space, season: id }, err);
      }
    }
  }
}
