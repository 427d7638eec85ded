import { z } from 'zod';
import { dialects } from '../domain/gateway.ts';
import { timeZoneSchema, windowKinds } from '../domain/policy.ts';
import { readShards } from '../domain/shards.ts';

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const text = z.string();
const whole = (least: number, most: number) =>
  text.regex(/^\d+$/).transform(Number).pipe(z.number().min(least).max(most));
const webAddress = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));
const redisAddresses = text.refine((list) =>
  list.split(',').every((url) => z.url({ protocol: /^rediss?$/ }).safeParse(url.trim()).success),
);
const list = text.transform((value) => value.split(',').flatMap((entry) => entry.trim() || []));

const snowflake = text.regex(/^\d{17,20}$/);

const shards = text.transform((value, context) => {
  const read = readShards(value);
  if (read) return read;
  context.addIssue({ code: 'custom', message: 'no shards' });
  return z.NEVER;
});

const slashCommands = list.refine(
  (names) => names.length > 0 && names.length <= 2 && names.every((name) => /^\/[a-z0-9_-]{1,31}$/.test(name)),
);

/** A variable with a default: `takes` says to the operator what it may be. */
const given = <T>(fallback: string, takes: string, value: z.ZodType<T, string>) =>
  text.default(fallback).pipe(value).describe(takes);
const optional = <T>(takes: string, value: z.ZodType<T, string>) => value.optional().describe(takes);

/** The operator's variables, each with what it takes as its description. */
export const schema = z.object({
  HOST: given('127.0.0.1', 'an address or a host name', text.regex(/^[\w.:-]+$/)),
  PORT: given('3000', 'a port from 0 (any free one) to 65535', whole(0, 65_535)),
  PUBLIC_URL: optional('an http or https address', webAddress),
  DATA_DIR: given('./data', 'a folder', text),
  REDIS_URL: optional(
    'redis:// or rediss:// addresses, one, or several of a cluster with commas between',
    redisAddresses,
  ),
  LOG_LEVEL: given('info', `one of ${logLevels.join(', ')}`, z.enum(logLevels)),
  VIDEO_API_URL: optional('an http or https address, up to what comes before /videos', webAddress),
  VIDEO_API_KEY: optional(
    'the key that the gateway gave you, in plain letters and without spaces',
    text.regex(/^[\x21-\x7e]+$/),
  ),
  VIDEO_API_DIALECT: given('output', `one of ${dialects.join(', ')}`, z.enum(dialects)),
  VIDEO_WEBHOOK_SECRET: optional(
    'the secret that signs webhooks: whsec_ and at least 16 bytes in base64',
    text.refine(isWebhookSecret),
  ),
  VIDEO_OPENAI_API_KEY: optional('a key of your own OpenAI account, without spaces', text.regex(/^\S+$/)),
  MODELS_FILE: optional('the path of a YAML file', text),
  VIDEO_IN_FLIGHT: optional('a whole number up to 1000000, or 0 for no limit', whole(0, 1_000_000)),
  QUOTA_CREDITS: given('60', 'a whole number up to 1000000', whole(0, 1_000_000)),
  QUOTA_WINDOW: given('week', `one of ${windowKinds.join(', ')}`, z.enum(windowKinds)),
  TIME_ZONE: given('UTC', 'a time zone name such as Europe/Berlin', timeZoneSchema),
  BUDGET_MONEY: optional(
    'an amount above 0, such as 25 or 12.50',
    text
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number)
      .pipe(z.number().positive()),
  ),
  BUDGET_CREDITS: optional('a whole number of credits up to 1000000000', whole(1, 1_000_000_000)),
  BUDGET_WINDOW: optional(`one of ${windowKinds.join(', ')}`, z.enum(windowKinds)),
  STUDIO: given('on', 'on or off', z.enum(['on', 'off'])),
  STUDIO_TOKEN: optional('at least 16 characters without spaces', text.regex(/^\S{16,}$/)),
  MANAGERS: given('', 'ids of members, with commas between', list),
  DISCORD_TOKEN: optional("the bot's token, without spaces", text.regex(/^[\x21-\x7e]+$/)),
  DISCORD_APP_ID: optional("the application's id, 17 to 20 digits", snowflake),
  DISCORD_GUILD_ID: optional("a server's id, 17 to 20 digits", snowflake),
  DISCORD_API_URL: optional('an http or https address, up to what comes before /v10', webAddress),
  DISCORD_SHARDS: given('auto', 'auto, or shards of so many, such as 0,1/4 or 0-7/16', shards),
  SLACK_BOT_TOKEN: optional("the bot's token, xoxb-…", text.regex(/^xoxb-[\x21-\x7e]+$/)),
  SLACK_APP_TOKEN: optional('an app-level token, xapp-…', text.regex(/^xapp-[\x21-\x7e]+$/)),
  SLACK_SIGNING_SECRET: optional(
    'the signing secret, at least 16 letters and digits',
    text.regex(/^[A-Za-z0-9]{16,}$/),
  ),
  SLACK_COMMAND: given('/dailies', 'one command such as /dailies, or two, such as /dailies,/video', slashCommands),
  SLACK_API_URL: optional('an http or https address, up to and with /api', webAddress),
  SLACK_CLIENT_ID: optional("the app's client id, such as 123.456", text.regex(/^[\d.]+$/)),
  SLACK_CLIENT_SECRET: optional("the app's client secret, without spaces", text.regex(/^[\x21-\x7e]+$/)),
  TOKEN_KEY: optional('at least 32 characters without spaces', text.regex(/^\S{32,}$/)),
});

export type Variable = keyof typeof schema.shape;
export type Values = z.infer<typeof schema>;

/** Every variable that is read. */
export const variables = Object.keys(schema.shape) as Variable[];

/** Variables whose values are never shown. */
export const secret: ReadonlySet<string> = new Set<Variable>([
  'REDIS_URL',
  'VIDEO_API_KEY',
  'VIDEO_WEBHOOK_SECRET',
  'VIDEO_OPENAI_API_KEY',
  'STUDIO_TOKEN',
  'DISCORD_TOKEN',
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'SLACK_CLIENT_SECRET',
  'TOKEN_KEY',
]);

function isWebhookSecret(value: string): boolean {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value) ?? [];
  return base64 !== undefined && Buffer.from(base64, 'base64').byteLength >= 16;
}
