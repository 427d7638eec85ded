import { type APIApplication, type APIUser, DefaultRestOptions, REST, RESTEvents, Routes } from 'discord.js';
import { TransientError } from '../../src/domain/errors.ts';
import type { Log } from '../../src/ports.ts';
import { tokenAgain } from './errors.ts';
import { isMultipart, sendMultipart } from './multipart.ts';

/** Milliseconds for one exchange, a large upload among them: the library's 15 s cut uploads off, and posted them again. */
export const restTimeout = 300_000;

/** Milliseconds that a request waits for its turn; after a longer wait it is made anew, and meanwhile holds nobody up. */
const longestWait = 60_000;

/** Answers of 401, 403 and 429 in ten minutes after which the bot falls silent for the rest of them; Discord bans an address at 10,000. */
const invalidMost = 1_000;
/** How many of them between two looks. */
const invalidStep = 100;

export interface RestOptions {
  token: string;
  /** Asked from Discord when it is not set. */
  appId: string | undefined;
  /** Discord itself when it is not set. */
  api: string | undefined;
  log: Log;
  /** Milliseconds for one exchange, where nobody waits as long as for an upload. */
  timeout?: number;
  /** Counts for the metrics. */
  limited(): void;
}

/** Milliseconds for an answer to an interaction. */
const answerWithin = 10_000;

type Init = Parameters<typeof DefaultRestOptions.makeRequest>[1];

/**
 * A form as its bytes. The library gives forms to the process's one dispatcher, which is that of whichever undici was loaded first; version 7
 * cannot read the forms of version 6, and no answer with a file arrives.
 */
async function encoded(init: Init): Promise<Init> {
  const body: unknown = init.body;
  if (!(body instanceof FormData)) return init;
  const form = new Response(body);
  const type = form.headers.get('content-type') ?? '';
  return {
    ...init,
    headers: { ...(init.headers as Record<string, string>), 'Content-Type': type },
    body: new Uint8Array(await form.arrayBuffer()),
  };
}

/** A request whose form, if it has one, goes as bytes; see {@link encoded}. */
export const requestInBytes: typeof DefaultRestOptions.makeRequest = async (url, init) =>
  DefaultRestOptions.makeRequest(url, await encoded(init));

/**
 * Discord by REST: `rest` with the bot's own rights, `answers` by an interaction's token alone, which needs none and stands outside the bot's
 * limits. Buckets, global limit and 429 are the library's. `guard` throws {@link TransientError} while too many requests were refused, or the
 * token was.
 */
export function createRest({ token, appId, api, timeout = restTimeout, log, limited }: RestOptions) {
  const shared = { ...(api === undefined ? {} : { api }), invalidRequestWarningInterval: invalidStep };
  const rest = new REST({
    ...shared,
    timeout,
    makeRequest: async (url, init) =>
      isMultipart(init.body)
        ? sendMultipart(url, init.body, init)
        : DefaultRestOptions.makeRequest(url, await encoded(init)),
    // The library waits for its turn, be it for hours, and asks again at once where it is not told how long.
    rejectOnRateLimit: ({ retryAfter, timeToReset }) =>
      Math.max(retryAfter, timeToReset) > longestWait || retryAfter <= 0,
    // What is lost on the way is posted again by the flow, which looks for it first.
    retries: 1,
  }).setToken(token);
  const answers = new REST({
    ...shared,
    timeout: answerWithin,
    globalRequestsPerSecond: Number.POSITIVE_INFINITY,
    makeRequest: requestInBytes,
  });
  let silentUntil = 0;
  let refusedUntil = 0;
  const warn = ({ count, remainingTime }: { count: number; remainingTime: number }): void => {
    const fields = { count, seconds: Math.round(remainingTime / 1000) };
    if (count < invalidMost) {
      log.warn(fields, 'Discord refuses many requests (401, 403, 429); at 10,000 in ten minutes it bans this address');
      return;
    }
    silentUntil = Date.now() + remainingTime;
    log.error(fields, 'Discord refused too many requests; nothing is sent until the ten minutes are over');
  };
  // The count is of the whole process; whoever makes it full tells.
  for (const one of [rest, answers]) one.on(RESTEvents.InvalidRequestWarning, warn);
  rest.on(RESTEvents.RateLimited, limited);
  let app = appId;
  let bot: string | undefined;
  return {
    rest,
    answers,
    async appId(): Promise<string> {
      app ??= ((await rest.get(Routes.currentApplication())) as APIApplication).id;
      return app;
    },
    /** The bot's own id as a user: not the application's, for the oldest of them. */
    async botId(): Promise<string> {
      bot ??= ((await rest.get(Routes.user())) as APIUser).id;
      return bot;
    },
    guard(): void {
      const now = Date.now();
      if (silentUntil > now) {
        throw new TransientError('silent after too many refusals', { retryAfter: silentUntil - now, waits: true });
      }
      if (refusedUntil > now) {
        throw new TransientError('Discord refuses DISCORD_TOKEN', { retryAfter: refusedUntil - now, waits: true });
      }
    },
    /** The token was refused. The library has forgotten it; it is tried once more after a while, for Discord errs too. */
    refused(): void {
      if (refusedUntil <= Date.now()) {
        log.error(
          { seconds: tokenAgain / 1000 },
          'Discord refuses DISCORD_TOKEN; nothing is posted and no film is taken until it does not',
        );
      }
      refusedUntil = Date.now() + tokenAgain;
      rest.setToken(token);
    },
    close(): void {
      for (const one of [rest, answers]) {
        one.clearHandlerSweeper();
        one.clearHashSweeper();
      }
    },
  };
}
export type Rest = ReturnType<typeof createRest>;
