import type {
  APIApplicationCommandOptionChoice,
  APIEmbed,
  APIInteraction,
  APIMessageTopLevelComponent,
  APIModalInteractionResponseCallbackData,
  ChannelType,
  InteractionResponseType,
  InteractionType,
} from 'discord.js';

export interface StoredAttachment {
  id: string;
  filename: string;
  size: number;
  contentType: string | null;
  description: string | null;
  spoiler: boolean;
  sha256: string;
  /** Signed when it was read. */
  url: string;
}

export interface StoredMessage {
  id: string;
  channelId: string;
  guildId: string | null;
  authorId: string;
  createdAt: number;
  /** How often it was edited; filling a deferred response in is no edit. */
  edits: number;
  content: string;
  flags: number;
  embeds: APIEmbed[];
  components: APIMessageTopLevelComponent[];
  attachments: StoredAttachment[];
  nonce: string | null;
  /** The message it replies to. */
  reference: { messageId: string; channelId: string } | null;
  /** Whom its posting and its edits mentioned; ephemeral messages mention nobody. */
  pinged: { users: string[]; roles: string[]; everyone: boolean };
  /** The interaction that it answers. */
  interactionId: string | null;
  ephemeral: boolean;
  deleted: boolean;
}

export interface StoredInteraction {
  id: string;
  type: InteractionType;
  createdAt: number;
  token: string;
  user: string;
  guildId: string | null;
  channelId: string;
  /** As it was dispatched. */
  payload: APIInteraction;
  /** How often it was dispatched. */
  dispatches: number;
  /** The initial response; null while there is none. `flags` are those of its data. */
  ack: { type: InteractionResponseType; afterMs: number; flags: number } | null;
  /** Answered by a deferral, and nothing since. */
  deferred: boolean;
  choices: APIApplicationCommandOptionChoice[] | null;
  modal: APIModalInteractionResponseCallbackData | null;
  /** The first response as it stands now; for types 6 and 7 the message of the component. Null while only deferred by type 5. */
  response: StoredMessage | null;
  followups: StoredMessage[];
}

export interface StoredChannel {
  id: string;
  type: ChannelType;
  guildId: string | null;
  name: string;
  parentId: string | null;
  archived: boolean;
  locked: boolean;
  members: string[];
}

export interface SeenRequest {
  method: string;
  /** After `/api/v10`, with its query. */
  path: string;
  /** Null while it is not answered or where it never is. */
  status: number | null;
  /** Discord's code in the answer. */
  code: number | null;
  at: number;
}

export interface Stats {
  requests: number;
  /** 401, 403 and 429 but those of shared scope: 10,000 in 10 min are an IP ban. */
  invalid: number;
  identifies: number;
  resumes: number;
  /** WebSocket connections that were made, and those open now. */
  connections: number;
  connected: number;
}

export interface SeenSession {
  id: string;
  shard: [number, number];
  intents: number;
  connected: boolean;
  seq: number;
}
