import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { type Cluster, Command, type Redis } from 'ioredis';
import { masters } from '../../src/desk/masters.ts';
import { readScript, scriptText } from '../../src/scripts.ts';

/** The slot of a cluster that a key lies in. */
export const slotOf = (key: string): number => Number(new Command('get', [key]).getSlot());

/** Every command of the client with keys in two slots is refused, as a cluster refuses it: on each engine, in every suite. */
export function refuseCrossSlot(client: Redis | Cluster): void {
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command: Command, ...more: []) => {
    const slots = new Set(command.getKeys().map((key) => slotOf(String(key))));
    if (slots.size < 2) return send(command, ...more);
    command.reject(
      new Error(`CROSSSLOT ${command.name} has keys in ${slots.size} slots: ${command.getKeys().join(' ')}`),
    );
    return command.promise;
  };
}

/** Makes the commands that mean one server mean all masters of a cluster: what they say alike is said once. */
export function spread(cluster: Cluster): void {
  const each = async <T>(act: (node: Redis) => Promise<T>): Promise<T[]> =>
    Promise.all((await masters(cluster)).map(act));
  const call = cluster.call.bind(cluster);
  const said = (answers: unknown[]): unknown => (new Set(answers).size === 1 ? answers[0] : answers.join('\n'));
  Object.assign(cluster, {
    flushall: () => each((node) => node.flushall()).then(said),
    keys: (pattern: string) => each((node) => node.keys(pattern)).then((found) => found.flat()),
    dbsize: () => each((node) => node.dbsize()).then((counts) => counts.reduce((sum, count) => sum + count, 0)),
    call: (name: string, ...args: string[]) =>
      name === 'CLIENT' ? each((node) => node.call(name, args)).then(said) : call(name, args),
    config: (...args: ['SET', string, string]) => each((node) => node.config(...args)).then(said),
  });
}

/** The Lua scripts of a folder as they are sent, by their digest; what others share is none by itself. */
function scriptsOf(folder: URL): [string, string][] {
  const names = readdirSync(folder).flatMap((file) => (file.endsWith('.lua') ? [file.slice(0, -4)] : []));
  const shared = names.flatMap((name) => /^-- WITH (.+)\n/.exec(readScript(name, folder))?.[1]?.split(' ') ?? []);
  // The studio sends its own as they are.
  const textOf = (name: string) =>
    folder.pathname.endsWith('/web/') ? readScript(name, folder) : scriptText(folder, name);
  return names
    .filter((name) => !shared.includes(name))
    .map((name) => [createHash('sha1').update(textOf(name)).digest('hex'), `${name}.lua`]);
}

/** Notes with which keys each script of the folders is run by the client; one that was not run has none. */
export function watchScripts(client: Redis, folders: URL[]): Map<string, string[][]> {
  const names = new Map(folders.flatMap(scriptsOf));
  const runs = new Map([...names.values()].map((name): [string, string[][]] => [name, []]));
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command: Command, ...more: []) => {
    const [script] = command.args;
    const digest = command.name === 'eval' ? createHash('sha1').update(String(script)).digest('hex') : String(script);
    if (/^eval(sha)?$/.test(command.name)) runs.get(names.get(digest) ?? '')?.push(command.getKeys().map(String));
    return send(command, ...more);
  };
  return runs;
}
