import { forkFake } from '../fork.ts';
import type { FakeSlack, FakeSlackOptions } from './api.ts';
import { connect } from './client.ts';
import type { Address } from './server.ts';

/** Starts the fake in a process of its own, which ends with this one. */
export async function forkFakeSlack(options: FakeSlackOptions = {}): Promise<FakeSlack> {
  const entry = 'test/support/slack/process.ts';
  const { address, close } = await forkFake<Address>('the fake Slack', entry, options);
  return connect(address, close);
}
