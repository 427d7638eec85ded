import type { FakeDiscord, FakeDiscordOptions } from './api.ts';
import { connect } from './client.ts';
import { serveDiscord } from './server.ts';

/** Starts the fake in this process. */
export async function startFakeDiscord(options: FakeDiscordOptions = {}): Promise<FakeDiscord> {
  const { close, ...address } = await serveDiscord(options);
  return connect(address, close);
}
