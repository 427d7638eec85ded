import type { Part } from '../../src/domain/command.ts';
import { CannotPost, TransientError } from '../../src/domain/errors.ts';
import { shortened } from '../../src/domain/letters.ts';
import { base32, type Origin } from '../../src/domain/origin.ts';
import { digest } from '../../src/domain/recipe.ts';
import type { Announced, Announcement, Place, Poster, Rights } from '../../src/ports.ts';
import type { Board, Note } from './board.ts';
import { memberPattern } from './refer.ts';
import { textOf } from './render.ts';
import { createRooms, welcomeThread } from './rooms.ts';
import { say } from './words.ts';

/** Letters of a thread's title. */
const titleMost = 80;
/** Where managers are told what they should know. */
const staffThread = 'staff';

/** A message id that follows from what it says, so that saying it twice makes one message. */
export function messageId(kind: string, key: string): string {
  return `${kind}-${base32(digest(key).subarray(0, 15))}`;
}

/** The bot's way onto the board. It may run in another process than the page: it only writes. */
export function createPoster(board: Board, managers: readonly string[]): Poster {
  const rooms = createRooms(board);

  async function putIn(thread: string | undefined, id: string, note: Note, version?: number): Promise<string> {
    if (thread === undefined) throw new CannotPost('the studio posts only in threads');
    const done = await reaching(board.put(thread, id, note, version));
    if (done === 'gone') throw new CannotPost(`there is no thread ${thread}`);
    return id;
  }

  function put(origin: Origin, id: string, note: Note, version?: number): Promise<string> {
    const to = origin.visibility === 'private' ? { to: origin.user } : {};
    return putIn(origin.thread, id, { ...note, ...to }, version);
  }

  /** The board's own failures may pass. */
  async function reaching<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (cause) {
      throw new TransientError('the board did not answer', { cause });
    }
  }

  const spoken = (parts: Part[]): Note => ({ author: say('bot'), bot: true, text: textOf(parts), parts });

  /** What is said in no thread stands in the one that it opens. There is nobody to be pinged. */
  async function announce(to: Place, { key, parts, thread, picture }: Announcement): Promise<Announced> {
    const opens =
      thread === undefined ? undefined : { id: messageId('thread', key), title: shortened(thread, titleMost) };
    const shown = picture === undefined ? {} : { picture };
    const open = async (channel: string) => opens && reaching(board.open({ ...opens, channel }));
    if (to.thread === undefined) {
      await open(to.channel);
      const place = opens ? { ...to, thread: opens.id } : to;
      return { ref: await putIn(place.thread, messageId('said', key), { ...spoken(parts), ...shown }), place };
    }
    const link = opens ? { opens } : {};
    const ref = await putIn(to.thread, messageId('said', key), { ...spoken(parts), ...shown, ...link });
    const here = opens && (await reaching(board.thread(to.thread)));
    const channel = here?.channel ?? to.channel;
    await open(channel);
    return { ref, place: opens ? { ...to, channel, thread: opens.id } : to };
  }

  /** The managers' own thread: each reads there what is said to them alone. */
  async function tellManagers(key: string, note: Note): Promise<string | undefined> {
    if (managers.length === 0) return undefined;
    await reaching(board.open({ id: staffThread, channel: 'general', title: say('staff.title') }));
    for (const manager of managers) {
      await reaching(board.put(staffThread, messageId('notice', `${key}:${manager}`), { ...note, to: manager }));
    }
    return staffThread;
  }

  return {
    card(origin, card) {
      return put(origin, `card-${card.job}`, { author: say('bot'), bot: true, text: '', card }, card.version);
    },
    async film(origin, film) {
      const { name, seconds, width, height } = film.asset;
      const covered = film.spoiler ? { spoiler: true } : {};
      const video = { name, seconds, width, height, job: film.job, requester: film.requester, ...covered };
      const note = { author: say('bot'), bot: true, text: film.prompt, video };
      return { ref: await put(origin, messageId('film', film.key), note), place: 'asked' };
    },
    async remove({ thread = '' }, { ref }) {
      const stands = await reaching(board.find(thread, ref));
      if (!stands?.video) return;
      const to = stands.to === undefined ? {} : { to: stands.to };
      await putIn(thread, ref, { author: say('bot'), bot: true, text: say('film.removed'), ...to }, 1);
    },
    async notice({ channel }, { key, parts }) {
      const note = spoken(parts);
      const id = messageId('notice', key);
      if (channel !== undefined && (await reaching(board.put(channel, id, note))) !== 'gone') return id;
      return tellManagers(key, note);
    },
    async direct(_space, member, { key, parts }) {
      if (!isPerson(member)) return undefined;
      const id = messageId('direct', `${key}:${member}`);
      // Everybody comes by there, and nobody else reads it.
      await reaching(rooms.welcome());
      await reaching(board.put(welcomeThread, id, { ...spoken(parts), to: member }));
      return id;
    },
    announce,
    async amend({ thread = '' }, ref, parts) {
      const stands = await reaching(board.find(thread, ref));
      if (!stands) return;
      const { id: _id, at: _at, change, ...note } = stands;
      // A thread's changes are numbered: the number of its last one is above the version that it left.
      await reaching(board.put(thread, ref, { ...note, ...spoken(parts) }, change));
    },
    async exhibit({ thread }, { key, caption, asset, spoiler }) {
      const { name, seconds, width, height } = asset;
      const video = { name, seconds, width, height, ...(spoiler ? { spoiler } : {}) };
      const note = { author: say('bot'), bot: true, text: caption, video };
      return { ref: await putIn(thread, messageId('exhibit', key), note), place: 'asked' };
    },
  };
}

const isPerson = (member: string): boolean =>
  memberPattern.test(member) && member.toLowerCase() !== say('bot').toLowerCase();

/** The bot may post in every thread that there is. `operators` are the members who run the studio. */
export function createRights(board: Board, operators: readonly string[]): Rights {
  return {
    async cannotPost(origin) {
      const there = origin.thread !== undefined && (await board.thread(origin.thread)) !== undefined;
      return there ? undefined : { word: 'space.cannotPost' };
    },
    async level(origin) {
      return operators.includes(origin.user) ? 'operator' : 'anyone';
    },
    // Names are all that the studio knows of its members.
    roles: async () => [],
    since: async () => ({}),
    person: async (_space, member) => (isPerson(member) ? { name: member } : undefined),
  };
}
