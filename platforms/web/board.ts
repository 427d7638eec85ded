import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from 'ioredis';
import type { Card } from '../../src/domain/card.ts';
import type { Part } from '../../src/domain/command.ts';
import { spaceKey } from '../../src/domain/origin.ts';

/** How many messages a thread keeps, and for how many seconds after its last one. */
export const kept = { messages: 1000, seconds: 30 * 24 * 3600 };

/** What a thread's id may look like. */
export const threadPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** A film as the board keeps it; `name` is its name in the media store. */
export interface Screening {
  name: string;
  seconds: number;
  width: number;
  height: number;
  /** Whose it is; left out of one that is shown without its maker. */
  job?: string;
  requester?: string;
  /** Covered until somebody uncovers it. */
  spoiler?: boolean;
}

/** What somebody put on the board. `to` makes it visible to that member alone. */
export interface Note {
  author: string;
  bot: boolean;
  text: string;
  to?: string;
  parts?: Part[];
  card?: Card;
  video?: Screening;
  /** A picture's name in the media store. */
  picture?: string;
  /** A thread that was opened under it. */
  opens?: Pick<Thread, 'id' | 'title'>;
}

/** A note in its thread. `at` is Unix milliseconds, no two alike in one thread; `change` numbers the thread's changes. */
export interface Posted extends Note {
  id: string;
  at: number;
  change: number;
}

/** `made` and `last` (its newest message) are Unix milliseconds; `changes` counts what was put or replaced. */
export interface Thread {
  id: string;
  channel: string;
  title: string;
  made: number;
  last: number;
  changes: number;
}

/** The studio's own chat: threads and messages in Redis, since no vendor keeps them. Redis away: its client's own error. */
export interface Board {
  /** The newest first, 200 at most. */
  threads(): Promise<Thread[]>;
  thread(id: string): Promise<Thread | undefined>;
  /** Makes a thread; one that is there stays as it is. */
  open(thread: Pick<Thread, 'id' | 'channel' | 'title'>): Promise<void>;
  /** The same `id` again changes nothing (`old`), but by a higher `version`. `gone`: there is no such thread. */
  put(thread: string, id: string, note: Note, version?: number): Promise<'put' | 'old' | 'gone'>;
  /** All of a thread, the oldest first. */
  messages(thread: string): Promise<Posted[]>;
  /** What changed after a change, in the order of the changes. */
  changed(thread: string, after: number): Promise<Posted[]>;
  find(thread: string, id: string): Promise<Posted | undefined>;
}

const script = (name: string): string => readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8');
const openScript = script('open');
const putScript = script('put');

function read(id: string, stored: string | null | undefined): Posted | undefined {
  const found = /^\d+ (\d+) (\d+) (.*)$/s.exec(stored ?? '');
  if (!found) return undefined;
  const note = JSON.parse(found[3] as string) as Note;
  return { ...note, id, at: Number(found[1]), change: Number(found[2]) };
}

/** The board of one space; all its keys lie in the space's slot. */
export function createBoard(redis: Redis | Cluster, space: string): Board {
  const base = `dailies:{${spaceKey({ platform: 'web', space })}}:board`;
  const threadsKey = `${base}:threads`;
  const threadKey = (id: string): string => `${base}:t:${id}`;

  async function fill(thread: string, ids: string[]): Promise<Posted[]> {
    if (ids.length === 0) return [];
    const stored = await redis.hmget(`${threadKey(thread)}:m`, ...ids);
    return ids.flatMap((id, index) => read(id, stored[index]) ?? []);
  }

  async function thread(id: string): Promise<Thread | undefined> {
    const [channel, title, ...numbers] = await redis.hmget(
      threadKey(id),
      'channel',
      'title',
      'made',
      'last',
      'changes',
    );
    const [made = 0, last = 0, changes = 0] = numbers.map(Number);
    return channel ? { id, channel, title: title ?? id, made, last, changes } : undefined;
  }

  return {
    thread,
    async threads() {
      const ids = await redis.zrevrange(threadsKey, 0, 199);
      const found = await Promise.all(ids.map(thread));
      return found.filter((one) => one !== undefined);
    },
    async open({ id, channel, title }) {
      await redis.eval(openScript, 2, threadKey(id), threadsKey, id, channel, title, String(kept.seconds));
    },
    async put(id, message, note, version = 0) {
      const key = threadKey(id);
      const keys = [key, `${key}:m`, `${key}:o`, `${key}:c`, threadsKey];
      const args = [id, message, String(version), JSON.stringify(note), String(kept.messages), String(kept.seconds)];
      return (await redis.eval(putScript, keys.length, ...[...keys, ...args])) as 'put' | 'old' | 'gone';
    },
    async messages(id) {
      return fill(id, await redis.zrange(`${threadKey(id)}:o`, '0', '-1'));
    },
    async changed(id, after) {
      return fill(id, await redis.zrangebyscore(`${threadKey(id)}:c`, `(${after}`, '+inf'));
    },
    async find(id, message) {
      return read(message, await redis.hget(`${threadKey(id)}:m`, message));
    },
  };
}
