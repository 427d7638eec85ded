import { randomBytes } from 'node:crypto';
import { base32 } from '../../src/domain/origin.ts';
import { type Board, type Thread, threadPattern } from './board.ts';
import { BadRequest } from './parse.ts';
import { channels } from './refer.ts';
import { say } from './words.ts';

export type Channel = (typeof channels)[number];

/** The thread that a newcomer sees. */
export const welcomeThread = 'welcome';

const isChannel = (name: string): name is Channel => channels.some((channel) => channel === name);

export interface Rooms {
  /** The channels, each with its threads, the newest first. */
  list(): Promise<{ id: Channel; title: string; threads: { id: string; title: string; last: number }[] }[]>;
  /** A thread by its id, made in the first channel when it is not there. */
  enter(id: string): Promise<Pick<Thread, 'id' | 'channel'>>;
  make(channel: string, title: unknown): Promise<string>;
  /** The thread that a newcomer sees, with the bot's first words. */
  welcome(): Promise<void>;
}

/** Throws {@link BadRequest} for what can be no thread's id. */
export function readThread(id: string): string {
  if (!threadPattern.test(id)) throw new BadRequest('error.thread', 'thread');
  return id;
}

export function createRooms(board: Board): Rooms {
  async function welcome(): Promise<void> {
    const there = await board.thread(welcomeThread);
    if (there && there.changes > 0) return;
    await board.open({ id: welcomeThread, channel: 'general', title: say('welcome.title') });
    await board.put(welcomeThread, 'welcome', { author: say('bot'), bot: true, text: say('welcome') });
  }
  return {
    welcome,
    async list() {
      await welcome();
      const threads = await board.threads();
      return channels.map((id) => ({
        id,
        title: say(`channel.${id}`),
        threads: threads
          .filter(({ channel }) => channel === id)
          .map(({ id: thread, title, last }) => ({ id: thread, title, last })),
      }));
    },
    async enter(id) {
      const found = await board.thread(readThread(id));
      if (found) return found;
      if (id === welcomeThread) await welcome();
      else await board.open({ id, channel: 'general', title: id });
      return { id, channel: 'general' };
    },
    async make(channel, title) {
      if (!isChannel(channel)) throw new BadRequest('error.channel', 'channel', 404);
      const text = typeof title === 'string' ? title.trim() : '';
      if (text === '' || [...text].length > 80) throw new BadRequest('error.title', 'title');
      const words = text
        .toLowerCase()
        .normalize('NFKD')
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, '')
        .slice(0, 40);
      const id = `${words || 'thread'}-${base32(randomBytes(4)).slice(0, 6)}`;
      await board.open({ id, channel, title: text });
      return id;
    },
  };
}
