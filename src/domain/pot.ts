import { z } from 'zod';
import type { Terms } from './ledger.ts';
import type { SpaceKey } from './origin.ts';

/** Who may have films paid by a pot: whoever asks in a thread, a team (the chat's own id of a role or group of users), or a story's or challenge's own. */
export const potForSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('thread'), channel: z.string(), thread: z.string().exactOptional() }),
  z.object({ kind: z.literal('team'), role: z.string() }),
  z.object({ kind: z.enum(['story', 'challenge']), id: z.string() }),
]);
export type PotFor = z.infer<typeof potForSchema>;

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

export const potIdPattern = /^p[a-z2-7]{8}$/;

/** How many pots of a space may be open at once, and how many shares one may have. */
export const potsMax = 200;
export const sharesMax = 500;

/** Pots of credits. As with the ledger's verbs, each is idempotent by its call's key, and refusals are {@link UserError}s. */
export interface Pots {
  open(space: SpaceKey, key: string, pot: PotAbout & { deadline: number }): Promise<string>;
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
