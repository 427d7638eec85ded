import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { stillFilm } from '../../src/sandbox/still.ts';
import { answering, optionsOf } from './child.ts';

const { least, most, finishWithin } = optionsOf(
  z.object({ least: z.number(), most: z.number(), finishWithin: z.number().default(0) }),
);

const film = await stillFilm(854, 480, 2);
const doneAt = new Map<string, number>();
const counts = { submits: 0, polls: 0, films: 0 };
/** The golden ratio spreads them evenly over 0–1, whatever their number. */
const shareOf = (n: number): number => (n * 0.618034) % 1;

function answer(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}

async function submit(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { idempotency_key: key } = z.object({ idempotency_key: z.string() }).parse(JSON.parse(await bodyOf(request)));
  const id = `video_${key}`;
  if (!doneAt.has(id)) {
    doneAt.set(id, Date.now() + least + shareOf(counts.submits) * (most - least));
    counts.submits += 1;
  }
  answer(response, 202, { id, status: 'queued' });
}

function poll(id: string, origin: string, response: ServerResponse): void {
  counts.polls += 1;
  const at = doneAt.get(id);
  if (at === undefined) answer(response, 404, { error: { code: 'NOT_FOUND', message: 'no such video' } });
  else if (at > Date.now()) answer(response, 200, { id, status: 'in_progress', progress: 50 });
  else answer(response, 200, { id, status: 'completed', progress: 100, output: { url: `${origin}/film.mp4` } });
}

/** A gateway that costs next to nothing: every film is the same, and there `least` to `most` milliseconds after its submit. */
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const path = request.url ?? '';
  if (request.method === 'POST') {
    submit(request, response).catch((error: unknown) => answer(response, 400, { error: { message: String(error) } }));
  } else if (path === '/film.mp4') {
    counts.films += 1;
    response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': film.length }).end(film);
  } else poll(decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)), `http://${request.headers.host}`, response);
});
const listening = new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 4096, resolve));

answering(
  {
    url: async () => {
      await listening;
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    },
    counts: () => counts,
    finish: () => {
      const now = Date.now();
      for (const [n, id] of [...doneAt.keys()].entries()) doneAt.set(id, now + shareOf(n) * finishWithin);
      return null;
    },
  },
  async () => server.closeAllConnections(),
);
