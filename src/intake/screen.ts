import { type Block, type Blocks, blockedAt, wordsIn } from '../domain/blocks.ts';
import type { Again, Call, Wanted } from '../domain/command.ts';
import type { Desk } from '../domain/desk.ts';
import { UserError } from '../domain/errors.ts';
import { readings } from '../domain/fold.ts';
import { isSlowed, jobIds, requestId } from '../domain/job.ts';
import { cardFor, type ModelCard } from '../domain/model.ts';
import type { Origin, SpaceKey } from '../domain/origin.ts';
import { isMatched } from '../domain/patterns.ts';
import type { Recipe } from '../domain/recipe.ts';
import type { Log, Moderation, Slow } from '../ports.ts';
import { keptExtras } from './extras.ts';

/** What an order is held against before anything is held for it. */
export interface ScreenTools {
  desk: Desk;
  blocks: Pick<Blocks, 'read'>;
  slow: Slow;
  moderation: Moderation;
  models: readonly ModelCard[];
  log: Log;
}

/** Words that go to the gateway, and the field that they were written in. */
interface Written {
  field: string | undefined;
  text: string;
}

/** Who asks for what, where, and under which call's key. `who` is whoever set a workflow going. */
interface Asked {
  key: string;
  origin: Origin;
  who: Pick<Call['who'], 'id'>;
  written: readonly Written[];
}

/** `counts`: refused for what it says. */
interface Refused {
  error: UserError;
  counts: boolean;
}

/** All words of a recipe that its member wrote; those that the operator adds are the operator's own. */
export function writtenIn({ prompt, model, extras = {} }: Recipe, models: readonly ModelCard[]): Written[] {
  const card = cardFor(models, model);
  const own = card ? Object.values(keptExtras(extras, card)).flat() : [];
  const texts = own.filter((value) => typeof value === 'string');
  return [prompt, ...texts].map((text) => ({ field: undefined, text }));
}

export function writtenFor(order: Wanted | Again, models: readonly ModelCard[]): Written[] {
  if ('recipe' in order) return writtenIn(order.recipe, models);
  const { prompt, characters } = order;
  const more = characters === undefined ? [] : [{ field: 'characters', text: characters }];
  return [{ field: 'prompt', text: prompt }, ...more];
}

/** Which of the texts a pattern is found in. Each takes time that grows with the text alone, but there may be many: between them others have their turn. */
async function matched(blocks: readonly Block[], written: readonly Written[]): Promise<Written | undefined> {
  const patterns = blocks.filter(({ kind }) => kind === 'pattern');
  if (patterns.length === 0) return undefined;
  const texts = written.map((one) => ({ one, texts: readings(one.text) }));
  for (const { value } of patterns) {
    const found = texts.find((each) => isMatched(value, each.texts));
    if (found) return found.one;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return undefined;
}

const unwanted = (said: UserError['said'], field: string | undefined): Refused => ({
  error: new UserError('forbidden', said, field === undefined ? {} : { field }),
  counts: true,
});

async function refusedWords(blocks: readonly Block[], written: readonly Written[]): Promise<Refused | undefined> {
  const named = written.map(({ field, text }) => ({ field, words: wordsIn(blocks, text) }));
  const words = [...new Set(named.flatMap((one) => one.words))];
  if (words.length > 0) {
    const field = named.find((one) => one.words.length > 0)?.field;
    return unwanted({ word: 'blocked.words', with: { words } }, field);
  }
  const found = await matched(blocks, written);
  return found && unwanted({ word: 'blocked.pattern' }, found.field);
}

/** Why it is not made, if it is not. A moderation that cannot be asked throws. */
async function refusalOf(asked: Asked, space: SpaceKey, tools: ScreenTools): Promise<Refused | undefined> {
  const { origin, who, written } = asked;
  const [blocks, wait] = await Promise.all([
    tools.blocks.read(space),
    isSlowed(origin) ? tools.slow.left(space, origin.user) : 0,
  ]);
  const blocked = blockedAt(blocks, origin, [origin.user, who.id]);
  if (blocked) return { error: new UserError('forbidden', { word: `blocked.${blocked}` }), counts: false };
  if (wait > 0) {
    const said = { word: 'slow.wait', with: { minutes: Math.ceil(wait / 60_000) } } as const;
    return { error: new UserError('busy', said, { retryAfter: Math.ceil(wait / 1000) }), counts: false };
  }
  const refused = await refusedWords(blocks, written);
  if (refused) return refused;
  const flag = await tools.moderation.look(written.map(({ text }) => text).join('\n'));
  return flag && unwanted({ word: 'moderation.flagged', with: flag }, written[0]?.field);
}

/** The refusal is said whatever becomes of the count. */
async function count({ key, origin }: Asked, space: SpaceKey, { slow, log }: ScreenTools): Promise<void> {
  if (!isSlowed(origin)) return;
  try {
    await slow.count(space, origin.user, requestId(key));
  } catch (err) {
    log.warn({ call: key, space, err }, 'a refusal was not counted');
  }
}

/**
 * What a space or its moderation does not want is a {@link UserError} here, before anything is held; enough of them in a row have that member
 * wait. A call that was taken before gets its answer, whatever was blocked since.
 */
export async function screen(asked: Asked, space: SpaceKey, tools: ScreenTools): Promise<void> {
  const refused = await refusalOf(asked, space, tools).catch((error: unknown): Refused => {
    if (error instanceof UserError) return { error, counts: false };
    throw error;
  });
  if (!refused) return;
  const [id] = jobIds(asked.key, 1);
  if (id !== undefined && (await tools.desk.job({ space, id }))) return;
  if (refused.counts) await count(asked, space, tools);
  throw refused.error;
}
