import { z } from 'zod';
import { UserError } from './errors.ts';
import type { Terms } from './ledger.ts';
import type { Origin, SpaceKey } from './origin.ts';

/** Who may have films paid by a pot: whoever asks in a thread, a team (the chat's own id of a role or group of users), or a story's or challenge's own. */
const potForSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('thread'),
    channel: z.string(),
    thread: z.string().exactOptional(),
    /** Only those who were let in may know of it; see {@link Origin}. */
    closed: z.literal(true).exactOptional(),
  }),
  z.object({ kind: z.literal('team'), role: z.string() }),
  z.object({ kind: z.literal('story'), id: z.string() }),
  /** What one member has for the films of a challenge alone. */
  z.object({ kind: z.literal('challenge'), id: z.string(), member: z.string() }),
]);

export const potAboutSchema = z.object({ title: z.string(), for: potForSchema, by: z.string() });
/** What a pot was opened for, and by whom. */
export type PotAbout = z.infer<typeof potAboutSchema>;

/** Of a pot what one member, or, without one, those in charge put in: `left` of it now, `held` by films under way. */
export interface Share {
  member: string | undefined;
  left: number;
  held: number;
}

/** A pot of credits in one space. Times are Unix milliseconds. */
export interface Pot extends PotAbout {
  id: string;
  deadline: number;
  closed?: number;
  left: number;
  held: number;
  shares: Share[];
}

const potIdPattern = /^p[a-z2-7]{8}$/;

/** How many pots of a space may be open at once, and how many shares one may have. */
export const potsMax = 200;
/** How many members of a space may have one for a challenge. */
export const endowedMax = 5_000;
/** How many one member may have opened who looks after nothing. */
export const potsOfOne = 5;
export const sharesMax = 500;

/** Pots of credits. As with the ledger's verbs, each is idempotent by its call's key, and refusals are {@link UserError}s. */
export interface Pots {
  open(space: SpaceKey, key: string, pot: PotAbout & { deadline: number }): Promise<string>;
  /** Opens one that begins with new credits from those in charge; once for a key, however late it is asked for again. */
  endow(space: SpaceKey, key: string, pot: PotAbout & { deadline: number; credits: number }): Promise<string>;
  /** A member's credits, drawn as a film would draw them, go into a pot. Returns what it has then. */
  pledge(
    space: SpaceKey,
    key: string,
    from: { pot: string; member: string; credits: number; terms: Terms },
  ): Promise<number>;
  /** New credits from those in charge. */
  fund(space: SpaceKey, key: string, from: { pot: string; credits: number; by: string }): Promise<number>;
  /** What is left returns to its contributors. Returns how much that was; nothing where it was closed before. */
  close(space: SpaceKey, pot: string): Promise<number | undefined>;
  /** Closes the pots whose deadline has passed. Returns how many. */
  closeDue(space: SpaceKey): Promise<number>;
  find(space: SpaceKey, pot: string): Promise<Pot | undefined>;
  /** Those that are open, by deadline. */
  list(space: SpaceKey): Promise<Pot[]>;
}

/** Where somebody asks, and which of some roles they are in. */
export interface PotUser {
  origin: Origin;
  roles(among: readonly string[]): Promise<string[]>;
  /** The challenge that the film is for. */
  entering?: string | undefined;
}

/** Whether whoever asks may have a film paid by a pot. */
export async function mayUse({ for: whose }: Pick<Pot, 'for'>, { origin, roles, entering }: PotUser): Promise<boolean> {
  switch (whose.kind) {
    case 'thread':
      return whose.channel === origin.channel && (whose.thread === undefined || whose.thread === origin.thread);
    case 'team':
      return (await roles([whose.role])).length > 0;
    case 'story':
      return true;
    case 'challenge':
      return whose.id === entering && whose.member === origin.user;
  }
}

/** Whether whoever asks may know of a pot: of one for a closed place only there, unless it is their own. */
export function mayKnow(
  { for: whose, by }: Pick<Pot, 'for' | 'by'>,
  { origin, entering }: Pick<PotUser, 'origin' | 'entering'>,
): boolean {
  // Nobody puts anything into one, and nothing but an entry is paid by it.
  if (whose.kind === 'challenge') return whose.id === entering && whose.member === origin.user;
  if (whose.kind !== 'thread' || !whose.closed || by === origin.user) return true;
  return whose.channel === origin.channel && (whose.thread === undefined || whose.thread === origin.thread);
}

/** A pot that is open, by its id or its title; else a {@link UserError}. */
export async function openPot(
  named: string,
  space: SpaceKey,
  pots: Pick<Pots, 'find' | 'list'>,
  user: Pick<PotUser, 'origin' | 'entering'>,
): Promise<Pot> {
  const name = named.trim().toLowerCase();
  const byId = potIdPattern.test(name) ? await pots.find(space, name) : undefined;
  const all = byId ? [byId] : (await pots.list(space)).filter(({ title }) => title.toLowerCase() === name);
  const [pot, another] = all.filter((one) => mayKnow(one, user));
  if (another) throw new UserError('invalid', { word: 'pot.several' }, { field: 'pot' });
  if (pot && pot.closed === undefined && pot.deadline > Date.now()) return pot;
  throw new UserError('unknown', { word: pot ? 'pot.closed' : 'pot.unknown' }, { field: 'pot' });
}
