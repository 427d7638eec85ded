import type { Part, Reply } from '../src/domain/command.ts';
import { type Said, say } from '../src/domain/words.ts';

/** What every command is that those who manage a space type. */
export const managed = { who: 'manager', reply: 'private', surfaces: ['slash'] } as const;

/** A private answer. */
export const answer = (...parts: Part[]): Reply => ({ to: 'private', jobs: [], parts });

/** A private answer in a few words. */
export const told = (text: string): Reply => answer({ kind: 'text', text });

/** The same, by their key. */
export const saying = (said: Said): Reply => told(say(said));
