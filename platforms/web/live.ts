import { type Card, cardOf } from '../../src/domain/card.ts';
import type { Desk } from '../../src/domain/desk.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import type { Log } from '../../src/ports.ts';
import type { Board, Posted } from './board.ts';
import { renderMessage, visible } from './render.ts';

/** How often a watched thread is looked at, and how often the jobs in it, in milliseconds. */
const pace = { board: 200, jobs: 1000, beat: 15_000 };
/** How many unfinished jobs of a thread are kept fresh: the newest. */
const freshMax = 50;

/** A job's card as it stands now, with the position read anew; what it is on the board when the job is unknown or older. */
export type Freshen = (card: Card) => Promise<Card>;

export function createFreshen(desk: Pick<Desk, 'job' | 'position'>, space: string): Freshen {
  return async (card) => {
    const ref = { space: spaceKey({ platform: 'web', space }), id: card.job };
    const job = await desk.job(ref);
    if (!job || job.version < card.version) return card;
    return cardOf(job, await desk.position(ref));
  };
}

const moving = (posted: Posted): boolean => posted.card?.state === 'queued' || posted.card?.state === 'rendering';

/** Messages with the cards of unfinished jobs as they stand now. */
export async function freshened(messages: readonly Posted[], freshen: Freshen): Promise<Posted[]> {
  const fresh = new Set(messages.filter(moving).slice(-freshMax));
  return Promise.all(
    messages.map(async (one) => (one.card && fresh.has(one) ? { ...one, card: await freshen(one.card) } : one)),
  );
}

interface Follower {
  member: string;
  /** The number of the last change it has seen; of another making of the thread when `made` differs. */
  made: number;
  cursor: number;
  send(event: string): void;
}
interface Watch {
  followers: Set<Follower>;
  active: Map<string, Posted>;
  shown: Map<string, string>;
  seeded: number;
  looked: number;
  troubled: boolean;
}

/** A thread's messages to whoever has it open, as Server-Sent Events. */
export interface Live {
  /** The stream for one member; `after` is the id of the last event they have. It ends when they go or `close` is called. */
  stream(thread: string, member: string, after: string | undefined): ReadableStream<Uint8Array>;
  close(): void;
}

export function createLive(board: Board, freshen: Freshen, log: Log): Live {
  const watches = new Map<string, Watch>();
  const streams = new Set<() => void>();

  async function look(thread: string, watch: Watch): Promise<void> {
    const state = await board.thread(thread);
    if (!state) return;
    const followers = [...watch.followers];
    for (const follower of followers) {
      if (follower.made === state.made) continue;
      if (follower.cursor > 0) follower.send('event: reset\ndata: {}\n\n');
      follower.made = state.made;
      follower.cursor = 0;
    }
    const remake = watch.seeded !== state.made;
    const from = remake ? 0 : Math.min(...followers.map(({ cursor }) => cursor));
    if (from < state.changes) {
      const changed = await board.changed(thread, from);
      await tell(watch, followers, state.made, changed);
    }
    if (Date.now() - watch.looked >= pace.jobs) await refresh(watch);
  }

  async function tell(watch: Watch, followers: Follower[], made: number, changed: Posted[]): Promise<void> {
    if (watch.seeded !== made) watch.active.clear();
    watch.seeded = made;
    for (const posted of changed) {
      watch.shown.delete(posted.id);
      if (moving(posted)) watch.active.set(posted.id, posted);
      else watch.active.delete(posted.id);
    }
    for (const posted of await freshened(changed, freshen)) {
      const data = JSON.stringify(renderMessage(posted));
      for (const follower of followers) {
        if (posted.change <= follower.cursor) continue;
        follower.cursor = posted.change;
        if (visible(posted, follower.member)) {
          follower.send(`id: ${made}-${posted.change}\nevent: message\ndata: ${data}\n\n`);
        }
      }
    }
  }

  async function refresh(watch: Watch): Promise<void> {
    watch.looked = Date.now();
    for (const posted of [...watch.active.values()].slice(-freshMax)) {
      const data = JSON.stringify(renderMessage(posted, posted.card && (await freshen(posted.card))));
      if (watch.shown.get(posted.id) === data) continue;
      watch.shown.set(posted.id, data);
      for (const follower of watch.followers) {
        if (visible(posted, follower.member)) follower.send(`event: message\ndata: ${data}\n\n`);
      }
    }
  }

  async function turn(thread: string, watch: Watch): Promise<void> {
    try {
      if (watch.followers.size > 0) await look(thread, watch);
      watch.troubled = false;
    } catch (error) {
      if (!watch.troubled && watch.followers.size > 0)
        log.warn({ err: error, thread }, 'the board cannot be read; trying on');
      watch.troubled = true;
    }
    if (watch.followers.size > 0) setTimeout(() => void turn(thread, watch), pace.board);
    else if (watches.get(thread) === watch) watches.delete(thread);
  }

  function follow(thread: string, follower: Follower): () => void {
    const found = watches.get(thread);
    const watch: Watch = found ?? {
      followers: new Set(),
      active: new Map(),
      shown: new Map(),
      seeded: -1,
      looked: 0,
      troubled: false,
    };
    watch.followers.add(follower);
    if (!found) {
      watches.set(thread, watch);
      void turn(thread, watch);
    }
    return () => {
      watch.followers.delete(follower);
    };
  }

  return {
    stream(thread, member, after) {
      const [, made = 0, cursor = 0] = /^(\d{1,15})-(\d{1,15})$/.exec(after ?? '')?.map(Number) ?? [];
      const encoder = new TextEncoder();
      let stop = (): void => undefined;
      return new ReadableStream<Uint8Array>(
        {
          start(controller) {
            let open = true;
            const end = (): void => {
              stop();
              controller.close();
            };
            const send = (event: string): void => {
              if (!open) return;
              controller.enqueue(encoder.encode(event));
              // Whoever cannot keep up is let go: they come back with the last id they have seen.
              if ((controller.desiredSize ?? 0) < -8_000_000) end();
            };
            send('retry: 1000\n: here\n\n');
            const beat = setInterval(() => send(': beat\n\n'), pace.beat);
            const leave = follow(thread, { member, made, cursor, send });
            stop = () => {
              open = false;
              clearInterval(beat);
              leave();
              streams.delete(end);
            };
            streams.add(end);
          },
          cancel: () => stop(),
        },
        new ByteLengthQueuingStrategy({ highWaterMark: 65_536 }),
      );
    },
    close() {
      for (const end of [...streams]) end();
    },
  };
}
