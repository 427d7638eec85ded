import { forkFake } from '../fork.ts';
import type { FakeDiscord, FakeDiscordOptions } from './api.ts';
import { connect } from './client.ts';
import type { Address } from './server.ts';

/** Starts the fake in a process of its own, which ends with this one. */
export async function forkFakeDiscord(options: FakeDiscordOptions = {}): Promise<FakeDiscord> {
  const entry = 'test/support/discord/process.ts';
  const { address, close } = await forkFake<Address>('the fake Discord', entry, options);
  return connect(address, close);
}
