import { z } from 'zod';
import { UserError } from './errors.ts';
import { type Folded, fold, folded, holds } from './fold.ts';
import { base32, type Origin, type SpaceKey } from './origin.ts';
import { checkPattern } from './patterns.ts';
import { digest } from './recipe.ts';

export const blockKinds = ['member', 'channel', 'word', 'phrase', 'pattern'] as const;
export type BlockKind = (typeof blockKinds)[number];

/** Letters of a word, a phrase or a pattern, and entries of a space: all, and patterns, each of which is run over every prompt. */
export const blockLetters = 200;
export const blocksMost = 500;
export const patternsMost = 50;

export const blockSchema = z.object({
  id: z.string(),
  kind: z.enum(blockKinds),
  /** The chat's own id of a member, or of a channel or thread; else the words or the pattern. */
  value: z.string(),
  by: z.string(),
  /** Unix milliseconds. */
  at: z.number(),
  why: z.string().exactOptional(),
});
/** Somebody who may not ask for films in a space, a place where nobody does, or words that none is made of. */
export type Block = z.infer<typeof blockSchema>;
export type NewBlock = Pick<Block, 'kind' | 'value' | 'by' | 'why'>;

/** What is blocked in spaces; each change is on the space's trail. Redis away: `UserError`, in plain words. */
export interface Blocks {
  /** The oldest first. */
  read(space: SpaceKey): Promise<Block[]>;
  /** The same kind and value again is the entry that stands, and `known`. Full: `UserError`. */
  add(space: SpaceKey, block: NewBlock): Promise<{ block: Block; known: boolean }>;
  /** The entry that was taken out; nothing where there was none. */
  remove(space: SpaceKey, id: string, by: string, why?: string): Promise<Block | undefined>;
}

/** The same id for values that block the same: a letter for its kind, and a short hash. */
export function blockId({ kind, value }: Pick<Block, 'kind' | 'value'>): string {
  const same = kind === 'word' || kind === 'phrase' ? fold(value) : value;
  const letter = { member: 'm', channel: 'c', word: 'w', phrase: 'p', pattern: 'x' }[kind];
  return letter + base32(digest([kind, same]).subarray(0, 5));
}

/** Words and patterns that can be matched, or a {@link UserError} that says what is wrong. */
export function checkBlock({ kind, value }: Pick<Block, 'kind' | 'value'>): void {
  if (kind === 'pattern') checkPattern(value);
  if (kind !== 'word' && kind !== 'phrase') return;
  const words = fold(value);
  if (words === '') throw new UserError('invalid', { word: 'block.unseen' }, { field: kind });
  if (kind === 'word' && words.includes(' '))
    throw new UserError('invalid', { word: 'block.words' }, { field: 'word' });
}

/** Whether somebody, or the place they ask in, is blocked. `members` are all ids that stand for them. */
export function blockedAt(
  blocks: readonly Block[],
  { channel, thread }: Pick<Origin, 'channel' | 'thread'>,
  members: readonly string[],
): 'member' | 'channel' | undefined {
  const blocked = (kind: BlockKind, ids: readonly (string | undefined)[]): boolean =>
    blocks.some((block) => block.kind === kind && ids.includes(block.value));
  if (blocked('member', members)) return 'member';
  return blocked('channel', [channel, thread]) ? 'channel' : undefined;
}

/** The blocked words and phrases that stand in a text, as they were written down. */
export function wordsIn(blocks: readonly Block[], text: string): string[] {
  let whole: Folded | undefined;
  const found = blocks.filter(({ kind, value }) => {
    if (kind !== 'word' && kind !== 'phrase') return false;
    whole ??= folded(text);
    return holds(whole, fold(value));
  });
  return found.map(({ value }) => value);
}
