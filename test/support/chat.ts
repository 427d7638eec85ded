import type { Card } from '../../src/domain/card.ts';
import type { Call, Level, Reply, Since } from '../../src/domain/command.ts';
import { CannotPost, TransientError, UserError } from '../../src/domain/errors.ts';
import type { Origin } from '../../src/domain/origin.ts';
import type {
  Announcement,
  Exhibit,
  Film,
  Notice,
  Place,
  Poster,
  Receiver,
  Rights,
  Staff,
  StepOutcome,
  Workflows,
} from '../../src/ports.ts';
import { type ChatVerb, createBell, createScript, type Doing } from './chat-script.ts';

export type { ChatVerb };

/** A message of the bot as it stands in the chat now. `edits` counts the changes that were let through. */
export interface ChatMessage {
  ref: string;
  /** `space/channel/thread`. */
  place: string;
  /** The one member who sees it; nothing: everybody does. */
  to: string | undefined;
  card?: Card;
  film?: Film;
  /** What was announced, with its parts as they are now: where, and where what follows belongs. */
  said?: Announcement & { to: Place; follows: Place };
  exhibit?: Exhibit & { to: Place };
  edits: number;
}
type Content = Pick<ChatMessage, 'card' | 'film' | 'said' | 'exhibit'>;

export interface FakeChat {
  receiver: Receiver;
  poster: Poster;
  rights: Rights;
  workflows: Workflows;
  /** How each step of a workflow ended, by its execution: the first end counts, and a second is told that nothing is running. */
  ended: ReadonlyMap<string, StepOutcome>;
  /** What members see, by ref, in the order of posting. */
  messages: ReadonlyMap<string, ChatMessage>;
  /** Every call of its verbs so far, those that failed too. */
  asked: readonly { verb: ChatVerb; origin: Pick<Origin, 'space'> }[];
  /** What those were told who look after spaces, each key once. */
  notices: ReadonlyMap<string, { to: Staff; notice: Notice }>;
  /** What members were told in private, each key once. */
  directs: ReadonlyMap<string, { member: string; notice: Notice }>;
  /** From now on there is nobody to be told, or somebody again. */
  staffed(is: boolean): void;
  cards(job: string): ChatMessage[];
  films(job: string): ChatMessage[];
  /** What was announced and stands there now, in the order of announcing. */
  announcements(): (ChatMessage & Required<Pick<ChatMessage, 'said'>>)[];
  /** The same of films that are shown without their makers. */
  exhibits(): (ChatMessage & Required<Pick<ChatMessage, 'exhibit'>>)[];
  /** A member does something; the answer is the bot's. */
  call(call: Call): Promise<Reply>;
  /** From now on the bot may not post in this place. */
  deny(place: Place): void;
  allow(place: Place): void;
  /** What a member may do here; `anyone` unless said. */
  promote(user: string, level: Level): void;
  /** What is known of a member besides; `bot`: they are no person; `shut`: they let nobody tell them anything. Who is not told of is a person without roles. */
  know(
    user: string,
    known: { name?: string; roles?: readonly string[]; since?: Since; bot?: boolean; shut?: boolean },
  ): void;
  /** The next `times` calls of a verb throw this, with nothing done. */
  fail(verb: ChatVerb, times: number, error: () => Error): void;
  /** The next `times` posts, edits or ends are carried out, and their answers are lost on the way: {@link TransientError}. */
  loseAnswer(verb: Doing, times: number): void;
  /** Calls of a verb now wait until the returned function is called. */
  hold(verb: ChatVerb): () => void;
  /** A moderator deletes a message. */
  remove(ref: string): void;
  /** Resolves when the condition holds, which is looked at after every change; throws after `ms`. */
  until(condition: () => boolean, ms?: number): Promise<void>;
}

export const busy = (): Error => new TransientError('the chat is busy');
export const refused = (): Error => new CannotPost('the chat refuses');

const placeOf = ({ space, channel, thread = '' }: Place): string => `${space}/${channel}/${thread}`;

/**
 * A chat in memory that behaves as the strictest real one: it makes nothing one by itself. A card without a ref is a new
 * message each time; a film is looked for only when its caller says that an attempt was made; a ref that does not exist is refused.
 */
export function createFakeChat(): FakeChat {
  const script = createScript();
  const bell = createBell();
  const messages = new Map<string, ChatMessage>();
  const ended = new Map<string, StepOutcome>();
  const notices = new Map<string, { to: Staff; notice: Notice }>();
  const directs = new Map<string, { member: string; notice: Notice }>();
  let isStaffed = true;
  const asked: { verb: ChatVerb; origin: Pick<Origin, 'space'> }[] = [];
  const denied = new Set<string>();
  const ranks = new Map<string, Level>();
  const members = new Map<string, Parameters<FakeChat['know']>[1]>();
  const underWay = new Set<Promise<unknown>>();
  let handle: ((call: Call) => Promise<Reply>) | undefined;
  let count = 0;

  const arrive = async (verb: ChatVerb, origin: Pick<Origin, 'space'>): Promise<void> => {
    asked.push({ verb, origin });
    bell.ring();
    await script.before(verb);
  };
  const put = (place: Place, to: string | undefined, contentOf: (ref: string) => Content): string => {
    if (denied.has(placeOf(place))) throw new CannotPost(`no posting in ${placeOf(place)}`);
    const ref = `m${++count}`;
    messages.set(ref, { ref, place: placeOf(place), to, edits: 0, ...contentOf(ref) });
    return ref;
  };
  const post = (origin: Origin, content: Content): string =>
    put(origin, origin.visibility === 'private' ? origin.user : undefined, () => content);
  /** Says it, unless it was said there. A thread is opened under it, but in none. */
  const announce = (to: Place, given: Announcement): ChatMessage => {
    const isIt = ({ said, place }: ChatMessage) => said?.key === given.key && place === placeOf(to);
    const opens = given.thread !== undefined && to.thread === undefined;
    const say = () =>
      put(to, undefined, (ref) => ({ said: { ...given, to, follows: opens ? { ...to, thread: ref } : to } }));
    return find(isIt)[0] ?? (messages.get(say()) as ChatMessage);
  };
  const edit = (origin: Origin, card: Card, ref: string): string => {
    const message = messages.get(ref);
    if (!message || denied.has(placeOf(origin))) throw new CannotPost(`no message ${ref} to edit`);
    if (message.card && message.card.version >= card.version) return ref;
    messages.set(ref, { ...message, card, edits: message.edits + 1 });
    return ref;
  };
  const told = <T>(verb: Doing, answer: T): T => {
    bell.ring();
    script.answered(verb);
    return answer;
  };
  const find = (matches: (message: ChatMessage) => boolean) => [...messages.values()].filter(matches);

  return {
    messages,
    notices,
    directs,
    staffed: (is) => {
      isStaffed = is;
    },
    asked,
    ended,
    cards: (job) => find((message) => message.card?.job === job),
    films: (job) => find((message) => message.film?.job === job),
    announcements: () => find(({ said }) => said !== undefined) as ReturnType<FakeChat['announcements']>,
    exhibits: () => find(({ exhibit }) => exhibit !== undefined) as ReturnType<FakeChat['exhibits']>,
    poster: {
      card: async (origin, card, ref) => {
        await arrive('card', origin);
        return told('card', ref === undefined ? post(origin, { card }) : edit(origin, card, ref));
      },
      film: async (origin, film) => {
        await arrive('film', origin);
        const [before] = film.repeated ? find((message) => message.film?.key === film.key) : [];
        return { ref: told('film', before?.ref ?? post(origin, { film })), place: 'asked' };
      },
      remove: async (from, { ref }) => {
        await arrive('remove', from);
        if (denied.has(placeOf(from)) && messages.has(ref)) throw new CannotPost(`no removing in ${placeOf(from)}`);
        messages.delete(ref);
        told('remove', undefined);
      },
      notice: async (to, notice) => {
        await arrive('notice', to);
        if (!isStaffed) return undefined;
        if (!notices.has(notice.key)) notices.set(notice.key, { to, notice });
        return told('notice', notice.key);
      },
      direct: async (to, member, notice) => {
        await arrive('direct', to);
        if (members.get(member)?.shut) return undefined;
        if (!directs.has(notice.key)) directs.set(notice.key, { member, notice });
        return told('direct', notice.key);
      },
      announce: async (to, given) => {
        await arrive('announce', to);
        const { ref, said } = announce(to, given);
        return told('announce', { ref, place: said?.follows ?? to });
      },
      amend: async (to, ref, parts) => {
        await arrive('amend', to);
        const message = messages.get(ref);
        if (message && denied.has(placeOf(to))) throw new CannotPost(`no editing in ${placeOf(to)}`);
        if (message?.said)
          messages.set(ref, { ...message, said: { ...message.said, parts }, edits: message.edits + 1 });
        told('amend', undefined);
      },
      exhibit: async (to, exhibit) => {
        await arrive('exhibit', to);
        const [before] = exhibit.repeated ? find((message) => message.exhibit?.key === exhibit.key) : [];
        const ref = before?.ref ?? put(to, undefined, () => ({ exhibit: { ...exhibit, to } }));
        return { ref: told('exhibit', ref), place: 'asked' };
      },
    },
    rights: {
      cannotPost: async (origin) => {
        await arrive('cannotPost', origin);
        return denied.has(placeOf(origin)) ? { word: 'space.cannotPost' } : undefined;
      },
      level: async (origin) => {
        await arrive('level', origin);
        return ranks.get(origin.user) ?? 'anyone';
      },
      roles: async ({ user }, among) => among.filter((role) => members.get(user)?.roles?.includes(role)),
      since: async ({ user }) => members.get(user)?.since ?? {},
      person: async (_space, member) => {
        const { name = member, bot = false } = members.get(member) ?? {};
        return bot || !/^[\w-]+$/.test(member) ? undefined : { name };
      },
    },
    workflows: {
      end: async (origin, outcome) => {
        await arrive('end', origin);
        const { step = '' } = origin;
        if (!ended.has(step)) ended.set(step, outcome);
        told('end', undefined);
      },
    },
    receiver: {
      listen: async (next) => {
        handle = next;
      },
      close: async () => {
        handle = undefined;
        await Promise.allSettled(underWay);
      },
    },
    call: async (call) => {
      if (!handle) throw new UserError('unavailable', { word: 'service.stopping' });
      const work = handle(call);
      underWay.add(work);
      try {
        return await work;
      } finally {
        underWay.delete(work);
      }
    },
    deny: (place) => void denied.add(placeOf(place)),
    allow: (place) => void denied.delete(placeOf(place)),
    promote: (user, level) => void ranks.set(user, level),
    know: (user, known) => void members.set(user, known),
    fail: script.fail,
    loseAnswer: script.loseAnswer,
    hold: script.hold,
    remove: (ref) => {
      messages.delete(ref);
      bell.ring();
    },
    until: bell.until,
  };
}
