import { randomUUID } from 'node:crypto';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { cardOf } from '../../src/domain/card.ts';
import type { Call, Command, Reply } from '../../src/domain/command.ts';
import type { Desk } from '../../src/domain/desk.ts';
import type { Quota } from '../../src/domain/ledger.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import type { Log } from '../../src/ports.ts';
import type { StudioEnv } from './access.ts';
import type { Board } from './board.ts';
import type { CommandJson } from './forms.ts';
import { type Freshen, freshened, type Live } from './live.ts';
import { type Asked, BadRequest, readAsked, readBody, readJson, readMember, readPress, toCall } from './parse.ts';
import { messageId } from './post.ts';
import { renderJob, renderMessage, renderReply, textOf, visible } from './render.ts';
import { type Rooms, readThread } from './rooms.ts';
import { say } from './words.ts';

/** How many of a member's films `GET /api/jobs` lists. */
const jobsMax = 50;

export interface ApiParts {
  space: string;
  commands: readonly Command[];
  described(): CommandJson[];
  desk: Pick<Desk, 'job' | 'position' | 'jobsOf'>;
  quota(member: string): Promise<Quota>;
  board: Board;
  rooms: Rooms;
  live: Live;
  freshen: Freshen;
  take(call: Call): Promise<Reply>;
  log: Log;
}

type Ctx = Context<StudioEnv>;

const memberOf = (c: Ctx): string => readMember(c.req.header('x-member') ?? c.req.query('member'));

/** The body, or an answer already sent to whoever sends too much: at once, while the rest is read off and thrown away. */
async function bodyOf(c: Ctx): Promise<Buffer | Response> {
  const { incoming, outgoing } = c.env;
  const { bytes, ended } = readBody(incoming);
  const body = await bytes;
  if (body) return body;
  const text = JSON.stringify({ error: say('error.large'), field: 'body' });
  outgoing.writeHead(400, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  outgoing.write(text);
  await ended;
  outgoing.end();
  return RESPONSE_ALREADY_SENT;
}

const talkSchema = z.object({ text: z.string().trim().min(1).max(2000), id: z.string().min(1).max(128).optional() });

/** The studio's API under `/api`, as the README documents it. */
export function api(parts: ApiParts): Hono<StudioEnv> {
  const { space, board, rooms, desk, log } = parts;
  const app = new Hono<StudioEnv>();

  /** Puts a call through the house, and its answer on the board, but for one that was to be quiet. */
  async function answer(c: Ctx, wish: Asked, member: string, thread: string): Promise<Response> {
    const { channel } = await rooms.enter(thread);
    const call = toCall(wish, { space, channel, thread, member });
    const reply = await parts.take(call);
    const id = messageId('reply', call.key);
    if (reply.parts.length > 0 && !wish.quiet) {
      const to = reply.to === 'private' ? { to: member } : {};
      const note = { author: say('bot'), bot: true, text: textOf(reply.parts), parts: reply.parts, ...to };
      // The call is taken, and its answer goes out with this request, whatever becomes of the board.
      await board.put(thread, id, note).catch((error: unknown) => {
        log.warn({ err: error, thread }, 'an answer did not get onto the board');
      });
    }
    return c.json({ id: reply.jobs[0] ?? id, reply: renderReply(reply), jobs: reply.jobs }, 202);
  }

  app.post('/threads/:thread/calls', async (c) => {
    const member = memberOf(c);
    const thread = readThread(c.req.param('thread'));
    const body = await bodyOf(c);
    if (body instanceof Response) return body;
    return answer(c, await readAsked(body, c.req.header('content-type') ?? '', parts.commands), member, thread);
  });

  app.post('/threads/:thread/actions', async (c) => {
    const member = memberOf(c);
    const thread = readThread(c.req.param('thread'));
    const body = await bodyOf(c);
    return body instanceof Response ? body : answer(c, readPress(body), member, thread);
  });

  app.post('/threads/:thread/messages', async (c) => {
    const member = memberOf(c);
    const thread = readThread(c.req.param('thread'));
    const body = await bodyOf(c);
    if (body instanceof Response) return body;
    const talk = talkSchema.safeParse(readJson(body));
    if (!talk.success) throw new BadRequest('error.talk', 'text');
    await rooms.enter(thread);
    const id = messageId('talk', `${thread}:${member}:${talk.data.id ?? randomUUID()}`);
    await board.put(thread, id, { author: member, bot: false, text: talk.data.text });
    return c.json({ id }, 202);
  });

  app.get('/threads/:thread/messages', async (c) => {
    const member = memberOf(c);
    const posted = await board.messages(readThread(c.req.param('thread')));
    const mine = posted.filter((one) => visible(one, member));
    return c.json((await freshened(mine, parts.freshen)).map((one) => renderMessage(one)));
  });

  app.get('/threads/:thread/events', (c) => {
    const member = memberOf(c);
    const thread = readThread(c.req.param('thread'));
    const after = c.req.header('last-event-id') ?? c.req.query('after');
    c.header('Cache-Control', 'no-store');
    c.header('Content-Type', 'text/event-stream');
    c.header('X-Accel-Buffering', 'no');
    return c.body(parts.live.stream(thread, member, after));
  });

  app.get('/quota', async (c) => c.json(await parts.quota(memberOf(c))));

  app.get('/jobs', async (c) => {
    const key = spaceKey({ platform: 'web', space });
    const jobs = await desk.jobsOf(key, memberOf(c), jobsMax);
    const cards = jobs.map(async (job) => cardOf(job, await desk.position({ space: key, id: job.request.id })));
    return c.json((await Promise.all(cards)).map(renderJob));
  });

  app.get('/commands', (c) => c.json(parts.described()));
  app.get('/channels', async (c) => c.json(await rooms.list()));

  app.post('/channels/:channel/threads', async (c) => {
    memberOf(c);
    const body = await bodyOf(c);
    if (body instanceof Response) return body;
    const sent = readJson(body);
    const title = sent !== null && typeof sent === 'object' && 'title' in sent ? sent.title : undefined;
    return c.json({ id: await rooms.make(c.req.param('channel'), title) }, 201);
  });

  app.all('*', () => {
    throw new BadRequest('error.none', undefined, 404);
  });
  return app;
}
