import type { ChannelType, PermissionsString } from 'discord.js';

/** A file as a member sends it. */
export interface GivenFile {
  name: string;
  contentType: string;
  base64: string;
  width?: number;
  height?: number;
  description?: string;
}

export interface GivenGuild {
  name?: string;
  /** Upload limit per file: 10 MiB at 0 and 1, 50 MiB at 2, 100 MiB at 3. */
  premiumTier?: 0 | 1 | 2 | 3;
  /** Bytes, in place of the tier's. */
  uploadLimit?: number;
  /** Who owns it; default: a new user. */
  ownerId?: string;
  everyone?: PermissionsString[];
  /** Permissions of the bot's own role; null: the bot is not in the guild. */
  bot?: PermissionsString[] | null;
  locale?: string;
  /** Its id falls on shard `[number, of]`. */
  shard?: [number, number];
}

export interface MadeGuild {
  id: string;
  ownerId: string;
  botRoleId: string;
}

export interface GivenOverwrite {
  /** A role (the guild's id is everyone) or a member. */
  id: string;
  allow?: PermissionsString[];
  deny?: PermissionsString[];
}

export interface GivenChannel {
  guild: string;
  /** Default: GuildText, or PublicThread where there is a parent. */
  type?: ChannelType;
  name?: string;
  /** Of a thread: the channel it is in. */
  parent?: string;
  overwrites?: GivenOverwrite[];
  archived?: boolean;
  locked?: boolean;
  /** Of a thread: users in it. The bot too, where it should be. */
  members?: string[];
}

export interface GivenMember {
  guild: string;
  /** A user who exists already, of another guild; what is given changes them. */
  user?: string;
  name?: string;
  globalName?: string | null;
  nick?: string | null;
  roles?: string[];
  dms?: 'open' | 'closed';
  /** Bytes per file that their Nitro allows; counts in `attachment_size_limit` only. */
  uploadLimit?: number;
  locale?: string;
}

/** A file of an option goes to the CDN; users, roles and channels are given by id. */
export type GivenOptions = Record<string, string | number | boolean | GivenFile>;

export interface GivenSlash {
  channel: string;
  user: string;
  command: string;
  /** `sub` or `group sub`. */
  sub?: string;
  options?: GivenOptions;
}

/** Values by custom_id; files for a file upload, a boolean for a checkbox. */
export type GivenValues = Record<string, string | string[] | boolean | GivenFile[] | null>;

/** Where a button is: on a message, an ephemeral one too, or on the first response to an interaction. */
export type GivenPress = { user: string; customId: string } & ({ message: string } | { interaction: string });

export interface GivenWords {
  channel: string;
  user: string;
  content?: string;
  files?: GivenFile[];
  /** Id of the message it replies to. */
  reply?: string;
}

/**
 * What happens instead of an answer, to the next `times` (1) requests whose method and path fit. The path is what stands after
 * `/api/v10`, with its query.
 */
export type GivenFault = { method?: string; path: string; times?: number } & (
  | {
      status: number;
      code?: number;
      message?: string;
      /** In place of the JSON of code and message; a string is sent as it is. */
      body?: unknown;
      headers?: Record<string, string>;
      /** Discord did it all the same; default: it did not. */
      done?: boolean;
    }
  /** The connection is reset: before anything of it is done, or after it is, without an answer. */
  | { cut: 'before' | 'after' }
  /** The true answer comes so many ms late, and is done at once; `done: false`: done late too, and not at all when the client has gone. */
  | { hang: number; done?: boolean }
);
