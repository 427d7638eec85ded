import { type APIApplication, type APIUser, DefaultRestOptions, REST, RESTEvents, Routes } from 'discord.js';
import { TransientError } from '../../src/domain/errors.ts';
import type { Log } from '../../src/ports.ts';
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
  /** Counts for the metrics. */
  limited(): void;
}

/**
 * Discord by REST, with the bot's own rights: buckets, global limit and 429 are the library's. `guard` throws {@link TransientError}
 * while too many requests were refused.
 */
export function createRest({ token, appId, api, log, limited }: RestOptions) {
  const rest = new REST({
    ...(api === undefined ? {} : { api }),
    timeout: restTimeout,
    makeRequest: async (url, init) =>
      isMultipart(init.body) ? sendMultipart(url, init.body, init) : DefaultRestOptions.makeRequest(url, init),
    // What is lost on the way is posted again by the flow, which looks for it first.
    retries: 1,
    invalidRequestWarningInterval: invalidStep,
    // The library waits for its turn, be it for hours, and asks again at once where it is not told how long.
    rejectOnRateLimit: ({ retryAfter, timeToReset }) =>
      Math.max(retryAfter, timeToReset) > longestWait || retryAfter <= 0,
  }).setToken(token);
  let silentUntil = 0;
  rest.on(RESTEvents.InvalidRequestWarning, ({ count, remainingTime }) => {
    const fields = { count, seconds: Math.round(remainingTime / 1000) };
    if (count < invalidMost) {
      log.warn(fields, 'Discord refuses many requests (401, 403, 429); at 10,000 in ten minutes it bans this address');
      return;
    }
    silentUntil = Date.now() + remainingTime;
    log.error(fields, 'Discord refused too many requests; nothing is sent until the ten minutes are over');
  });
  rest.on(RESTEvents.RateLimited, limited);
  let app = appId;
  let bot: string | undefined;
  return {
    rest,
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
      const wait = silentUntil - Date.now();
      if (wait > 0) throw new TransientError('silent after too many refusals', { retryAfter: wait });
    },
    close(): void {
      rest.clearHandlerSweeper();
      rest.clearHashSweeper();
    },
  };
}
export type Rest = ReturnType<typeof createRest>;
