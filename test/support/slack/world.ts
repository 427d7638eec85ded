import type {
  DeedKind,
  Delivery,
  FakeSlackOptions,
  GivenParameter,
  SeenRequest,
  StoredExecution,
  StoredFile,
} from './api.ts';
import type { Block, View } from './blocks.ts';
import type { Clock } from './clock.ts';
import type { Ids } from './ids.ts';

export type Row = Record<string, unknown>;

export interface Installation {
  token: string;
  botUserId: string;
  botId: string;
  scopes: string[];
  state: 'active' | 'revoked' | 'uninstalled';
  /** Null: for the whole enterprise. */
  team: Team | null;
  enterprise: Enterprise | null;
}

export interface Enterprise {
  id: string;
  name: string;
}

export interface Team {
  id: string;
  name: string;
  domain: string;
  enterprise: Enterprise | null;
  install: Installation | null;
}

export interface User {
  id: string;
  team: Team;
  name: string;
  displayName: string;
  realName: string;
  admin: boolean;
  owner: boolean;
  guest: 'single' | 'multi' | null;
  bot: boolean;
  deleted: boolean;
  tz: string;
  locale: string;
  strangerOf: Team | null;
}

export interface Channel {
  id: string;
  team: Team;
  kind: 'public' | 'private' | 'im' | 'mpim';
  name: string;
  archived: boolean;
  readOnly: boolean;
  /** Everybody of its teams is in it. */
  everyone: boolean;
  /** Ids of users, and of bots' users. */
  members: Set<string>;
  shared: Team[];
  messages: Message[];
}

export interface Group {
  id: string;
  team: Team;
  handle: string;
  users: string[];
  disabled: boolean;
}

export interface Pinged {
  users: Set<string>;
  groups: Set<string>;
  everyone: boolean;
}

export interface Message {
  ts: string;
  channel: Channel;
  threadTs: string | null;
  user: string;
  /** The team that its author is of. */
  team: Team;
  botId: string | null;
  subtype: string | null;
  text: string;
  blocks: Block[];
  metadata: unknown;
  files: File[];
  pinged: Pinged;
  edits: number;
  editedTs: string | null;
  deleted: boolean;
  ephemeralTo: string | null;
  deed: Deed | null;
  /** Posted with the token of a workflow's step. */
  execution: Execution | null;
}

export interface File {
  id: string;
  team: Team;
  user: string;
  name: string;
  title: string;
  mimetype: string;
  size: number;
  sha256: string;
  created: number;
  state: StoredFile['state'];
  secret: string;
  shares: { channel: Channel; message: Message }[];
  /** Null where they are too many to be kept; zeros are not kept either. */
  bytes: Buffer | null;
  zeros: boolean;
  /** The app got it by a modal. */
  handed: boolean;
}

export interface Deed {
  id: string;
  kind: DeedKind;
  team: Team;
  user: User | null;
  channel: Channel | null;
  at: number;
  payload: Row;
  sent: Delivery[];
  ack: { afterMs: number; body: unknown } | null;
  shown: string | null;
  /** Of the last attempt that still waits for its ack. */
  sentAt: number;
  answers: Message[];
  views: string[];
  /** Takes an ack's body; gives what the member sees when it is none. */
  onAck: ((body: unknown) => string | null) | null;
}

export interface Trigger {
  deed: Deed;
  at: number;
  used: boolean;
  /** The modal that it was given in. */
  view: StoredModal | null;
}

export interface StoredModal {
  id: string;
  type: 'modal' | 'home';
  team: Team;
  user: User;
  json: View;
  hash: string;
  state: 'open' | 'closed' | 'errors';
  errors: Record<string, string> | null;
  previous: StoredModal | null;
  root: string;
  /** Where the member was, for `default_to_current_conversation`. */
  channel: Channel | null;
}

export interface ResponseUrl {
  deed: Deed;
  channel: Channel;
  user: User;
  at: number;
  uses: number;
  /** What `replace_original` and `delete_original` are about. */
  original: Message | null;
}

export interface Execution extends Pick<StoredExecution, 'id' | 'callback' | 'inputs' | 'token' | 'status'> {
  team: Team;
  at: number;
  outputs: Row | null;
  error: string | null;
  completedCalls: number;
  deed: Deed | null;
  parameters: GivenParameter[];
}

export type Settings = Required<Omit<FakeSlackOptions, 'oauth'>> & { oauth: NonNullable<FakeSlackOptions['oauth']> };

/** Everything that the fake holds. */
export interface World {
  settings: Settings;
  clock: Clock;
  ids: Ids;
  origin: string;
  app: {
    appId: string;
    appToken: string;
    signingSecret: string;
    clientId: string;
    clientSecret: string;
    verificationToken: string;
  };
  /** The default team. */
  home: Team;
  enterprises: Map<string, Enterprise>;
  teams: Map<string, Team>;
  /** By token. */
  installations: Map<string, Installation>;
  users: Map<string, User>;
  channels: Map<string, Channel>;
  groups: Map<string, Group>;
  files: Map<string, File>;
  ephemerals: Message[];
  deeds: Map<string, Deed>;
  triggers: Map<string, Trigger>;
  views: Map<string, StoredModal>;
  /** By team and user. */
  homes: Map<string, StoredModal>;
  responseUrls: Map<string, ResponseUrl>;
  executions: Map<string, Execution>;
  codes: Map<string, { team: Team; orgWide: boolean; scopes: string[]; redirect: string | null }>;
  requests: SeenRequest[];
  uploaded: number;
  /** Sends a deed out, and sees to its acks and retries. */
  dispatch(deed: Deed, retry?: number | null): void;
  /** A new link for a Socket Mode connection. */
  link(): string;
}
