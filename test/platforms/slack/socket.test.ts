import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { oneToken } from '../../../platforms/slack/installs.ts';
import { createSocket } from '../../../platforms/slack/socket.ts';
import { useClosing } from '../../support/closing.ts';
import { createTestLog } from '../../support/log.ts';
import { until } from '../../support/until.ts';
import { startTinySlack } from './tiny-slack.ts';

const { closing, later } = useClosing();
const helloWithin = 600;

/** A Slack that greets connections from the `first` one on, counted from 0; and a socket to it. */
async function connectedTo(first: number) {
  const sockets: WebSocket[] = [];
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  later(async () => {
    for (const one of server.clients) one.terminate();
    server.close();
  });
  server.on('connection', (one) => {
    if (sockets.push(one) > first) one.send(JSON.stringify({ type: 'hello', num_connections: 1 }));
  });
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { api } = closing(await startTinySlack(() => ({ ok: true, url })));
  const log = createTestLog();
  const tokens = oneToken('xoxb-1', `${api}/`, log);
  const line = closing(
    createSocket(
      { events: { appToken: 'xapp-1' }, tokens, api: `${api}/`, log, steps: [], take: async () => undefined },
      'xapp-1',
      helloWithin,
    ),
  );
  await line.connect();
  return { line, sockets, log };
}

test('a connection that was greeted stays', async () => {
  const { line, sockets, log } = await connectedTo(0);
  await until('connected', () => line.connected());
  await wait(helloWithin * 3);
  expect(sockets.map(({ readyState }) => readyState)).toEqual([1]);
  expect(log.lines.filter(({ message }) => message.includes('lost'))).toEqual([]);
});

test('one that is greeted by nobody is closed, and another is tried', async () => {
  const { line, sockets, log } = await connectedTo(1);
  await until('connected', () => line.connected());
  expect(sockets).toHaveLength(2);
  await until('closed', () => sockets[0]?.readyState === 3);
  const [told] = log.lines.filter(({ message }) => message.includes('could not be reached'));
  expect(String(told?.fields.err)).toContain(`no hello within ${helloWithin} ms`);
});
