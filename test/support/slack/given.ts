/** A file as a member sends it: its bytes in base64, or only its size, and then it is made of zeros. */
export type GivenFile = { name: string; mimetype: string; title?: string } & ({ base64: string } | { size: number });

export interface GivenTeam {
  name?: string;
  domain?: string;
  /** Id of the enterprise it belongs to, E…; a new one for a new id. */
  enterprise?: string;
  /** The app is installed for the whole enterprise, with one token for all of its teams; false. */
  orgWide?: boolean;
  /** What the team granted; default: `defaultScopes`. */
  scopes?: string[];
  /** False: the app is not there until OAuth brings it; its token is then an empty text. */
  installed?: boolean;
}

export interface MadeTeam {
  team: string;
  domain: string;
  token: string;
  botUserId: string;
  botId: string;
  enterprise: string | null;
}

export interface GivenUser {
  team?: string;
  name: string;
  displayName?: string;
  realName?: string;
  admin?: boolean;
  owner?: boolean;
  guest?: 'single' | 'multi' | null;
  bot?: boolean;
  tz?: string;
  locale?: string;
  /** Another team in whose shared channels they are, too; there they are a stranger. Default: none. */
  strangerOf?: string;
}

export interface GivenChannel {
  team?: string;
  name?: string;
  private?: boolean;
  /** Whether the bot is in it; true. */
  bot?: boolean;
  /** Who is in it; default: everybody of its team. */
  members?: string[];
  /** Other teams that it is shared with over Slack Connect. */
  shared?: string[];
}

/** A message that a member is at. */
export interface GivenPlace {
  channel: string;
  ts: string;
}

export interface GivenSlash {
  user: string;
  channel: string;
  command: string;
  text?: string;
  /** In a thread, where Slack's clients refuse. */
  thread?: string;
}

export interface GivenWords {
  user: string;
  channel: string;
  text: string;
  thread?: string;
  files?: GivenFile[];
  blocks?: unknown[];
}

export interface GivenMention extends Omit<GivenWords, 'blocks'> {
  /** The same message under so many event ids; 1. */
  times?: number;
  /** The event comes because an older message was edited. */
  edited?: boolean;
  /** Another app's bot wrote it. */
  asBot?: boolean;
  /** `file_share`: only a `message` event with that subtype comes; default: `app_mention`. */
  as?: 'app_mention' | 'file_share';
}

export interface GivenPress {
  user: string;
  channel: string;
  /** Of a message, also an ephemeral one. */
  ts: string;
  /** An action_id. */
  action: string;
  /** The value of the button where several have that action_id, or of the option to choose. */
  value?: string;
}

/** Values by action_id or block_id; null: leave empty. */
export type GivenValues = Record<string, string | string[] | GivenFile[] | null>;

export interface GivenSubmit {
  user: string;
  /** Its id. */
  view: string;
  values?: GivenValues;
  /** Chosen in every conversations_select that `values` does not name. */
  channel?: string;
}

export interface GivenParameter {
  name: string;
  type: string;
  title?: string;
  description?: string;
  is_required?: boolean;
}

export interface GivenStep {
  team?: string;
  callback: string;
  inputs: Record<string, unknown>;
  /** Default: one for each of `inputs`. */
  inputParameters?: GivenParameter[];
  outputParameters?: GivenParameter[];
}

/**
 * What happens instead of an answer, to the next `times` (1) requests of that kind: a Web API method's name, `*` for any method,
 * `upload`, `download` or `respond` (a response_url). With neither `status`, `error` nor `hang` the connection is cut.
 */
export interface GivenFault {
  method: string;
  times?: number;
  /** The HTTP status; 200 for an `error`, 429 for a `retryAfter`. */
  status?: number;
  /** `{ ok: false, error }`. */
  error?: string;
  /** In seconds, for the header; its error is `ratelimited`. */
  retryAfter?: number;
  /** The true answer comes so many ms late. */
  hang?: number;
  /** Slack carries it out all the same; default: not, but for `hang`, whose default is true. */
  after?: boolean;
  /** A regular expression that must fit the JSON of the arguments. */
  match?: string;
}
