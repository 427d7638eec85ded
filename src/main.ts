import { join } from 'node:path';
import { type Config, ConfigError, loadEnv } from './config.ts';
import { audit } from './desk/audit.ts';
import { tellDifference } from './desk/difference.ts';
import { repair } from './desk/repair.ts';
import { createLog, type Log } from './log.ts';
import { type Closing, createClosing, stopOnSignals } from './main/closing.ts';
import { modelsOnce } from './main/models.ts';
import { type Role, roles, type Serving, works } from './main/role.ts';
import { startTrouble } from './main/trouble.ts';
import { startWeb } from './main/web.ts';
import { type Parts, wire } from './main/wire.ts';
import { startIntake, startWork } from './main/work.ts';
import { openRedis } from './redis.ts';
import { startSandbox } from './sandbox/server.ts';
import { sandboxCards } from './video/cards.ts';

const looked = ({ room }: Parts): string =>
  room?.hooks ? 'announced by webhooks, and looked for where they do not come' : 'looked for by polls alone';

const budgetOf = ({ money, credits }: NonNullable<Config['budget']>): string =>
  [...(money === undefined ? [] : [money]), ...(credits === undefined ? [] : [`${credits} credits`])].join(' and ');

function banner(config: Config, parts: Parts, address: string): string {
  const { credits, window } = config.quota;
  return [
    '',
    '  Dailies is ready.',
    '',
    `  Studio   ${config.studio.on ? address : 'off'}`,
    ...(parts.discord
      ? [`  Discord  ${parts.discord.connected() ? 'connected' : 'not connected yet; see the log'}`]
      : []),
    ...(parts.slack ? [`  Slack    ${parts.slack.connected() ? 'connected' : 'not connected yet; see the log'}`] : []),
    `  Redis    ${parts.house.describe}`,
    `  Videos   ${parts.gateway.describe}`,
    ...(config.video ? [`           dialect ${config.video.dialect}; films are ${looked(parts)}`] : []),
    `  Quota    ${credits} credits a ${window} for each member`,
    ...(config.budget ? [`  Budget   ${budgetOf(config.budget)} a ${config.budget.window}, a hard stop`] : []),
    '',
  ].join('\n');
}

/** Starts a role and returns when it serves; SIGTERM and SIGINT end it within 15 s. What cannot start leaves nothing behind. */
async function start(role: Serving, config: Config, log: Log): Promise<void> {
  if (role === 'bot' && !config.discord && !config.slack) {
    throw new ConfigError([
      'bot: no chat is set up (DISCORD_TOKEN, SLACK_BOT_TOKEN); the studio is served by the roles all and web',
    ]);
  }
  const closing = createClosing(log);
  stopOnSignals(closing, log);
  try {
    await open(role, config, log, closing);
  } catch (error) {
    await Promise.race([closing.run(), new Promise((resolve) => setTimeout(resolve, 5_000))]);
    throw error;
  }
}

async function open(role: Serving, config: Config, log: Log, closing: Closing): Promise<void> {
  const house = await openRedis({ url: config.redisUrl, dataDir: config.dataDir, log });
  closing.add('Redis', house.close);
  if (role !== 'all' && house.kind === 'embedded') {
    throw new ConfigError([
      `${role}: a role of its own shares a Redis with the others; set REDIS_URL, or install redis-server`,
    ]);
  }
  if (config.video && house.kind === 'embedded') {
    throw new ConfigError([
      'VIDEO_API_URL: what was paid for and what is left of BUDGET_MONEY must outlive this process; set REDIS_URL, or install redis-server',
    ]);
  }
  const parts = await wire(role, config, log, house, closing);
  await parts.catalog.refresh();
  const worker = works(role) ? startWork(config, parts, log, closing) : undefined;
  const shows = role === 'all' || role === 'web';
  const options = {
    studio: shows && config.studio.on,
    pages: shows,
    slack: role !== 'worker',
    connected: () => role !== 'bot' || [parts.discord, parts.slack].every((chat) => chat?.connected() ?? true),
  };
  const address = await startWeb(config, parts, options, closing);
  if (role !== 'worker') {
    const intake = startIntake(parts, worker?.nudge ?? (() => undefined), closing);
    await parts.studio.receiver.listen(intake.handle);
    closing.add('studio', parts.studio.receiver.close);
    if (parts.discord && role !== 'web') {
      closing.add('Discord', parts.discord.receiver.close);
      const { listenToDiscord } = await import('./main/discord.ts');
      await listenToDiscord(parts.discord, intake.handle, { metrics: parts.metrics, log });
    }
    // What comes by HTTP comes to any of them.
    if (parts.slack && (role !== 'web' || parts.slack.serve)) {
      closing.add('Slack', parts.slack.receiver.close);
      const { listenToSlack } = await import('./main/slack.ts');
      await listenToSlack(parts.slack, intake.handle, parts.metrics);
    }
  }
  log.info({ role, address, redis: house.kind }, 'ready');
  if (role === 'all') process.stdout.write(`${banner(config, parts, address)}\n`);
}

/** The sandbox alone, for trying a client against it. */
async function sandboxAlone(config: Config, log: Log): Promise<void> {
  const closing = createClosing(log);
  stopOnSignals(closing, log);
  const dir = join(config.dataDir, 'sandbox');
  const { host, port } = config;
  const sandbox = await startSandbox({ cards: sandboxCards, key: 'sandbox', dir, host, port, log });
  closing.add('sandbox', sandbox.close);
  process.stdout.write(`\n  The sandbox gateway is ready at ${sandbox.url}, with the key "sandbox".\n\n`);
}

/** Prints what the audit found; the exit code is 1 when anything disagrees. */
async function auditOnce(config: Config, repairs: boolean, log: Log): Promise<void> {
  const house = await openRedis({ url: config.redisUrl, dataDir: config.dataDir, log });
  try {
    if (house.kind === 'embedded') {
      process.stdout.write('There is nothing to audit: the embedded Redis forgets at exit.\n');
      return;
    }
    const redis = house.connect('audit');
    const { spaces, jobs, lines, differences, mended } = repairs
      ? await repair(redis)
      : { ...(await audit(redis)), mended: [] };
    for (const one of mended) process.stdout.write(`put right: ${one}\n`);
    for (const one of differences) process.stdout.write(`${tellDifference(one)}\n`);
    process.stdout.write(`${spaces} spaces, ${jobs} jobs, ${lines} ledger lines; differences: ${differences.length}\n`);
    process.exitCode = differences.length === 0 ? 0 : 1;
  } finally {
    await house.close();
  }
}

/** What may follow a role. */
const following: Partial<Record<Role, readonly string[]>> = {
  register: ['clear'],
  manifest: ['http', 'oauth'],
  audit: ['--repair'],
};

/** The role, and what follows it. */
function readRole(words: readonly string[]): { role: Role; more: readonly string[] } {
  const [got = 'all', ...more] = words;
  const role = roles.find((name) => name === got);
  if (role && more.every((word) => following[role]?.includes(word))) return { role, more };
  throw new ConfigError([`role: got ${JSON.stringify(words.join(' '))}, takes one of ${roles.join(', ')}`]);
}

let config: Config | undefined;

async function main(): Promise<void> {
  const { role, more } = readRole(process.argv.slice(2));
  config = loadEnv(role !== 'models' && role !== 'register' && role !== 'manifest');
  const log = createLog(config.logLevel);
  process.on('unhandledRejection', (err) => log.error({ err }, 'a rejection was not handled'));
  if (role === 'sandbox') return sandboxAlone(config, log);
  if (role === 'audit') return auditOnce(config, more.includes('--repair'), log);
  if (role === 'models') return modelsOnce(config, log);
  if (role === 'manifest') return (await import('./main/slack-manifest.ts')).manifestOnce(config, more);
  if (role === 'register') return (await import('./main/discord.ts')).registerOnce(config, more.includes('clear'), log);
  return start(role, config, log);
}

main().catch((error: unknown) => {
  process.stderr.write(`${startTrouble(error, config)}\n`);
  process.exit(1);
});
