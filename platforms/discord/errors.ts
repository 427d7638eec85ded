import {
  DiscordAPIError,
  DiscordjsError,
  DiscordjsErrorCodes,
  HTTPError,
  RateLimitError,
  RESTJSONErrorCodes,
} from 'discord.js';
import { TransientError } from '../../src/domain/errors.ts';
import { PlaceClosed } from '../shared/places.ts';

export { PlaceClosed };

/** The file is larger than it may be there. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** The words are refused by the server's own moderation. */
export class WordsRefused extends Error {
  override readonly name = 'WordsRefused';
}

const code = RESTJSONErrorCodes;
const gone: readonly unknown[] = [code.UnknownChannel, code.UnknownGuild];
const shut: readonly unknown[] = [
  ...[code.MissingAccess, code.MissingPermissions, code.ThreadLocked, code.InvalidActionOnArchivedThread],
  ...[code.CannotSendMessagesInNonTextChannel, code.CannotExecuteActionOnThisChannelType],
  ...[code.CannotSendMessagesToThisUser, code.CannotSendMessagesToThisUserDueToHavingNoMutualGuilds],
  ...[code.UnknownUser, code.UnknownMember, code.UnknownMessage],
];
/** Refusals with 403 that are none of the place: opening direct messages too fast, and Discord's own edge. */
const passing: readonly unknown[] = [code.OpeningDirectMessagesTooFast, 40_333];
/** A file that is larger than it may be, as a refusal of the form. */
const fileTooLarge = 50_045;
/** AutoMod, and the filter of harmful links: a message, or what it was called, was blocked. */
const moderated: readonly unknown[] = [200_000, 200_001, 240_000];

/** Milliseconds until a token that is refused is tried again: somebody has to put in another one. */
export const tokenAgain = 60_000;

/** Whether Discord does not let the bot in at all: another token is needed. */
export function isTokenRefused(error: unknown): boolean {
  if (error instanceof TransientError) return isTokenRefused(error.cause);
  if (error instanceof DiscordjsError) return error.code === DiscordjsErrorCodes.TokenInvalid;
  return error instanceof DiscordAPIError && error.status === 401;
}

/** Whether there is no such server or application for this bot. */
export function isOutOfReach(error: unknown): boolean {
  const cause = error instanceof PlaceClosed ? error.cause : error;
  return cause instanceof DiscordAPIError && [403, 404].includes(cause.status);
}

/** Whether a connection broke while something was sent. */
export function isBroken(error: unknown): boolean {
  const { cause } = error instanceof TransientError ? error : { cause: undefined };
  return cause instanceof Error && 'code' in cause && ['EPIPE', 'ECONNRESET'].includes(String(cause.code));
}

/** Whether a message could not be edited because its thread is archived. */
export const isArchived = (error: unknown): boolean =>
  error instanceof PlaceClosed && codeOf(error.cause) === code.InvalidActionOnArchivedThread;

/** Whether what was meant is not there any more: a message, or all of its channel. */
export const isGone = (error: unknown): boolean =>
  error instanceof PlaceClosed && (error.why === 'gone' || codeOf(error.cause) === code.UnknownMessage);

/** Whether a message has its thread already. */
export const isThreadThere = (error: unknown): boolean => codeOf(error) === 160_004;

/** Channels of other kinds than these, too many threads, a right that is missing, words that are not let through: no thread can be opened there. */
export const isThreadRefused = (error: unknown): boolean =>
  error instanceof WordsRefused ||
  (error instanceof PlaceClosed && error.why === 'shut') ||
  [160_006, 160_007].includes(Number(codeOf(error)));

/** Whether a message could not be a reply: that takes the right to read the history. */
export const isReplyRefused = (error: unknown): boolean =>
  error instanceof PlaceClosed && codeOf(error.cause) === 160_002;

/** The code of an answer; nothing where there was none. */
export function codeOf(error: unknown): unknown {
  return error instanceof DiscordAPIError ? error.code : undefined;
}

/** Why an answer to an interaction was not taken: its time is `over`, its thread is `archived`, it is `refused` as it is, or it may be tried again. */
export function answerTrouble(error: unknown): 'over' | 'archived' | 'refused' | 'passing' {
  if (!(error instanceof DiscordAPIError)) return 'passing';
  if (error.code === code.InvalidActionOnArchivedThread) return 'archived';
  if ([401, 404].includes(error.status)) return 'over';
  return error.status >= 400 && error.status < 500 && error.status !== 429 ? 'refused' : 'passing';
}

/** What an answer of Discord, or its absence, means to the flow: one of the errors above, a {@link TransientError}, or itself, a bug. */
export function sorted(error: unknown): unknown {
  if (error instanceof DiscordAPIError) {
    if (gone.includes(error.code)) return new PlaceClosed('gone', error);
    if (error.code === code.RequestEntityTooLarge || error.code === fileTooLarge || error.status === 413)
      return new TooLarge('too large', { cause: error });
    if (moderated.includes(error.code)) return new WordsRefused('blocked by AutoMod', { cause: error });
    if (error.status === 401) {
      return new TransientError('Discord refuses DISCORD_TOKEN', { retryAfter: tokenAgain, cause: error });
    }
    // Without a code it is not Discord that answered, but its edge.
    if (error.status === 403 && (passing.includes(error.code) || !Number(error.code))) {
      return new TransientError('Discord refuses for now', { retryAfter: 30_000, cause: error });
    }
    if (shut.includes(error.code) || error.status === 403) return new PlaceClosed('shut', error);
    if (error.status === 408) return new TransientError('Discord is busy', { cause: error });
    return error;
  }
  if (error instanceof RateLimitError) {
    const retryAfter = Math.max(error.retryAfter, error.timeToReset);
    return new TransientError('Discord has us wait', { retryAfter, cause: error });
  }
  if (error instanceof HTTPError) return new TransientError(`Discord answered ${error.status}`, { cause: error });
  if (!(error instanceof Error)) return error;
  // A film that is not on the disk is no matter of Discord's.
  if ('code' in error && ['ENOENT', 'EACCES', 'EISDIR'].includes(String(error.code))) return error;
  const network = 'code' in error || error.name === 'AbortError' || error.cause !== undefined;
  return network ? new TransientError('Discord could not be reached', { cause: error }) : error;
}
