import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type SlackApp, type SlackConfig, slackAppOf, slackOf, slackProblems } from './config/slack.ts';
import { schema, secret, type Values, type Variable, variables } from './config/variables.ts';
import { addressTrouble, type Dialect, isLoopback } from './domain/gateway.ts';
import type { WindowKind } from './domain/policy.ts';
import type { Shards } from './domain/shards.ts';

export type { SlackApp, SlackConfig } from './config/slack.ts';
export { variables } from './config/variables.ts';

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
  logLevel: Values['LOG_LEVEL'];
  video: VideoConfig | undefined;
  modelsFile: string;
  inFlight: number;
  quota: { credits: number; window: WindowKind; timeZone: string };
  budget: { money: number | undefined; credits: number | undefined; window: WindowKind } | undefined;
  studio: { on: boolean; token: string | undefined };
  managers: string[];
  discord: DiscordConfig | undefined;
  slack: SlackConfig | undefined;
  slackApp: SlackApp;
  /** Where programs such as ffmpeg are looked for. */
  path: string;
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
  else if (values.BUDGET_CREDITS !== undefined) demand('BUDGET_WINDOW', 'BUDGET_CREDITS is');
  else if (values.BUDGET_WINDOW !== undefined) demand('BUDGET_MONEY', 'BUDGET_WINDOW is');
  return found;
}

function discordOf(values: Values): DiscordConfig | undefined {
  const { DISCORD_TOKEN: token, DISCORD_APP_ID: appId, DISCORD_GUILD_ID: guild } = values;
  if (token === undefined) return undefined;
  return { token, appId, guild, api: values.DISCORD_API_URL, shards: values.DISCORD_SHARDS };
}

function grouped(values: Values): Omit<Config, 'path'> {
  const {
    VIDEO_API_URL: url,
    VIDEO_API_KEY: key,
    BUDGET_MONEY: money,
    BUDGET_WINDOW: window,
    BUDGET_CREDITS: credits,
  } = values;
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
    budget: window === undefined ? undefined : { money, credits, window },
    studio: { on: values.STUDIO === 'on', token: values.STUDIO_TOKEN },
    managers: values.MANAGERS,
    discord: discordOf(values),
    slack: slackOf(values),
    slackApp: slackAppOf(values),
  };
}
