export interface StoredFile {
  id: string;
  team: string;
  user: string;
  name: string;
  title: string;
  mimetype: string;
  size: number;
  sha256: string;
  /** Neither announced only, nor deleted. */
  state: 'announced' | 'uploaded' | 'completed' | 'deleted';
  shares: { channel: string; ts: string; threadTs: string | null }[];
  urlPrivate: string;
}

export interface StoredMessage {
  /** Of an ephemeral message it is what an action's container has as `message_ts`. */
  ts: string;
  channel: string;
  /** Of the thread's parent; null outside threads and for a parent. */
  threadTs: string | null;
  user: string;
  botId: string | null;
  text: string;
  blocks: unknown[];
  metadata: unknown;
  files: Pick<StoredFile, 'id' | 'name' | 'size' | 'title' | 'sha256' | 'mimetype'>[];
  /** Whom its posting and its edits pinged by unescaped mentions. */
  pinged: { users: string[]; groups: string[]; everyone: boolean };
  edits: number;
  deleted: boolean;
  /** Who alone sees it. */
  ephemeralTo: string | null;
  /** The deed that it answers by a response_url or by its ack. */
  deed: string | null;
}

export type DeedKind =
  | 'slash'
  | 'mention'
  | 'message'
  | 'message_shortcut'
  | 'shortcut'
  | 'home'
  | 'press'
  | 'submit'
  | 'close'
  | 'step'
  | 'uninstall'
  | 'revoke';

/** One time that a deed went out. */
export interface Delivery {
  transport: 'socket' | 'http' | 'none';
  at: number;
  /** Of the Socket Mode connection; null over HTTP. */
  connection: string | null;
  retryNum: number | null;
  retryReason: string | null;
  /** Of the app's HTTP answer. */
  status: number | null;
  acked: boolean;
}

export interface StoredDeed {
  id: string;
  kind: DeedKind;
  team: string;
  user: string | null;
  at: number;
  /** As the app got it: the command's fields, the interaction, or the event with its wrapper. */
  payload: Record<string, unknown>;
  sent: Delivery[];
  /** The first ack in time. */
  ack: { afterMs: number; body: unknown } | null;
  timedOut: boolean;
  /** What the member's client shows when it failed: `operation_timeout`, `dispatch_failed`, `invalid_response` …; else null. */
  shown: string | null;
  /** By response_url or ack, in order, as they are now. */
  answers: StoredMessage[];
  viewsOpened: string[];
  /** Ephemeral messages of `chat.postEphemeral` to this member since, and before their next deed. */
  ephemerals: StoredMessage[];
}

export interface StoredView {
  id: string;
  type: 'modal' | 'home';
  team: string;
  user: string;
  /** As `views.open` and others give it. */
  view: Record<string, unknown>;
  /** `errors`: open, and `errors` are visible. */
  state: 'open' | 'closed' | 'errors';
  errors: Record<string, string> | null;
  /** Id of the view that it was pushed upon. */
  previous: string | null;
}

export interface StoredExecution {
  id: string;
  team: string;
  callback: string;
  inputs: Record<string, unknown>;
  /** The workflow token, xwfp-…. */
  token: string;
  status: 'running' | 'completed' | 'errored';
  outputs: Record<string, unknown> | null;
  error: string | null;
  /** Calls of functions.completeSuccess and completeError for it, refused ones too. */
  completedCalls: number;
  /** The deed of its event. */
  deed: string;
}

export interface SeenRequest {
  /** A Web API method, or `upload`, `download`, `respond`. */
  method: string;
  team: string | null;
  /** Null while it is not answered or where it never is. */
  status: number | null;
  error: string | null;
  at: number;
  /** Of its arguments, without files. */
  bytes: number;
  /** Without the token. */
  args: Record<string, unknown>;
  /** The kind of token that it came with: xoxb, xapp, xwfp; null for none. */
  token: string | null;
}

export interface SeenSession {
  id: string;
  connected: boolean;
  /** It was told to go and gets no more envelopes. */
  draining: boolean;
  envelopes: number;
}

export interface Stats {
  requests: number;
  ratelimited: number;
  deeds: number;
  deliveries: number;
  /** Socket Mode connections that were made, and those open now. */
  connections: number;
  connected: number;
  /** Bytes that came to upload targets. */
  uploaded: number;
}
