import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type SlackApp, type SlackConfig, slackAppOf, slackOf, slackProblems } from './config/slack.ts';
import { addressTrouble, type Dialect, dialects, isLoopback } from './domain/gateway.ts';
import { timeZoneSchema, type WindowKind, windowKinds } from './domain/policy.ts';
import { readShards, type Shards } from './domain/shards.ts';

export type { SlackApp, SlackConfig } from './config/slack.ts';

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

const schema = z.object({
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

type Variable = keyof typeof schema.shape;

/** Every variable that {@link readConfig} reads. */
export const variables = Object.keys(schema.shape) as Variable[];

const secret: ReadonlySet<string> = new Set<Variable>([
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

/** The settings are not usable; `problems` holds a line for each, secrets not shown. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(['These settings cannot be used:', ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.problems = problems;
  }
}

/** A gateway of the operator's own. The secrets are undefined where they are not set. */
export interface VideoConfig {
  url: string;
  key: string;
  dialect: Dialect;
  webhookSecret: string | undefined;
  openaiKey: string | undefined;
}

/** A bot on Discord. `appId`: asked when it is not set. `guild`: where commands are registered, all servers when it is not set. `api`: another Discord than the real one. */
export interface DiscordConfig {
  token: string;
  appId: string | undefined;
  guild: string | undefined;
  api: string | undefined;
  shards: Shards;
}

/**
 * What the operator chose. No `video`: the sandbox renders. `inFlight`: films in the making at once, 0 for no limit. `dataDir` and
 * `modelsFile` are absolute; the latter is the shipped file unless another was chosen.
 */
export interface Config {
  host: string;
  port: number;
  publicUrl: string;
  dataDir: string;
  redisUrl: string | undefined;
  logLevel: (typeof logLevels)[number];
  video: VideoConfig | undefined;
  modelsFile: string;
  inFlight: number;
  quota: { credits: number; window: WindowKind; timeZone: string };
  budget: { money: number; window: WindowKind } | undefined;
  studio: { on: boolean; token: string | undefined };
  managers: string[];
  discord: DiscordConfig | undefined;
  slack: SlackConfig | undefined;
  slackApp: SlackApp;
  /** Where programs such as ffmpeg are looked for. */
  path: string;
}

function isWebhookSecret(value: string): boolean {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value) ?? [];
  return base64 !== undefined && Buffer.from(base64, 'base64').byteLength >= 16;
}

/** Reads the settings; an empty variable counts as not set. What `spends` nothing needs no budget. Throws a {@link ConfigError} that names all that is wrong. */
export function readConfig(env: Record<string, string | undefined>, spends = true): Config {
  const set = Object.fromEntries(
    variables.flatMap((name) => (env[name]?.trim() ? [[name, env[name].trim()] as const] : [])),
  );
  const parsed = schema.safeParse(set);
  const bad = new Set(parsed.success ? [] : parsed.error.issues.map((issue) => issue.path[0] as Variable));
  const values = schema.parse(Object.fromEntries(Object.entries(set).filter(([name]) => !bad.has(name as Variable))));
  const problems = [
    ...[...bad].map((name) => `${name}: got ${shown(name, set[name])}, takes ${schema.shape[name].description}`),
    ...contradictions(values, spends).flatMap(([name, problem]) => (bad.has(name) ? [] : `${name}: ${problem}`)),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...grouped(values), path: env.PATH ?? '/usr/local/bin:/usr/bin:/bin' };
}

/** Reads the settings of this process, and before them the file `.env` of the working folder if it is there; the process's own win. */
export function loadEnv(spends: boolean): Config {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return readConfig(process.env, spends);
}

function shown(name: string, value = ''): string {
  return secret.has(name) || value.includes('@') ? `${value.length} characters (not shown)` : JSON.stringify(value);
}

const shippedModels = fileURLToPath(new URL('../models.yaml', import.meta.url));

type Values = z.infer<typeof schema>;

function contradictions(values: Values, spends: boolean): [Variable, string][] {
  const found: [Variable, string][] = [];
  const demand = (name: Variable, why: string) => {
    if (values[name] === undefined)
      found.push([name, `is not set, and ${why}; takes ${schema.shape[name].description}`]);
  };
  if (values.STUDIO === 'on' && !isLoopback(values.HOST))
    demand('STUDIO_TOKEN', `HOST ${values.HOST} lets others reach the studio`);
  const forDiscord = (['DISCORD_APP_ID', 'DISCORD_GUILD_ID', 'DISCORD_API_URL'] as const).find(
    (name) => values[name] !== undefined,
  );
  if (forDiscord !== undefined) demand('DISCORD_TOKEN', `${forDiscord} is`);
  if (values.DISCORD_API_URL !== undefined) {
    const trouble = addressTrouble(values.DISCORD_API_URL, 'DISCORD_TOKEN');
    if (trouble !== undefined) found.push(['DISCORD_API_URL', trouble]);
  }
  found.push(...slackProblems(values, (name) => schema.shape[name].description ?? ''));
  if (values.VIDEO_API_URL !== undefined) {
    const trouble = addressTrouble(values.VIDEO_API_URL);
    if (trouble !== undefined) found.push(['VIDEO_API_URL', trouble]);
    demand('VIDEO_API_KEY', 'the gateway of VIDEO_API_URL needs it');
    const budget = spends ? (['BUDGET_MONEY', 'BUDGET_WINDOW'] as const) : [];
    for (const name of budget) demand(name, 'a real gateway costs money');
    return found;
  }
  const alone = (['VIDEO_API_KEY', 'VIDEO_WEBHOOK_SECRET', 'VIDEO_OPENAI_API_KEY'] as const).filter(
    (name) => values[name] !== undefined,
  );
  if (alone.length > 0) demand('VIDEO_API_URL', `${alone.join(' and ')} ${alone.length === 1 ? 'is' : 'are'}`);
  else if (values.BUDGET_MONEY !== undefined) demand('BUDGET_WINDOW', 'BUDGET_MONEY is');
  else if (values.BUDGET_WINDOW !== undefined) demand('BUDGET_MONEY', 'BUDGET_WINDOW is');
  return found;
}

function discordOf(values: Values): DiscordConfig | undefined {
  const { DISCORD_TOKEN: token, DISCORD_APP_ID: appId, DISCORD_GUILD_ID: guild } = values;
  if (token === undefined) return undefined;
  return { token, appId, guild, api: values.DISCORD_API_URL, shards: values.DISCORD_SHARDS };
}

function grouped(values: Values): Omit<Config, 'path'> {
  const { VIDEO_API_URL: url, VIDEO_API_KEY: key, BUDGET_MONEY: money, BUDGET_WINDOW: window } = values;
  const { VIDEO_API_DIALECT: dialect, VIDEO_WEBHOOK_SECRET: webhookSecret, VIDEO_OPENAI_API_KEY: openaiKey } = values;
  const video = url === undefined || key === undefined ? undefined : { url, key, dialect, webhookSecret, openaiKey };
  const seen = values.HOST === '0.0.0.0' || values.HOST === '::' ? 'localhost' : values.HOST;
  return {
    host: values.HOST,
    port: values.PORT,
    publicUrl: values.PUBLIC_URL ?? `http://${isIP(seen) === 6 ? `[${seen}]` : seen}:${values.PORT}`,
    dataDir: resolve(values.DATA_DIR),
    redisUrl: values.REDIS_URL,
    logLevel: values.LOG_LEVEL,
    video,
    modelsFile: values.MODELS_FILE === undefined ? shippedModels : resolve(values.MODELS_FILE),
    inFlight: values.VIDEO_IN_FLIGHT ?? (video ? 0 : 4),
    quota: { credits: values.QUOTA_CREDITS, window: values.QUOTA_WINDOW, timeZone: values.TIME_ZONE },
    budget: money === undefined || window === undefined ? undefined : { money, window },
    studio: { on: values.STUDIO === 'on', token: values.STUDIO_TOKEN },
    managers: values.MANAGERS,
    discord: discordOf(values),
    slack: slackOf(values),
    slackApp: slackAppOf(values),
  };
}
