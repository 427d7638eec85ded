import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { commands } from '../commands/index.ts';
import { createStudio } from '../platforms/web/adapter.ts';
import { type Config, ConfigError, loadEnv } from './config.ts';
import { audit } from './desk/audit.ts';
import { createDesk } from './desk/desk.ts';
import { createLists } from './desk/lists.ts';
import { createRecords } from './desk/records.ts';
import type { Platform } from './domain/origin.ts';
import { spaceKey } from './domain/origin.ts';
import { windowAt } from './domain/policy.ts';
import { createIntake } from './intake.ts';
import { createLog, type Log } from './log.ts';
import { createMedia } from './media/media.ts';
import { createPictures } from './media/picture.ts';
import { createMetrics } from './metrics.ts';
import { createWakeUps } from './queue.ts';
import { openRedis, type RedisHouse } from './redis.ts';
import { startSandbox } from './sandbox/server.ts';
import { defaultCards, sandboxCards } from './video/cards.ts';
import { createVideoApi } from './video/client.ts';
import { createSchedule } from './video/schedule.ts';
import { startAdmission } from './worker/admission.ts';
import { startWorkers } from './worker/run.ts';

const roles = ['all', 'bot', 'worker', 'web', 'sandbox', 'audit'] as const;
type Role = (typeof roles)[number];
/** The roles that stay: `sandbox` stands alone, `audit` ends by itself. */
type Serving = Exclude<Role, 'sandbox' | 'audit'>;
const works = (role: Serving): boolean => role === 'all' || role === 'worker';

/** The studio is one space of its own. */
const studioSpace = 'studio';
/** Jobs handed to the queue at once when the number of films in the making is not limited. */
const submitWindow = 32;
/** Milliseconds: how long media stay; the longest stop. */
const keepMedia = 31 * 86_400_000;
const stopWithin = 15_000;

/** Things to close, the last opened first. */
function createClosing(log: Log) {
  const steps: { name: string; close: () => Promise<unknown> }[] = [];
  return {
    add: (name: string, close: () => Promise<unknown>) => void steps.push({ name, close }),
    run: async () => {
      for (const { name, close } of steps.reverse()) {
        await close().catch((err: unknown) => log.error({ err, part: name }, 'a part did not close'));
      }
    },
  };
}
type Closing = ReturnType<typeof createClosing>;

/** The gateway of the settings; without one a sandbox, in the process that works. The others only need to know its models. */
async function gatewayOf(role: Serving, config: Config, log: Log, closing: Closing) {
  if (config.video) return { ...config.video, models: defaultCards, describe: config.video.url };
  if (!works(role)) return { models: sandboxCards, describe: 'the sandbox of the worker', url: undefined, key: '' };
  const dir = join(config.dataDir, 'sandbox');
  const sandbox = await startSandbox({ cards: sandboxCards, key: 'sandbox', dir, log });
  closing.add('sandbox', sandbox.close);
  const describe = `a sandbox in this process, which makes real films for nothing (${sandbox.url})`;
  return { url: sandbox.url, key: 'sandbox', models: sandboxCards, describe };
}

/** All parts of the program, wired; a role then starts those it needs. */
async function wire(role: Serving, config: Config, log: Log, house: RedisHouse, closing: Closing) {
  const gateway = await gatewayOf(role, config, log, closing);
  const redis = house.connect('desk');
  const origins = gateway.url === undefined ? [] : [new URL(gateway.url).origin];
  const media = createMedia({ dir: join(config.dataDir, 'media'), origins });
  closing.add('media', media.close);
  const wakeUps = createWakeUps(house.connect('queues'));
  closing.add('queues', wakeUps.close);
  const desk = createDesk(redis);
  const records = createRecords(redis);
  const until = config.inFlight > 0 ? 'rendered' : 'submitted';
  const lists = createLists(redis, { until, longest: until === 'rendered' ? 1_800_000 : 60_000 });
  const metrics = createMetrics();
  const { models } = gateway;
  const window = () => windowAt(Date.now(), config.quota.window, config.quota.timeZone);
  const studio = createStudio({
    redis: house.connect('studio'),
    space: studioSpace,
    commands,
    models,
    media,
    desk,
    quota: (member) =>
      desk.quota(spaceKey({ platform: 'web', space: studioSpace }), member, window(), config.quota.credits),
    managers: config.managers,
    token: config.studio.token,
    publicUrl: config.publicUrl,
    log,
  });
  const platforms: Partial<Record<Platform, typeof studio>> = { web: studio };
  const on = (platform: Platform) => {
    const found = platforms[platform];
    if (!found) throw new Error(`${platform} is not set up`);
    return found;
  };
  const shared = { records, lists, wakeUps, log, poster: (platform: Platform) => on(platform).poster };
  return { gateway, house, redis, media, desk, metrics, models, studio, shared, on };
}
type House = Awaited<ReturnType<typeof wire>>;

function startIntake(config: Config, parts: House, nudge: () => void, closing: Closing) {
  const { shared, desk, models, media, metrics, on } = parts;
  const intake = createIntake({
    ...shared,
    commands,
    models,
    desk,
    pictures: createPictures(media),
    rights: (platform) => on(platform).rights,
    policy: async () => config.quota,
    nudge,
    counted: metrics.call,
  });
  closing.add('intake', intake.close);
  return intake;
}

function startWork(config: Config, parts: House, log: Log, closing: Closing) {
  const { shared, models, media, metrics, house, redis, gateway } = parts;
  if (gateway.url === undefined) throw new Error('a worker without a gateway');
  const video = createVideoApi({ baseUrl: gateway.url, key: gateway.key });
  closing.add('gateway client', video.close);
  const workers = startWorkers({
    connection: (purpose) => house.connect(purpose, { blocking: true }),
    tools: {
      ...shared,
      video,
      media,
      schedule: createSchedule({ redis, ...(config.video ? {} : { first: 800 }) }),
      model: (id) => models.find((card) => card.id === id),
      now: Date.now,
    },
    records: shared.records,
    wakeUps: shared.wakeUps,
    concurrency: { submit: submitWindow, poll: 200, deliver: 8 },
    log,
    measured: metrics.step,
  });
  closing.add('workers', workers.close);
  const admission = startAdmission({ ...shared, window: config.inFlight > 0 ? config.inFlight : submitWindow });
  closing.add('admission', admission.close);
  const sweeping = setInterval(() => {
    media.sweep(keepMedia).catch((err: unknown) => log.error({ err }, 'old media were not removed'));
  }, 6 * 3_600_000);
  closing.add('media sweep', async () => clearInterval(sweeping));
  return admission;
}

/** Health, metrics and, where the role has it, the studio, on one port. */
async function startWeb(config: Config, parts: House, withStudio: boolean, closing: Closing): Promise<string> {
  const app = new Hono();
  app.get('/healthz', (c) => c.text('ok'));
  app.get('/readyz', async (c) => {
    const ready = await parts.redis.ping().then(
      () => true,
      () => false,
    );
    return ready ? c.text('ready') : c.text('Redis does not answer', 503);
  });
  app.get('/metrics', async (c) => c.text(await parts.metrics.text()));
  if (withStudio) app.route('/', parts.studio.app);
  const { address, close } = await listen(app, config.host, config.port);
  closing.add('web', close);
  return address;
}

function listen(app: Hono, hostname: string, port: number) {
  return new Promise<{ address: string; close(): Promise<void> }>((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname, port }, (info) => {
      const host = hostname.includes(':') ? `[${hostname}]` : hostname;
      resolve({
        address: `http://${host}:${info.port}`,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      });
    });
    server.once('error', reject);
  });
}

function banner(config: Config, parts: House, address: string): string {
  const { credits, window } = config.quota;
  return [
    '',
    '  Dailies is ready.',
    '',
    `  Studio   ${config.studio.on ? address : 'off'}`,
    `  Redis    ${parts.house.describe}`,
    `  Videos   ${parts.gateway.describe}`,
    `  Quota    ${credits} credits a ${window} for each member`,
    '',
  ].join('\n');
}

/** Starts a role and returns when it serves; SIGTERM and SIGINT end it within 15 s. */
async function start(role: Serving, config: Config, log: Log): Promise<void> {
  if (role === 'bot') throw new ConfigError(['bot: no chat is set up; the studio is served by the roles all and web']);
  const closing = createClosing(log);
  stopOnSignals(closing, log);
  const house = await openRedis({ url: config.redisUrl, dataDir: config.dataDir, log });
  closing.add('Redis', house.close);
  if (role !== 'all' && house.kind === 'embedded') {
    await house.close();
    throw new ConfigError([
      `${role}: a role of its own shares a Redis with the others; set REDIS_URL, or install redis-server`,
    ]);
  }
  const parts = await wire(role, config, log, house, closing);
  const worker = works(role) ? startWork(config, parts, log, closing) : undefined;
  const withStudio = (role === 'all' || role === 'web') && config.studio.on;
  const address = await startWeb(config, parts, withStudio, closing);
  if (role !== 'worker') {
    const intake = startIntake(config, parts, worker?.nudge ?? (() => undefined), closing);
    await parts.studio.receiver.listen(intake.handle);
    closing.add('studio', parts.studio.receiver.close);
  }
  log.info({ role, address, redis: house.kind }, 'ready');
  if (config.video) log.warn({}, 'BUDGET_MONEY is not enforced yet by this version: watch the bill of the gateway');
  if (role === 'all') process.stdout.write(`${banner(config, parts, address)}\n`);
}

function stopOnSignals(closing: Closing, log: Log): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error({}, 'the stop took too long; what was under way is taken up at the next start');
      process.exit(1);
    }, stopWithin - 1_000).unref();
    void closing.run().then(() => {
      log.info({}, 'stopped');
      process.exit(0);
    });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
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
async function auditOnce(config: Config, log: Log): Promise<void> {
  const house = await openRedis({ url: config.redisUrl, dataDir: config.dataDir, log });
  try {
    if (house.kind === 'embedded') {
      process.stdout.write('There is nothing to audit: the embedded Redis forgets at exit.\n');
      return;
    }
    const { spaces, jobs, lines, problems } = await audit(house.connect('audit'));
    for (const problem of problems) process.stdout.write(`${problem}\n`);
    process.stdout.write(`${spaces} spaces, ${jobs} jobs, ${lines} ledger lines; differences: ${problems.length}\n`);
    process.exitCode = problems.length === 0 ? 0 : 1;
  } finally {
    await house.close();
  }
}

function readRole(words: readonly string[]): Role {
  const [got = 'all', ...rest] = words;
  const role = roles.find((name) => name === got);
  if (role && rest.length === 0) return role;
  throw new ConfigError([`role: got ${JSON.stringify(words.join(' '))}, takes one of ${roles.join(', ')}`]);
}

async function main(): Promise<void> {
  const role = readRole(process.argv.slice(2));
  const config = loadEnv();
  const log = createLog(config.logLevel);
  process.on('unhandledRejection', (err) => log.error({ err }, 'a rejection was not handled'));
  if (role === 'sandbox') return sandboxAlone(config, log);
  if (role === 'audit') return auditOnce(config, log);
  return start(role, config, log);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigError ? error.message : (error as Error).stack}\n`);
  process.exit(1);
});
