import type { FakeSlack, Verbs } from './api.ts';
import type { Address } from './server.ts';

const verbs: { [Verb in keyof Verbs]: true } = {
  ...{ makeTeam: true, makeUser: true, changeUser: true, makeChannel: true, makeGroupDm: true, changeChannel: true },
  ...{ makeGroup: true, changeGroup: true, changeScopes: true, deleteMessage: true, slash: true, press: true },
  ...{ messageShortcut: true, globalShortcut: true, openHome: true, pressHome: true, pressView: true, submit: true },
  ...{ closeView: true, mention: true, say: true, step: true, repeat: true, uninstall: true, revoke: true },
  ...{ dropSockets: true, configure: true, advance: true, fail: true, faultsLeft: true, forgetFaults: true },
  ...{ deed: true, deeds: true, view: true, viewOf: true, home: true, messages: true, message: true },
  ...{ ephemerals: true, dm: true, openDm: true, files: true, file: true, executions: true, execution: true },
  ...{ requests: true, sessions: true, stats: true },
};

async function ask(origin: string, verb: string, given: unknown): Promise<unknown> {
  const reply = await fetch(`${origin}/control/${verb}`, { method: 'POST', body: JSON.stringify({ given }) });
  const text = await reply.text();
  if (reply.status === 500) throw new Error(`the fake Slack itself failed: ${text}`);
  const told: { result?: unknown; error?: string } = JSON.parse(text);
  if (told.error !== undefined) throw new Error(`${verb}: ${told.error}`);
  return told.result;
}

/** The verbs of a running fake, in this process or another. */
export function connect(address: Address, close: () => Promise<void>): FakeSlack {
  const { origin } = address;
  const asked = Object.keys(verbs).map((verb) => [verb, (given: unknown) => ask(origin, verb, given)]);
  return { ...(Object.fromEntries(asked) as Verbs), ...address, api: `${origin}/api/`, close };
}
