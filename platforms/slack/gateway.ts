import { createHttp } from './http.ts';
import type { Line, LineOptions } from './line.ts';
import { createSocket } from './socket.ts';

export { AppTokenRefused, type Events } from './line.ts';

/** The line over which payloads come: a socket where there is an app-level token, else HTTP. */
export function createGateway(options: LineOptions): Line {
  const { events } = options;
  return 'appToken' in events ? createSocket(options, events.appToken) : createHttp(options, events.signingSecret);
}
