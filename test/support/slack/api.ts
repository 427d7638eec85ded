import type {
  GivenChannel,
  GivenFault,
  GivenMention,
  GivenPlace,
  GivenPress,
  GivenSlash,
  GivenStep,
  GivenSubmit,
  GivenTeam,
  GivenUser,
  GivenWords,
  MadeTeam,
} from './given.ts';
import type {
  SeenRequest,
  SeenSession,
  Stats,
  StoredDeed,
  StoredExecution,
  StoredFile,
  StoredMessage,
  StoredView,
} from './stored.ts';

export type * from './given.ts';
export type * from './stored.ts';

/** How the fake behaves. Times are milliseconds of its clock, which `advance` moves, timers included. */
export interface FakeSlackOptions {
  /** Time for an ack; 3 s. */
  ackMs?: number;
  /** Life of trigger ids; 3 s. */
  triggerMs?: number;
  /** Life of response_urls; 30 min. */
  respondMs?: number;
  /** How often a response_url can be used; 5. */
  respondUses?: number;
  /** Waits before the retries of an event; [0, 60 s, 300 s]. */
  retryDelaysMs?: number[];
  /** From files.completeUploadExternal to the share; 0. Null: it is never shared. */
  shareDelayMs?: number | null;
  /** Life of workflow tokens; 15 min. */
  stepTokenMs?: number;
  /** Added to every answer and to every envelope; 0. */
  latencyMs?: number;
  /** Rate limits of methods, each per team; default: none. */
  limits?: Record<string, { limit: number; windowMs: number }>;
  /** One message per second and channel; false. */
  channelPerSecond?: boolean;
  /** Where deeds go over signed HTTP; null: over Socket Mode. */
  endpoint?: string | null;
  /** Subscribed events; default: app_mention, app_home_opened, function_executed, app_uninstalled, tokens_revoked. */
  events?: string[];
  /** Bytes per file; 1 GB. */
  uploadLimit?: number;
  /** Whether files can be uploaded at all; true. */
  uploads?: boolean;
  /** Between pings on Socket Mode connections; 10 s. */
  pingMs?: number;
  /** What the next visits of the OAuth page install: that team, or its enterprise; `deny`: the member refuses. */
  oauth?: { team?: string; orgWide?: boolean; deny?: boolean };
}

/**
 * What a test can do to the fake, and read of it. A verb takes one argument; it is `POST /control/<verb>` with `{ "given": … }`,
 * answered by `{ "result": … }` or `{ "error": … }`. It rejects where a member's client would not let them do it, and the
 * message says why.
 */
export interface Verbs {
  makeTeam(given?: GivenTeam): Promise<MadeTeam>;
  /** Gives the user's id. */
  makeUser(given: GivenUser): Promise<string>;
  changeUser(given: { user: string; deleted?: boolean } & Partial<Omit<GivenUser, 'team' | 'bot'>>): Promise<void>;
  makeChannel(given?: GivenChannel): Promise<string>;
  makeGroupDm(given: { team?: string; members: string[]; bot?: boolean }): Promise<string>;
  changeChannel(given: {
    channel: string;
    archived?: boolean;
    bot?: boolean;
    readOnly?: boolean;
    members?: string[];
  }): Promise<void>;
  makeGroup(given: { team?: string; handle: string; users: string[] }): Promise<string>;
  changeGroup(given: { group: string; users?: string[]; disabled?: boolean }): Promise<void>;
  /** What the team granted from now on. */
  changeScopes(given: { team?: string; scopes: string[] }): Promise<void>;
  deleteMessage(given: GivenPlace): Promise<void>;

  /** These give the deed's id, at once. */
  slash(given: GivenSlash): Promise<string>;
  messageShortcut(given: GivenPlace & { user: string; callback: string }): Promise<string>;
  globalShortcut(given: { user: string; callback: string }): Promise<string>;
  openHome(given: { user: string; tab?: 'home' | 'messages' | 'about' }): Promise<string>;
  press(given: GivenPress): Promise<string>;
  pressHome(given: { user: string; action: string; value?: string }): Promise<string>;
  pressView(given: { user: string; view: string; action: string; value?: string }): Promise<string>;
  submit(given: GivenSubmit): Promise<string>;
  /** Null where the view did not ask for `notify_on_close`. */
  closeView(given: { user: string; view: string }): Promise<string | null>;
  /** `deeds` are empty where no event comes, as in a channel without the bot. */
  mention(given: GivenMention): Promise<{ ts: string; deeds: string[] }>;
  /** Gives the message's ts. A `message` event comes where it is subscribed. */
  say(given: GivenWords): Promise<string>;
  /** A workflow reaches the app's step; gives the execution's id. */
  step(given: GivenStep): Promise<string>;
  /** Dispatches the same payload once more; `retry`: as that retry, of an event. */
  repeat(given: { deed: string; retry?: number }): Promise<void>;
  /** The events' deeds. Tokens are then `account_inactive`. */
  uninstall(given?: { team?: string }): Promise<string[]>;
  /** The event's deed. Tokens are then `token_revoked`. */
  revoke(given?: { team?: string }): Promise<string[]>;

  /** Ends the connections: `cut` without a word, else by a `disconnect` message; default: `refresh_requested`. */
  dropSockets(given?: { reason?: 'warning' | 'refresh_requested' | 'link_disabled' | 'cut' }): Promise<void>;
  configure(options: FakeSlackOptions): Promise<void>;
  /** Moves the fake's clock on; timers that are then due go off. */
  advance(ms: number): Promise<void>;
  fail(fault: GivenFault): Promise<void>;
  /** Requests that scripted faults still wait for; `forgetFaults` takes them away. */
  faultsLeft(): Promise<number>;
  forgetFaults(): Promise<void>;

  deed(id: string): Promise<StoredDeed>;
  /** All, in order. */
  deeds(): Promise<StoredDeed[]>;
  view(id: string): Promise<StoredView>;
  /** The modal that this member has in front of them. */
  viewOf(user: string): Promise<StoredView | null>;
  /** What was published to their App Home. */
  home(user: string): Promise<StoredView | null>;
  /** What everyone in the channel sees, threads included, in order: neither deleted nor ephemeral messages. */
  messages(channel: string): Promise<StoredMessage[]>;
  /** Any message, a deleted or an ephemeral one too. */
  message(given: GivenPlace): Promise<StoredMessage>;
  ephemerals(given?: { user?: string; channel?: string }): Promise<StoredMessage[]>;
  /** The DM between a member and the bot; null while there is none. */
  dm(user: string): Promise<string | null>;
  /** Opens that DM. */
  openDm(user: string): Promise<string>;
  files(): Promise<StoredFile[]>;
  file(id: string): Promise<StoredFile>;
  executions(): Promise<StoredExecution[]>;
  execution(id: string): Promise<StoredExecution>;
  /** Every request of the Web API, of upload targets, downloads and response_urls. */
  requests(): Promise<SeenRequest[]>;
  sessions(): Promise<SeenSession[]>;
  stats(): Promise<Stats>;
}

/** A Slack on loopback with state. It does right until a fault is scripted, and is asserted on what it holds. */
export interface FakeSlack extends Verbs {
  /** For `clientOptions.slackApiUrl`. */
  api: string;
  /** Of everything. `<origin>/oauth/v2/authorize` is the OAuth page. */
  origin: string;
  /** The default team's. */
  team: string;
  domain: string;
  token: string;
  botUserId: string;
  botId: string;
  /** The app's. */
  appId: string;
  appToken: string;
  signingSecret: string;
  clientId: string;
  clientSecret: string;
  /** The old `token` of payloads. */
  verificationToken: string;
  /** Ends its server or process, with every socket and timer. Rejects when the fake itself had failed. */
  close(): Promise<void>;
}
