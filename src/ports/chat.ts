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

/**
 * A chat's way out, by the bot's own rights alone. Throws {@link CannotPost} when the chat refuses for good,
 * {@link TransientError} when the same may be tried again. A returned ref is the chat's own id of the message.
 */
export interface Poster {
  /** Posts the card, or edits the one at `ref`. An older version never replaces a newer. */
  card(origin: Origin, card: Card, ref: string | undefined): Promise<string>;
  /** Posts it where it was asked for, else where those who could see it there can, else to its requester alone. Throws the reason of an aborted signal. */
  film(origin: Origin, film: Film, signal: AbortSignal): Promise<PostedFilm>;
  /** Takes a film out of the chat, its message and its file. What is gone already counts as taken out. */
  remove(origin: Origin, film: PostedFilm): Promise<void>;
  /** Tells those who look after a space, in their own place or each in private, and pings nobody. Returns nothing when there is nobody to be told. */
  notice(to: Staff, notice: Notice): Promise<string | undefined>;
  /** Tells a member of a space something that nobody else reads, once a key. Returns nothing where the chat does not let the bot tell them. */
  direct(to: Pick<Origin, 'platform' | 'space'>, member: string, notice: Notice): Promise<string | undefined>;
}

/** How a step of a workflow ended: with a film, where `post` is the chat's own id of its message; or without one, for reasons in plain words. */
export type StepOutcome =
  | { is: 'done'; job: string; post: string; seconds: number; credits: number }
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
