import type { Said } from '../domain/challenge.ts';
import type { Part } from '../domain/command.ts';
import { CannotPost, TransientError, UserError } from '../domain/errors.ts';
import type { Platform } from '../domain/origin.ts';
import type { Announced, Announcement, Log, Place, Poster } from '../ports.ts';

/** What speaking to all takes; `about` is what the log says that it was about. */
export interface SayingTools {
  poster(platform: Platform): Poster;
  log: Log;
  about: object;
}

/**
 * Says something to all, and has it kept that it was: a crash between the two says nothing twice, for the chat knows its key. A chat that
 * refuses for good is left alone, with a line in the log: what follows in time does not wait for it.
 */
export async function sayToAll(
  place: Place,
  said: Announcement,
  keep: (told: Said) => Promise<void>,
  { poster, log, about }: SayingTools,
): Promise<Announced | undefined> {
  try {
    const told = await poster(place.platform).announce(place, said);
    await keep(told);
    return told;
  } catch (err) {
    if (!(err instanceof CannotPost)) throw err;
    log.error({ ...about, err }, 'the chat does not let the bot say something to all');
    await keep({ ref: '', place });
    return undefined;
  }
}

/** Of which edition something tells that was just said: an attempt whose answer was lost may have told of the first. */
export const toldOf = (edition: number): number => (edition === 1 ? edition : 0);

/** Has something else told in place of what was said to all; a chat that does not let the bot is left alone, with a line in the log. */
export async function amend(
  place: Place,
  ref: string,
  parts: Part[],
  { poster, log, about }: SayingTools,
): Promise<void> {
  try {
    await poster(place.platform).amend(place, ref, parts);
  } catch (err) {
    if (!(err instanceof CannotPost)) throw err;
    log.warn({ ...about, err }, 'an announcement was not put right');
  }
}

/** Notes that something was not looked after; it is, the next time. */
export function noteTrouble(log: Log, about: object, err: unknown): void {
  const passing = err instanceof TransientError || (err instanceof UserError && err.refusal === 'unavailable');
  log[passing ? 'warn' : 'error']({ ...about, err }, 'not looked after; next time');
}
