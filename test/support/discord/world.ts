import type {
  APIApplicationCommand,
  APIApplicationCommandOptionChoice,
  APIEmbed,
  APIInteraction,
  APIMessageTopLevelComponent,
  APIModalInteractionResponseCallbackData,
  ChannelType,
  InteractionType,
  MessageType,
  OverwriteType,
} from 'discord.js';
import type { FakeDiscordOptions, StoredInteraction } from './api.ts';
import type { Clock } from './clock.ts';
import type { Ids } from './ids.ts';

export interface User {
  id: string;
  name: string;
  globalName: string | null;
  bot: boolean;
  dms: 'open' | 'closed';
  uploadLimit: number;
  locale: string;
}

export interface Role {
  id: string;
  name: string;
  permissions: bigint;
  mentionable: boolean;
}

export interface Member {
  user: User;
  nick: string | null;
  roles: Set<string>;
  joinedAt: number;
}

export interface Guild {
  id: string;
  name: string;
  ownerId: string;
  botRoleId: string;
  premiumTier: 0 | 1 | 2 | 3;
  uploadLimit: number | null;
  locale: string;
  roles: Map<string, Role>;
  members: Map<string, Member>;
}

export interface Overwrite {
  id: string;
  type: OverwriteType;
  allow: bigint;
  deny: bigint;
}

export interface Channel {
  id: string;
  type: ChannelType;
  /** Null for a DM. */
  guild: Guild | null;
  /** Whose DM it is. */
  recipient: User | null;
  name: string;
  /** Of a thread. */
  parent: Channel | null;
  overwrites: Overwrite[];
  archived: boolean;
  archivedAt: number;
  locked: boolean;
  members: Set<string>;
  messages: Message[];
  /** When edits of old messages were made here. */
  oldEdits: number[];
}

export interface Attachment {
  id: string;
  /** The folder of its link: `attachments/<channel>` or `ephemeral-attachments/<application>`. */
  folder: string;
  filename: string;
  title: string | null;
  size: number;
  contentType: string | null;
  description: string | null;
  spoiler: boolean;
  ephemeral: boolean;
  sha256: string;
  width: number | null;
  height: number | null;
  /** Null where they are too many to be kept. */
  bytes: Buffer | null;
}

export interface Mentions {
  users: Set<string>;
  roles: Set<string>;
  everyone: boolean;
}

export interface Message {
  id: string;
  type: MessageType;
  channel: Channel;
  author: User;
  createdAt: number;
  editedAt: number | null;
  edits: number;
  content: string;
  flags: number;
  embeds: APIEmbed[];
  components: APIMessageTopLevelComponent[];
  attachments: Attachment[];
  nonce: string | number | null;
  reference: { messageId: string; channelId: string } | null;
  /** Of its text as it stands, and of all texts that it ever had. */
  mentions: Mentions;
  pinged: Mentions;
  interaction: Interaction | null;
  ephemeral: boolean;
  /** A deferred response that nothing has filled in yet. */
  loading: boolean;
  deleted: boolean;
}

export interface Interaction {
  id: string;
  token: string;
  type: InteractionType;
  createdAt: number;
  user: User;
  channel: Channel;
  payload: APIInteraction;
  dispatches: number;
  uploadLimit: number;
  ack: StoredInteraction['ack'];
  deferred: boolean;
  choices: APIApplicationCommandOptionChoice[] | null;
  modal: APIModalInteractionResponseCallbackData | null;
  response: Message | null;
  followups: Message[];
  /** The message whose component led here. */
  source: Message | null;
  /** The interaction whose modal was submitted. */
  parent: Interaction | null;
}

type Optional = 'buckets' | 'globalPerSecond' | 'edgeLimit';
export type Settings = Required<Omit<FakeDiscordOptions, Optional>> & {
  [Name in Optional]: NonNullable<FakeDiscordOptions[Name]> | null;
};

/** Everything that the fake holds. */
export interface World {
  settings: Settings;
  clock: Clock;
  ids: Ids;
  /** Signs the links of attachments. */
  sign(text: string): string;
  origin: string;
  applicationId: string;
  bot: User;
  users: Map<string, User>;
  guilds: Map<string, Guild>;
  channels: Map<string, Channel>;
  messages: Map<string, Message>;
  interactions: Map<string, Interaction>;
  /** The same by their tokens. */
  tokens: Map<string, Interaction>;
  attachments: Map<string, Attachment>;
  /** By guild id, the global ones under ''. */
  commands: Map<string, APIApplicationCommand[]>;
  dispatch(guildId: string | null, event: string, data: unknown): void;
}
