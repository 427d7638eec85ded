import { type Logger, LogLevel, type webApi } from '@slack/bolt';
import type { Log } from '../../src/ports.ts';

/** Milliseconds for one exchange; uploads go their own way. */
const within = 15_000;

/**
 * How Slack's client works here: a call is made once. Its own repeats would post a message twice whose answer was lost, and it would wait
 * half an hour for what the flow repeats better.
 */
export function clientOptions(api: string | undefined, log: Log): webApi.WebClientOptions {
  return {
    ...(api === undefined ? {} : { slackApiUrl: `${api.replace(/\/+$/, '')}/` }),
    logger: libraryLog(log),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: within,
    allowAbsoluteUrls: false,
  };
}

/** Where the library's own lines go, in words alone, for its objects may hold tokens: what matters is told by us. */
export function libraryLog(log: Log): Logger {
  const words = (given: unknown[]): string =>
    given.map((one) => (one instanceof Error ? one.message : String(one))).join(' ');
  const said = (given: unknown[]): object => ({ said: words(given).slice(0, 500) });
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (...given) => log.debug(said(given), "Slack's library"),
    error: (...given) => log.debug(said(given), "Slack's library"),
    setLevel: () => undefined,
    getLevel: () => LogLevel.WARN,
    setName: () => undefined,
  };
}
