import type { Card } from '../domain/card.ts';
import type { Call, Part, Reply } from '../domain/command.ts';
import { TransientError } from '../domain/errors.ts';
import type { Asset, PostPlace } from '../domain/job.ts';
import type { Origin, Platform } from '../domain/origin.ts';

/** A chat's way in. `handle` answers every call with a reply or a {@link UserError}; anything else it throws is a bug, logged by its job or call. */
export interface Receiver {
  listen(handle: (call: Call) => Promise<Reply>): Promise<void>;
  /** Takes no new calls, and ends those under way. */
  close(): Promise<void>;
}

/** A film on its way to its thread. `file` is a path in the media store. */
export interface Film {
  job: string;
  /** The same for every attempt of one posting: what makes it one post. */
  key: string;
  /** An attempt was made before: look whether it is there already. */
  repeated: boolean;
  /** What an earlier attempt of this posting noted last. */
  before: string | undefined;
  /** Writes down, before an effect, what a later attempt of this posting has to know. Fenced: throws when another worker holds the job by now. */
  note(mark: string): Promise<void>;
  requester: string;
  requesterId: string;
  prompt: string;
  asset: Asset;
  file: string;
  /** The card it replies to. */
  card: string | undefined;
  /** Whether it notifies its requester. */
  mention: boolean;
  /** Whether it is covered until somebody uncovers it. */
  spoiler: boolean;
}

/** A film that stands in the chat, by the chat's own id of the message. */
export interface PostedFilm {
  ref: string;
  place: PostPlace;
}

/** Where something is said to all who can read there. */
export type Place = Pick<Origin, 'platform' | 'space' | 'channel' | 'thread'>;

/** Those who look after a space. `channel`: where they settled to be told, by the chat's own id; else each chat has its way to them. */
export interface Staff {
  platform: Platform;
  /** The chat's own id of the space. */
  space: string;
  channel?: string;
  for: 'moderators' | 'managers';
}

/** What somebody is told; one `key` of at most 24 characters is told once. */
export interface Notice {
  key: string;
  parts: Part[];
}

/** What all in a place read; one `key` of at most 24 characters is said there once. */
export interface Announcement extends Notice {
  /** The role, or group of users, that is notified, by the chat's own id, where it has such; nobody else is, whatever the parts say. */
  ping?: string;
  /** The name of a thread that is opened under it, where the chat can. */
  thread?: string;
  /** A picture that is shown with it, by its name in the media store. Where it cannot be, the words go out without it. */
  picture?: string;
}

/** What was announced: the chat's own id of the message, and where what follows belongs: in the thread that was opened, else the same place. */
export interface Announced {
  ref: string;
  place: Place;
}

/** A film that is shown without a word of who made it. `file` is a path in the media store. */
export interface Exhibit {
  /** The same for every attempt of one posting. What is made of it may stand in the chat, so it is made of nothing that names a job or a member. */
  key: string;
  /** As those of a {@link Film}. */
  repeated: boolean;
  before: string | undefined;
  note(mark: string): Promise<void>;
  /** All that is said of it, such as `Number 3`; its file is called by that number. */
  caption: string;
  asset: Asset;
  file: string;
  spoiler: boolean;
}

/**
 * A chat's way out, by the bot's own rights alone. Throws {@link CannotPost} when the chat refuses for good,
 * {@link TransientError} when the same may be tried again. A returned ref is the chat's own id of the message.
 */
export interface Poster {
  /** Posts the card, or edits the one at `ref`. An older version never replaces a newer. */
  card(origin: Origin, card: Card, ref: string | undefined): Promise<string>;
  /** Posts it where it was asked for, else where those who could see it there can, else to its requester alone. Throws the reason of an aborted signal. */
  film(origin: Origin, film: Film, signal: AbortSignal): Promise<PostedFilm>;
  /** Takes a film, or an exhibited one, out of the chat, its message and its file. What is gone already counts as taken out. */
  remove(from: Place, film: PostedFilm): Promise<void>;
  /** Tells those who look after a space, in their own place or each in private, and pings nobody. Returns nothing when there is nobody to be told. */
  notice(to: Staff, notice: Notice): Promise<string | undefined>;
  /** Tells a member of a space something that nobody else reads, once a key. Returns nothing where the chat does not let the bot tell them. */
  direct(to: Pick<Origin, 'platform' | 'space'>, member: string, notice: Notice): Promise<string | undefined>;
  /** Says it once a key and place; said again, and at the same time, it is the same message with the same thread. */
  announce(to: Place, said: Announcement): Promise<Announced>;
  /** Says something else in place of what was announced, and pings nobody; its thread and picture stay. What is gone already is left alone. */
  amend(to: Place, ref: string, parts: Part[]): Promise<void>;
  /** Shows a film once a key, in this place or nowhere. Throws the reason of an aborted signal. */
  exhibit(to: Place, exhibit: Exhibit, signal: AbortSignal): Promise<PostedFilm>;
}

/**
 * How a step of a workflow ended: with a film, `entered` where it counts in a challenge; or without one, for reasons in plain words. `post` is
 * the chat's own id of its message, which all may read, and nothing where its member alone may. `credits` are those of the workflows' budget.
 */
export type StepOutcome =
  | { is: 'done' | 'entered'; job: string; post: string | undefined; seconds: number; credits: number }
  | { is: 'failed'; job: string; why: string };

/** A chat's workflows, which wait for the steps that they asked for. */
export interface Workflows {
  /**
   * Tells the workflow of `origin.step` how that ended; once is enough, and more does no harm: whatever the chat says of an execution that
   * is over counts as told. Throws {@link TransientError} when the same may be tried again.
   */
  end(origin: Origin, outcome: StepOutcome): Promise<void>;
}

/** A chat has no room for a change of a card on its way: the job's next step shows how it stands then. */
export class TooSoon extends TransientError {}
