import type { FakeSlack, FakeSlackOptions } from './api.ts';
import { connect } from './client.ts';
import { serveSlack } from './server.ts';

/** Starts the fake in this process. */
export async function startFakeSlack(options: FakeSlackOptions = {}): Promise<FakeSlack> {
  const { close, ...address } = await serveSlack(options);
  return connect(address, close);
}
