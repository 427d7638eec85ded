import { type Bindings, type ChildLoggerOptions, type DestinationStream, type Level, type Logger, pino } from 'pino';

/** The log: JSON lines. Fields are always `job`, `space`, `platform`, `command`; an error goes under `err`. */
export type Log = Logger;

const hidden = /token|secret|password|passwd|authorization|cookie|api[-_]?key|private[-_]?key|^key$/i;
const dropped = new Set([
  'request',
  'response',
  'req',
  'res',
  'headers',
  'rawHeaders',
  'config',
  'options',
  'socket',
  'command',
  'requestBody',
]);
const deepest = 8;

/**
 * A log that writes JSON lines to stdout, or to `to`. Values under names that speak of secrets are replaced at any depth,
 * addresses lose their password and their query, errors keep their chain of causes but not the requests they carry.
 */
export function createLog(level: Level | 'silent', to?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // They are clean already; the usual one would fold the causes into the message.
    serializers: { err: (error: unknown) => error },
    formatters: {
      level: (label: string) => ({ level: label }),
      log: cleanFields,
    },
    hooks: {
      logMethod(this: Logger, args: Parameters<pino.LogFn>, method: pino.LogFn) {
        const [first] = args as unknown[];
        const said = args.length === 1 && first instanceof Error ? [first, first.message] : args;
        const cleaned = said.map((arg) => (typeof arg === 'string' ? cleanText(arg) : arg)) as Parameters<pino.LogFn>;
        method.apply(this, cleaned);
      },
    },
  };
  const log = to === undefined ? pino(options) : pino(options, to);
  const { child } = log;
  // The formatters above do not see the fields of a child; its children inherit this.
  return Object.assign(log, {
    child(this: Log, fields: Bindings, more?: ChildLoggerOptions): Log {
      return Reflect.apply(child, this, [cleanFields(fields), more]);
    },
  });
}

function cleanFields(fields: Record<string, unknown>): Record<string, unknown> {
  return cleanEntries(Object.entries(fields), 0, []);
}

/** Parts of a path that are longer are no names: they let somebody in, as a signed link does. */
const longPart = /\/[^\s"'<>/?#]{100,}/g;

/** The text with `user:password@`, query strings and long parts of addresses and bearer tokens taken out. */
function cleanText(value: string): string {
  return (
    value
      .replace(longPart, '/…')
      .replace(/\/(webhooks|interactions)\/(\d+)\/[^\s"'<>/?#]+/g, '/$1/$2/…')
      .replace(
        /\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s"'<>?#]*@)?([^\s"'<>?]*)(\?[^\s"'<>]*)?/gi,
        (_, scheme, rest, query) => (query === undefined ? `${scheme}${rest}` : `${scheme}${rest}?…`),
      )
      .replace(/\b(bearer|basic|bot)\s+[\w.~+/=-]{16,}/gi, '$1 …')
      // Slack's tokens, and the addresses that take answers for half an hour.
      .replace(/\b(xox[a-z]|xapp|xwfp)-[\w-]+/g, '$1-…')
      .replace(/(hooks\.slack\.com\/\w+)\/[^\s"'<>]+/g, '$1/…')
  );
}

function clean(value: unknown, depth: number, above: readonly object[]): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) return '[circular]';
  if (depth >= deepest) return '[deep]';
  const within = [...above, value];
  if (value instanceof Error) return cleanError(value, depth, within);
  if (value instanceof URL) return cleanText(value.href);
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1, within));
  return cleanEntries(Object.entries(value), depth, within);
}

function cleanEntries(entries: [string, unknown][], depth: number, above: readonly object[]): Record<string, unknown> {
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      hidden.test(name) && value !== undefined && value !== null ? '[hidden]' : clean(value, depth + 1, above),
    ]),
  );
}

/** Errors that say all in a line: our own kinds, and those of the network, which have a code. Where any other was thrown is what matters. */
const foreseen = new Set([
  'TransientError',
  'LostAnswer',
  'JobFailure',
  'CannotPost',
  'UserError',
  'NotSent',
  'Broken',
  'PlaceClosed',
  'TooLarge',
  'WordsRefused',
  'FileRefused',
  'NotInstalled',
  'TokenRefused',
  'AppTokenRefused',
]);
const isForeseen = (error: Error): boolean =>
  foreseen.has(error.name) ||
  // What a server answered.
  /^(DiscordAPI|HTTP|WebAPI\w+)Error/.test(error.name) ||
  ('code' in error && /^(E[A-Z]{3,}|UND_ERR_(CONNECT|SOCKET|HEADERS|BODY|ABORTED|RESPONSE))/.test(String(error.code)));

function cleanError(error: Error, depth: number, above: readonly object[]): Record<string, unknown> {
  const own = Object.entries(error).filter(([name]) => !dropped.has(name) && name !== 'name' && name !== 'cause');
  const parts = error instanceof AggregateError ? error.errors : undefined;
  return {
    type: error.name,
    message: cleanText(error.message),
    ...(isForeseen(error) ? {} : { stack: cleanText(error.stack ?? '') }),
    ...cleanEntries(own, depth, above),
    ...(error.cause === undefined ? {} : { cause: clean(error.cause, depth + 1, above) }),
    ...(parts === undefined ? {} : { errors: clean(parts, depth + 1, above) }),
  };
}
