import { createHash, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ModelCard } from '../domain/model.ts';
import { costOf, type Gateway, type SandboxLog } from './gateway.ts';
import { readOrder } from './order.ts';
import { answer, invalid, Refusal, refusalOf } from './refusal.ts';
import { serveFile } from './serveFile.ts';
import { type Task, videoOf } from './task.ts';

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
  log: SandboxLog;
}

const largest = 25 * 1024 * 1024;
const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
const originOf = (c: Context): string => new URL(c.req.url).origin;

const welcome = `This is the Dailies sandbox: a video gateway that speaks the API of the real one and renders small films by itself.

POST   /v1/videos              {"model","prompt","seconds","size","input_reference","idempotency_key"}; ?dryRun=true estimates
GET    /v1/videos/:id          the video's status; output.url once it is completed
GET    /v1/videos/:id/content  the film's bytes
DELETE /v1/videos/:id          cancels
GET    /v1/models  /v1/models/:id
GET    /sandbox/stats

All of /v1 (also as /openai/v1) takes "Authorization: Bearer <key>".
A prompt with the word "forbidden" is declined with CONTENT_POLICY_VIOLATION; one with "fail please" is accepted and then fails.
`;

/** The gateway's HTTP surface. */
export function sandboxApp({ cards, key, gateway, dir, id, log }: AppOptions): { app: Hono; stats(): SandboxStats } {
  const counts = { submits: 0, replays: 0, polls: 0 };
  const stats = (): SandboxStats => ({ ...counts, ...gateway.count() });
  const expected = hash(`Bearer ${key}`);
  const modelOf = ({ id }: ModelCard) => ({ id, object: 'model', created: 1_759_190_400, owned_by: 'sandbox' });

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
    const order = await readOrder(c.req.raw, cards);
    if (dry) {
      const total = Math.round(costOf(order.model.weight, order.seconds) * 1e6);
      const components = [{ type: 'video', quantity: order.seconds, unit: 'second', cost_micros: total }];
      const price = { total_cost_micros: total, currency: 'USD', components };
      return c.json({ estimated: true, model: order.model.id, provider: 'sandbox', ...price });
    }
    const { task, replay } = gateway.accept(order);
    if (replay) counts.replays++;
    return c.json(videoOf(task, originOf(c)), replay ? 200 : 202);
  });
  api.get('/videos/:id', (c) => {
    counts.polls++;
    return c.json(videoOf(gateway.get(c.req.param('id')), originOf(c)));
  });
  api.get('/videos/:id/content', (c) => {
    if (![undefined, 'video'].includes(c.req.query('variant'))) throw invalid('variant: only the video is kept here.');
    return film(c, gateway.get(c.req.param('id')));
  });
  api.delete('/videos/:id', (c) => {
    gateway.cancel(c.req.param('id'));
    return c.body(null, 204);
  });
  api.get('/models', (c) => c.json({ object: 'list', data: cards.map(modelOf) }));
  api.get('/models/:id', (c) => {
    const card = cards.find(({ id }) => id === c.req.param('id'));
    if (!card) throw new Refusal(404, 'MODEL_NOT_FOUND', 'There is no such model.');
    return c.json(modelOf(card));
  });

  const app = new Hono();
  app.get('/', (c) => c.text(welcome));
  app.get('/sandbox/id', (c) => c.text(id));
  app.get('/sandbox/stats', (c) => c.json(stats()));
  app.get('/media/:name', (c) => {
    const task = gateway.byToken(c.req.param('name').replace(/\.mp4$/, ''));
    if (!task) throw new Refusal(404, 'NOT_FOUND', 'There is no such film.');
    return film(c, task);
  });
  app.route('/v1', api);
  app.route('/openai/v1', api);
  app.notFound(() => answer(new Refusal(404, 'NOT_FOUND', 'There is nothing at this address.')));
  app.onError((error) => {
    const refusal = refusalOf(error);
    if (refusal) return answer(refusal);
    log.error({ err: error }, 'the sandbox failed to answer');
    return answer(new Refusal(500, 'INTERNAL_ERROR', 'The sandbox failed; its log says why.'));
  });
  return { app, stats };
}
