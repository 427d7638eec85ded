import type { APIApplicationCommand, PermissionsString } from 'discord.js';
import type {
  GivenChannel,
  GivenFault,
  GivenGuild,
  GivenMember,
  GivenOverwrite,
  GivenPress,
  GivenSlash,
  GivenValues,
  GivenWords,
  MadeGuild,
} from './given.ts';
import type { SeenRequest, SeenSession, Stats, StoredChannel, StoredInteraction, StoredMessage } from './stored.ts';

export type * from './given.ts';
export type * from './stored.ts';

/** How the fake behaves. Times are milliseconds of its clock, which `advance` moves. */
export interface FakeDiscordOptions {
  token?: string;
  /** Time for the initial response; 3 s. */
  ackMs?: number;
  /** Life of interaction tokens; 15 min. */
  tokenMs?: number;
  /** For how long `enforce_nonce` finds the first message; 5 min. */
  nonceMs?: number;
  /** Life of attachment links, counted in whole seconds as their `ex` does; 24 h. */
  cdnMs?: number;
  /** Age from which edits of messages are rationed: five in 6 s per channel, then 429 with 30046 and a retry_after; 1 h. */
  hourMs?: number;
  /** Added to every REST answer and to everything that the gateway sends; 0. */
  latencyMs?: number;
  /** Rate limit of each route and channel, guild or webhook; default: none. */
  buckets?: { limit: number; windowMs: number } | null;
  /** Requests per second over all routes but those of interactions; default: no limit. */
  globalPerSecond?: number | null;
  /** 41250. */
  heartbeatMs?: number;
  /** A request with a larger body gets a 413 with HTML, and its connection ends while the body is still coming; default: none. */
  edgeLimit?: number | null;
  /** What GET /gateway/bot recommends; 1. */
  shards?: number;
  /** Whether the application has the MESSAGE_CONTENT intent. Without it, other people's messages come empty over REST; false. */
  messageContent?: boolean;
}

/**
 * What a test can do to the fake, and read of it. A verb takes one argument; it is `POST /control/<verb>` with `{ "given": … }`,
 * answered by `{ "result": … }` or `{ "error": … }`. It rejects where a member's client would not let them do it, and the
 * message says why.
 */
export interface Verbs {
  makeGuild(given?: GivenGuild): Promise<MadeGuild>;
  makeRole(given: {
    guild: string;
    name?: string;
    permissions?: PermissionsString[];
    mentionable?: boolean;
  }): Promise<string>;
  /** Gives the user's id. */
  makeMember(given: GivenMember): Promise<string>;
  makeChannel(given: GivenChannel): Promise<string>;
  /** The DM between a user and the bot. */
  openDm(user: string): Promise<string>;
  changeGuild(given: {
    guild: string;
    bot?: PermissionsString[];
    everyone?: PermissionsString[];
    premiumTier?: 0 | 1 | 2 | 3;
    uploadLimit?: number;
  }): Promise<void>;
  changeChannel(given: {
    channel: string;
    archived?: boolean;
    locked?: boolean;
    overwrites?: GivenOverwrite[];
    members?: string[];
  }): Promise<void>;
  deleteChannel(channel: string): Promise<void>;
  deleteMessage(message: string): Promise<void>;
  /** A member leaves the guild; so can the bot. */
  leave(given: { guild: string; user: string }): Promise<void>;

  /** These give the interaction's id, at once. */
  slash(given: GivenSlash): Promise<string>;
  messageCommand(given: { user: string; command: string; message: string }): Promise<string>;
  press(given: GivenPress): Promise<string>;
  /** Submits the modal that an interaction was answered with; again, too, as a user can who sees no reaction. */
  submit(given: { interaction: string; values: GivenValues }): Promise<string>;
  /** `text` stands in `option` so far; `options` are the others. */
  autocomplete(given: GivenSlash & { option: string; text: string }): Promise<string>;
  /** Dispatches the same interaction once more. */
  repeat(interaction: string): Promise<void>;
  /** A member posts a message; gives its id. */
  say(given: GivenWords): Promise<string>;

  /** Closes the gateway's connections: by a close code, or cut without one. Sessions can be resumed unless `resumable` is false. */
  dropGateway(given?: { code?: number; resumable?: boolean }): Promise<void>;
  /** Opcode 9. */
  invalidateSession(given?: { resumable?: boolean }): Promise<void>;
  /** Opcode 7. */
  reconnect(): Promise<void>;

  fail(fault: GivenFault): Promise<void>;
  /** Requests that scripted faults still wait for; `forgetFaults` takes them away. */
  faultsLeft(): Promise<number>;
  forgetFaults(): Promise<void>;
  /** Moves the fake's clock on: acks, tokens, nonces, links and the hour of edits go by it. */
  advance(ms: number): Promise<void>;
  configure(options: Omit<FakeDiscordOptions, 'token' | 'shards'>): Promise<void>;

  interaction(id: string): Promise<StoredInteraction>;
  /** All, in order. */
  interactions(): Promise<StoredInteraction[]>;
  /** What everyone in the channel sees, in order: neither deleted nor ephemeral messages, nor deferred responses. */
  messages(channel: string): Promise<StoredMessage[]>;
  /** Any message, a deleted or an ephemeral one too. */
  message(id: string): Promise<StoredMessage>;
  /** Null where there is none, or no more. */
  channel(id: string): Promise<StoredChannel | null>;
  /** Those of a guild, or the global ones. */
  commands(guild?: string): Promise<APIApplicationCommand[]>;
  requests(): Promise<SeenRequest[]>;
  sessions(): Promise<SeenSession[]>;
  stats(): Promise<Stats>;
}

/** A Discord on loopback with state. It does right until a fault is scripted, and is asserted on what it holds. */
export interface FakeDiscord extends Verbs {
  /** For `rest.api` of discord.js. */
  api: string;
  /** Of the API, the CDN and the gateway alike. */
  origin: string;
  token: string;
  applicationId: string;
  botId: string;
  /** Ends its server or process, with every socket and timer. Rejects when the fake itself had failed. */
  close(): Promise<void>;
}
