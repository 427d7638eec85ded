import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = Record<string, unknown> | number;

/** One call of the Web API, as it came. */
export interface TinyCall {
  method: string;
  token: string | undefined;
  form: Record<string, string>;
}

async function formOf(req: IncomingMessage): Promise<Record<string, string>> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
}

/** A Web API on loopback that answers each method as the test says: with JSON, or with an HTTP status alone. */
export async function startTinySlack(answer: (call: TinyCall) => Answer) {
  const calls: TinyCall[] = [];
  const server = createServer(async (req, res) => {
    const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1];
    const call = { method: (req.url ?? '').replace(/^\/api\//, ''), token, form: await formOf(req) };
    calls.push(call);
    const said = answer(call);
    res.writeHead(typeof said === 'number' ? said : 200, { 'Content-Type': 'application/json' });
    res.end(typeof said === 'number' ? '{}' : JSON.stringify(said));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    api: `http://127.0.0.1:${port}/api`,
    calls,
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
