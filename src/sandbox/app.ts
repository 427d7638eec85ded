import { createHash, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cardFor, type ModelCard } from '../domain/model.ts';
import { readBody } from './form.ts';
import type { Gateway, SandboxLog } from './gateway.ts';
import { modelOf, parametersOf } from './models.ts';
import { moderated } from './moderations.ts';
import { nativeRoutes } from './native.ts';
import { type Order, readOrder } from './order.ts';
import { page } from './pages.ts';
import { answer, invalid, Refusal, refusalOf } from './refusal.ts';
import { openRequests } from './requests.ts';
import { serveFile } from './serveFile.ts';
import { costOf, type SandboxDialect, type Task, videoOf } from './task.ts';
import { welcome } from './welcome.ts';

export interface SandboxStats {
  /** Orders that came, whether taken or not. */
  submits: number;
  /** Tasks accepted, ever; a restart does not forget them. */
  billed: number;
  /** Orders answered with a task that was there already. */
  replays: number;
  polls: number;
  rendering: number;
  queued: number;
}

interface AppOptions {
  cards: readonly ModelCard[];
  key: string;
  gateway: Gateway;
  /** The folder that films lie in. */
  dir: string;
  /** Tells this sandbox from any other. */
  id: string;
  dialect: SandboxDialect;
  secret: string;
  log: SandboxLog;
}

const largest = 25 * 1024 * 1024;
const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
const originOf = (c: Context): string => new URL(c.req.url).origin;

/** The key may come as a header; the field wins. */
function withKey(fields: unknown, header: string | undefined): unknown {
  const takes = header !== undefined && fields !== null && typeof fields === 'object' && !Array.isArray(fields);
  return takes ? { idempotency_key: header, ...fields } : fields;
}

function estimateOf({ model, modelId, seconds }: Order): Record<string, unknown> {
  const total = Math.round(costOf(model, seconds) * 1e6);
  const components = [{ type: 'video', quantity: seconds, unit: 'second', cost_micros: total }];
  const price = { total_cost_micros: total, currency: 'USD', components };
  return { estimated: true, model: modelId, provider: 'sandbox', ...price };
}

/** The gateway's HTTP surface. */
export function sandboxApp(options: AppOptions): { app: Hono; stats(): SandboxStats } {
  const { cards, key, gateway, dir, id, dialect, secret, log } = options;
  const counts = { submits: 0, replays: 0, polls: 0 };
  const stats = (): SandboxStats => ({ ...counts, ...gateway.count() });
  const expected = hash(`Bearer ${key}`);
  const requests = openRequests(gateway.tasks);
  const shown = (c: Context, task: Task) => videoOf(task, originOf(c), dialect);
  const nowhere = () => new Refusal(404, 'NOT_FOUND', 'There is nothing at this address.');

  function film(c: Context, task: Task): Promise<Response> {
    if (task.file === undefined) throw new Refusal(404, 'NOT_READY', 'This video has no film, or not yet.');
    if ((task.expiresAt ?? 0) <= Date.now()) throw new Refusal(410, 'EXPIRED', 'The link to this film has expired.');
    return serveFile(join(dir, task.file), c.req.header('range'));
  }

  const api = new Hono();
  api.use(async (c, next) => {
    if (!timingSafeEqual(hash(c.req.header('authorization') ?? ''), expected)) {
      throw new Refusal(401, 'AUTHENTICATION_FAILED', 'The API key is missing or wrong.');
    }
    await next();
  });
  const tooLarge = () => answer(new Refusal(413, 'INVALID_REQUEST', 'The request is larger than 25 MB.'));
  api.post('/videos', bodyLimit({ maxSize: largest, onError: tooLarge }), async (c) => {
    const dry = c.req.query('dryRun') === 'true';
    if (!dry) counts.submits++;
    const { fields: came, files } = await readBody(c.req.raw);
    const fields = withKey(came, c.req.header('idempotency-key'));
    try {
      const order = await readOrder({ fields, files }, cards);
      if (dry) return c.json(estimateOf(order));
      const { task, replay } = gateway.accept(order);
      if (replay) counts.replays++;
      return c.json(shown(c, task), replay ? 200 : 202);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal && !dry) requests.refused(fields, refusal);
      throw error;
    }
  });
  api.post('/moderations', bodyLimit({ maxSize: largest, onError: tooLarge }), async (c) => {
    const { fields } = await readBody(c.req.raw);
    return c.json(moderated(fields));
  });
  api.get('/videos', (c) => {
    const { after, limit, order } = c.req.query();
    if (order !== undefined && order !== 'asc' && order !== 'desc') throw invalid('order: takes asc or desc.');
    const tasks = [...gateway.tasks()].filter((task) => !task.deleted);
    const { data, more } = page(order === 'asc' ? tasks : tasks.reverse(), { after, limit });
    const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
    return c.json({ object: 'list', data: data.map((task) => shown(c, task)), ...ends, has_more: more });
  });
  api.get('/videos/:id', (c) => {
    counts.polls++;
    return c.json(shown(c, gateway.get(c.req.param('id'))));
  });
  api.get('/videos/:id/content', (c) => {
    if (dialect === 'output') throw nowhere();
    if (![undefined, 'video'].includes(c.req.query('variant'))) throw invalid('variant: only the video is kept here.');
    return film(c, gateway.get(c.req.param('id')));
  });
  api.delete('/videos/:id', (c) => {
    const video = c.req.param('id');
    if (dialect === 'content') {
      gateway.remove(video);
      return c.json({ id: video, object: 'video.deleted', deleted: true });
    }
    gateway.cancel(video);
    return c.body(null, 204);
  });
  api.get('/models', (c) => {
    const data = cards.flatMap((card) => [card.id, ...card.snapshots]).map(modelOf);
    return c.json({ object: 'list', data });
  });
  api.get('/models/:id', (c) => {
    const model = c.req.param('id');
    const card = cardFor(cards, model);
    if (!card) throw new Refusal(404, 'MODEL_NOT_FOUND', 'There is no such model.');
    return c.json(c.req.query('schema') === 'true' ? parametersOf(card) : modelOf(model));
  });

  const app = new Hono();
  app.get('/', (c) => c.text(welcome));
  app.get('/sandbox/id', (c) => c.text(id));
  app.get('/sandbox/stats', (c) => c.json(stats()));
  app.get('/media/:name', (c) => {
    const task = gateway.byToken(c.req.param('name').replace(/\.mp4$/, ''));
    if (!task || dialect === 'content') throw new Refusal(404, 'NOT_FOUND', 'There is no such film.');
    return film(c, task);
  });
  app.route('/v1', api);
  app.route('/openai/v1', api);
  // After the others, so that their guard stands before these too.
  app.route('/v1', nativeRoutes({ requests, secret }));
  app.notFound(() => answer(nowhere()));
  app.onError((error) => {
    const refusal = refusalOf(error);
    if (refusal) return answer(refusal);
    log.error({ err: error }, 'the sandbox failed to answer');
    return answer(new Refusal(500, 'INTERNAL_ERROR', 'The sandbox failed; its log says why.'));
  });
  return { app, stats };
}
