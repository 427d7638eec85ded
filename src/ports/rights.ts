import type { Level, Person, Since } from '../domain/command.ts';
import type { Origin } from '../domain/origin.ts';
import type { Said } from '../domain/words.ts';

/** Asked before anything is held, and at every press. */
export interface Rights {
  /** Why a film could not be posted there, and whom to ask for what; nothing where it could. */
  cannotPost(origin: Origin): Promise<Said | undefined>;
  level(origin: Origin): Promise<Level>;
  /** Which of these roles, or groups of users, whoever asked is in. */
  roles(origin: Origin, among: readonly string[]): Promise<string[]>;
  /** When the account of whoever asked was made, and when they joined the space, in Unix milliseconds; only what the chat tells. */
  since(origin: Origin): Promise<Since>;
  /** A person of this space; nothing for bots, and for who is not there. */
  person(space: Pick<Origin, 'platform' | 'space'>, member: string): Promise<Person | undefined>;
}
