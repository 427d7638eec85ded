import type { IncomingMessage, ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import type { GivenFault, SeenRequest, Stats } from './api.ts';
import { type Received, receive } from './body.ts';
import { answerOf, type Faults } from './faults.ts';
import { createLimits } from './limits.ts';
import { type Answer, Refused, unauthorized, unknownRoute } from './refusals.ts';
import type { Route } from './route.ts';
import type { World } from './world.ts';

/** A body came to be larger than the edge lets through. */
class TooLarge extends Error {}

/** The client is gone, or sent what is no body; nothing was done. */
class Broken extends Error {}

interface Target {
  route: Route;
  params: Record<string, string>;
}

function match(
  { method, path }: Route,
  asked: string,
  segments: readonly string[],
): Record<string, string> | undefined {
  const own = path.split('/');
  if (method !== asked || own.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of own.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(segment);
    else if (part !== segment) return undefined;
  }
  return params;
}

/** The request's body, as far as the edge lets it through. */
function limited(request: IncomingMessage, limit: number | null): NodeJS.ReadableStream & Transform {
  let size = 0;
  const through = new Transform({
    transform(chunk: Buffer, _, next) {
      size += chunk.length;
      if (limit !== null && size > limit) next(new TooLarge());
      else next(null, chunk);
    },
  });
  request
    .on('error', (error) => through.destroy(error))
    .on('close', () => {
      if (!request.complete) through.destroy(new Broken('the client went away'));
    });
  return request.pipe(through);
}

const html = '<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n</html>\r\n';

/** Answers below `/api/v10` and remembers what was asked. What goes wrong in a route itself is thrown. */
export function createRest(world: World, routes: readonly Route[], faults: Faults) {
  const requests: SeenRequest[] = [];
  const stats: Pick<Stats, 'requests' | 'invalid'> = { requests: 0, invalid: 0 };
  const limits = createLimits(world);

  function targetOf(method: string, path: string): Target | undefined {
    const segments = path.split('/');
    for (const route of routes) {
      const params = match(route, method, segments);
      if (params) return { route, params };
    }
    return undefined;
  }

  function perform(request: IncomingMessage, target: Target | undefined, url: URL, body: Received): Answer {
    if (!target) throw unknownRoute();
    const { route, params } = target;
    if (!route.open && request.headers.authorization !== `Bot ${world.settings.token}`) throw unauthorized();
    const headers = limits.count(route, params);
    try {
      const answer = route.run({ world, params, query: url.searchParams, body });
      return { ...answer, headers: { ...headers, ...answer.headers } };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      throw new Refused({ ...error.answer, headers: { ...headers, ...error.answer.headers } });
    }
  }

  function send(reply: ServerResponse, seen: SeenRequest, { status, body, headers = {} }: Answer): void {
    seen.status = status;
    seen.code = (body as { code?: number } | undefined)?.code ?? null;
    const scope = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-ratelimit-scope')?.[1];
    if (status === 401 || status === 403 || (status === 429 && scope !== 'shared')) stats.invalid++;
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const type =
      body === undefined ? {} : { 'content-type': typeof body === 'string' ? 'text/html' : 'application/json' };
    reply.writeHead(status, { ...type, ...headers }).end(text);
  }

  /**
   * A 413 while the body is still coming. Nothing more is read, and the connection ends when the client hangs up, or soon; not
   * at once, as the reset would overtake the answer.
   */
  function edge({ socket }: IncomingMessage, seen: SeenRequest): void {
    seen.status = 413;
    const head = ['HTTP/1.1 413 Request Entity Too Large', 'Content-Type: text/html', 'Connection: close'];
    socket.pause().end(`${head.join('\r\n')}\r\nContent-Length: ${html.length}\r\n\r\n${html}`);
    world.clock.later(1000, () => socket.destroy());
  }

  async function read(request: IncomingMessage, url: URL): Promise<Received> {
    const { edgeLimit } = world.settings;
    if (edgeLimit !== null && Number(request.headers['content-length'] ?? 0) > edgeLimit) throw new TooLarge();
    try {
      return await receive(limited(request, edgeLimit), request.headers);
    } catch (error) {
      if (error instanceof TooLarge || error instanceof Refused) throw error;
      if (request.complete) throw new Refused({ status: 400, body: { message: '400: Bad Request', code: 0 } });
      throw new Broken(`no body could be read of ${url.pathname}`, { cause: error });
    }
  }

  function truth(run: () => Answer): Answer {
    try {
      return run();
    } catch (error) {
      if (error instanceof Refused) return error.answer;
      throw error;
    }
  }

  async function answer(
    request: IncomingMessage,
    reply: ServerResponse,
    url: URL,
    seen: SeenRequest,
    fault?: GivenFault,
  ) {
    const target = targetOf(seen.method, url.pathname.slice('/api/v10'.length));
    const received = await read(request, url).catch((error: unknown) => {
      if (error instanceof Refused) return error;
      throw error;
    });
    const run = () =>
      truth(() => {
        if (received instanceof Refused) throw received;
        return perform(request, target, url, received);
      });
    if (fault && 'hang' in fault && fault.done === false) await world.clock.wait(fault.hang);
    if (request.socket.destroyed) return;
    const untouched = fault && 'status' in fault && !fault.done;
    const told = untouched ? answerOf(fault) : run();
    if (fault && 'cut' in fault) return void request.socket.resetAndDestroy();
    if (fault && 'hang' in fault && fault.done !== false) await world.clock.wait(fault.hang);
    await world.clock.wait(world.settings.latencyMs);
    send(reply, seen, fault && 'status' in fault ? answerOf(fault) : told);
  }

  return {
    requests,
    stats,
    async handle(request: IncomingMessage, reply: ServerResponse, url: URL): Promise<void> {
      const path = `${url.pathname.slice('/api/v10'.length)}${url.search}`;
      const seen: SeenRequest = { method: request.method ?? '', path, status: null, code: null, at: world.clock.now() };
      requests.push(seen);
      stats.requests++;
      const fault = faults.take(seen.method, path);
      if (fault && 'cut' in fault && fault.cut === 'before') return void request.socket.resetAndDestroy();
      try {
        await answer(request, reply, url, seen, fault);
      } catch (error) {
        if (error instanceof TooLarge) edge(request, seen);
        else if (error instanceof Broken) request.socket.destroy();
        else throw error;
      }
    },
  };
}
