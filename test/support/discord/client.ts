import type { FakeDiscord, Verbs } from './api.ts';
import type { Address } from './server.ts';

const verbs: { [Verb in keyof Verbs]: true } = {
  ...{ makeGuild: true, makeRole: true, makeMember: true, makeChannel: true, openDm: true, changeGuild: true },
  ...{ changeChannel: true, deleteChannel: true, deleteMessage: true, leave: true, slash: true, messageCommand: true },
  ...{ press: true, submit: true, autocomplete: true, repeat: true, say: true, dropGateway: true },
  ...{ invalidateSession: true, reconnect: true, fail: true, faultsLeft: true, forgetFaults: true, advance: true },
  ...{ configure: true, interaction: true, interactions: true, messages: true, message: true, channel: true },
  ...{ commands: true, requests: true, sessions: true, stats: true },
};

async function ask(origin: string, verb: string, given: unknown): Promise<unknown> {
  const reply = await fetch(`${origin}/control/${verb}`, { method: 'POST', body: JSON.stringify({ given }) });
  const text = await reply.text();
  if (reply.status === 500) throw new Error(`the fake Discord itself failed: ${text}`);
  const told: { result?: unknown; error?: string } = JSON.parse(text);
  if (told.error !== undefined) throw new Error(`${verb}: ${told.error}`);
  return told.result;
}

/** The verbs of a running fake, in this process or another. */
export function connect(address: Address, close: () => Promise<void>): FakeDiscord {
  const { origin } = address;
  const asked = Object.keys(verbs).map((verb) => [verb, (given: unknown) => ask(origin, verb, given)]);
  return { ...(Object.fromEntries(asked) as Verbs), ...address, api: `${origin}/api`, close };
}
