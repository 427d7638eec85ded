import { z } from 'zod';
import type { Asset } from './asset.ts';
import { originSchema, type SpaceKey } from './origin.ts';
import { timeZoneSchema } from './policy.ts';

/** What a button of a challenge carries: its id, for a ballot two numbers of entries behind it, and which of them was chosen. */
export const challengePattern = /^c[a-z2-7]{8}(-\d{1,3}){0,2}(-[lre])?$/;
export const challengeIdPattern = /^c[a-z2-7]{8}$/;

/** `open`: films are posted as they come. `sealed`: nobody but its author sees one before entries close. */
export const presets = ['open', 'sealed'] as const;
export type Preset = (typeof presets)[number];
/** How is voted: two films at a time, or one film named. */
export const votings = ['pairs', 'one'] as const;
export type Voting = (typeof votings)[number];

/**
 * `announced`: not open yet. `open`: entries are taken. `closing`: they are not, and films under way are waited for. `voting`.
 * `ended`: with its result. `cancelled`: without one.
 */
export const phases = ['announced', 'open', 'closing', 'voting', 'ended', 'cancelled'] as const;
export type Phase = (typeof phases)[number];

const credits = z.int().min(0).max(100_000);
/** The most places that may have a prize. */
export const prizesMax = 10;
/** The most entries of a challenge, and of one member. */
export const entriesMax = 500;
export const entriesOfOneMax = 20;
/** How many challenges of a space may be under way at once. */
export const challengesMax = 20;

/** Where it is announced, and where its films are shown. */
export const placeSchema = originSchema.pick({
  platform: true,
  space: true,
  channel: true,
  thread: true,
  closed: true,
});

/** What a challenge is, as its managers set it. Times are Unix milliseconds; what is left out is free. */
export const termsSchema = z.object({
  title: z.string().min(1).max(80),
  theme: z.string().min(1).max(500),
  place: placeSchema,
  by: z.string().min(1),
  opensAt: z.int(),
  closesAt: z.int(),
  votesUntil: z.int(),
  zone: timeZoneSchema,
  preset: z.enum(presets),
  voting: z.enum(votings),
  /** A stored picture. */
  picture: z.string().exactOptional(),
  /** Entries of one member. */
  most: z.int().min(1).max(entriesOfOneMax),
  seconds: z.int().min(1).max(10_000).exactOptional(),
  model: z.string().exactOptional(),
  shape: z.string().exactOptional(),
  /** Credits that each entrant has for this challenge alone. */
  compute: credits,
  /** Credits for the first place, the second, and so on. */
  prizes: z.array(credits).max(prizesMax),
  /** With fewer entries it is called off. */
  least: z.int().min(0).max(entriesMax),
  /** The role or group of users that may enter. */
  role: z.string().exactOptional(),
  /** The one that is notified. */
  ping: z.string().exactOptional(),
});
export type ChallengeTerms = z.infer<typeof termsSchema>;

/** What is said of a challenge to all: few words, each once. */
export const sayings = ['opened', 'lastDay', 'voting', 'ended'] as const;
export type Saying = (typeof sayings)[number];
/** The chat's own id of the message, and the place that is under it. */
export interface Said {
  ref: string;
  place: ChallengeTerms['place'];
  /** Of which edition of the terms it tells. */
  edition?: number;
}

/** A challenge as it is kept. `version` grows with every change of its terms, and with its first entry. */
export interface Challenge extends ChallengeTerms {
  id: string;
  version: number;
  /** Grows with every change of its terms by somebody: what was asked for under another is not taken. */
  edition: number;
  phase: Phase;
  /** What order and pairs follow from; secret until the end. */
  seed: string;
  /** When it was made, and when it came to its present phase, in Unix milliseconds. */
  madeAt: number;
  turnedAt: number;
  /** Why it was called off, and by whom unless by itself. */
  why?: string;
  calledOffBy?: string;
  /** How many entries there were, where those were too few. */
  few?: number;
  /** The jobs of all that is shown, by their numbers, settled once when entries closed. */
  order?: string[];
  /** The hash over its entries, said before anybody votes, and that of the tally file. */
  seal?: string;
  tally?: string;
  /** What was said of it in its chat, and where what belongs to it follows. */
  said: Partial<Record<Saying, Said>>;
}

/**
 * `asked`: its film is not accepted yet. `made`: it is on its way. `in`: it counts. `failed`: no film came of it. The others took it
 * out: its author, those who moderate, or because its film was deleted; `barred`: its author was blocked when entries closed.
 */
export const entryStates = ['asked', 'made', 'in', 'failed', 'withdrawn', 'disqualified', 'deleted', 'barred'] as const;
export type EntryState = (typeof entryStates)[number];

export interface Entry {
  /** The job of its film. */
  job: string;
  member: string;
  /** As the chat called them then. */
  name: string;
  /** Unix milliseconds. */
  at: number;
  state: EntryState;
  /** Its number among those that are shown. */
  number?: number;
  /** The film, by the SHA-256 of its bytes, what stands for its author, what is mixed in, and the hash of all of them that was said at once. */
  film?: string;
  /** None where the hash is of the member's own id, as those of an earlier version are. */
  author?: string;
  nonce?: string;
  commitment?: string;
  /** The hash was not said yet. */
  untold?: true;
  /** The film as it lies in the store, and what its author, or another `member` for them, paid: of a window's allowance, and of granted credits. */
  asset?: Asset;
  spoiler?: true;
  paid?: { member?: string; window: string; allowance: number; granted: number };
  /** What its place brought its author. */
  prize?: number;
  /** Its film was there before it was entered: it is its author's own, and nothing of it is given back. */
  brought?: true;
  /** Why it was taken out. */
  why?: string;
  /** Where it is shown to those who vote; the last attempt to show it, and what attempts noted. */
  shown?: string;
  attempt?: string;
  mark?: string;
}

/** Whether films can be entered that are there already: all see them anyway, and nobody was given credits to make theirs with. */
export const takesMade = ({ preset, compute }: Pick<ChallengeTerms, 'preset' | 'compute'>): boolean =>
  preset === 'open' && compute === 0;

/** Whether an entry still counts, or may come to. */
export const isLive = ({ state }: Pick<Entry, 'state'>): boolean => ['asked', 'made', 'in'].includes(state);

/** A step from one phase to another, which is taken once. */
export interface Step {
  from: Phase;
  to: Phase;
  /** When the next is due, in Unix milliseconds; none after the last. */
  due?: number;
  /** Only if it still is of this version. */
  version?: number;
  fields?: Record<string, string>;
}

/** Challenges as they are kept. Each verb is idempotent by its call's key or by the state it leads to; refusals are `UserError`s, Redis away as well. */
export interface Challenges {
  open(space: SpaceKey, key: string, terms: ChallengeTerms): Promise<string>;
  /** Replaces its terms, if it still is of the version that was seen: else it is a `conflict`. */
  change(space: SpaceKey, id: string, version: number, terms: ChallengeTerms): Promise<void>;
  find(space: SpaceKey, id: string): Promise<Challenge | undefined>;
  /** The space of a challenge, which its id does not tell. There may be none of it there: its opening was refused. */
  where(id: string): Promise<SpaceKey | undefined>;
  /** Newest first. */
  list(space: SpaceKey): Promise<Challenge[]>;
  entries(space: SpaceKey, id: string): Promise<Entry[]>;
  /** The challenge that a film which was there before has its place in. */
  broughtTo(space: SpaceKey, job: string): Promise<string | undefined>;
  /** The entry of one film. */
  entry(space: SpaceKey, id: string, job: string): Promise<Entry | undefined>;
  /**
   * Takes a place for a film, before it is accepted, or for one that was `brought`, which has one place in all challenges. Refused once
   * entries are closed, the member has as many as they may, or its terms are another edition. False where it had its place before.
   */
  enter(
    space: SpaceKey,
    id: string,
    entry: Pick<Entry, 'job' | 'member' | 'name' | 'brought'> & { edition: number },
  ): Promise<boolean>;
  /** Gives the place back, if no film was accepted for it. */
  leave(space: SpaceKey, id: string, job: string): Promise<void>;
  /** Changes an entry that is in one of some states; false where it is not, or where it is another by now. */
  note(
    space: SpaceKey,
    id: string,
    job: string,
    from: readonly EntryState[],
    change: { [Name in keyof Omit<Entry, 'job' | 'member' | 'name' | 'at'>]?: Entry[Name] | undefined },
  ): Promise<boolean>;
  /** Begins an attempt to show its film, after which no earlier one notes anything; the entry as it was. Undefined where it is shown, or counts no more. */
  attempt(space: SpaceKey, id: string, job: string, attempt: string): Promise<Entry | undefined>;
  /** Keeps what an attempt has to know that comes after; false where another began since. */
  mark(space: SpaceKey, id: string, job: string, attempt: string, mark: string): Promise<boolean>;
  /** Keeps where its film is shown, as whoever is first to say; false where it is shown elsewhere, or counts no more. */
  shows(space: SpaceKey, id: string, job: string, ref: string): Promise<boolean>;
  /** Entries whose film is not there yet, by their jobs. */
  arriving(space: SpaceKey, id: string): Promise<string[]>;
  /** Spaces where challenges are under way, and which of a space's are to be looked at now. */
  spaces(): Promise<SpaceKey[]>;
  underWay(space: SpaceKey): Promise<{ id: string; due: number }[]>;
  /** The tally file of one that ended. */
  tally(space: SpaceKey, id: string): Promise<string | undefined>;
  keepTally(space: SpaceKey, id: string, text: string): Promise<void>;
  /** Keeps what was said, and where. */
  keep(space: SpaceKey, id: string, saying: Saying, said: Said): Promise<void>;
  /** Takes a step, once: false where it was taken before. */
  turn(space: SpaceKey, id: string, step: Step): Promise<boolean>;
}
