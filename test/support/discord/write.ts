import {
  type APIAllowedMentions,
  type APIEmbed,
  type APIMessageTopLevelComponent,
  MessageFlags,
  MessageType,
} from 'discord.js';
import { type AttachmentGiven, attachmentsAfter, checkSizes } from './attachments.ts';
import type { ReceivedFile } from './body.ts';
import { checkMessage } from './check-message.ts';
import { textOf } from './components.ts';
import { checkAllowedMentions, mentionsOf, mergeMentions, noMentions } from './mentions.ts';
import { createProblems, type Path, refusal } from './refusals.ts';
import type { Channel, Message, User, World } from './world.ts';

/** What a body says about a message. */
export interface MessageGiven {
  content?: string | null;
  embeds?: APIEmbed[] | null;
  components?: APIMessageTopLevelComponent[] | null;
  attachments?: AttachmentGiven[] | null;
  flags?: number | null;
  nonce?: string | number | null;
  allowed_mentions?: APIAllowedMentions | null;
}

export interface Writing {
  given: MessageGiven;
  files: readonly ReceivedFile[];
  /** Bytes per file. */
  limit: number;
  /** By an interaction's token: only users are mentioned by default. */
  webhook: boolean;
  /** Where the message stands in the body. */
  base?: Path;
}

const settable = MessageFlags.SuppressEmbeds | MessageFlags.SuppressNotifications | MessageFlags.IsComponentsV2;

/** The message as a request leaves it, checked; the one that is stored stays as it was. */
function written(world: World, message: Message, { given, files, limit, webhook, base }: Writing): Message {
  const problems = createProblems(base);
  const { content, embeds, components, flags, attachments } = given;
  if (content != null && typeof content !== 'string')
    problems.add(['content'], 'STRING_TYPE_CONVERT', 'Could not interpret the value as string.');
  const allowed = given.allowed_mentions ?? undefined;
  checkAllowedMentions(allowed, problems);
  problems.refuse();
  checkSizes(files, limit);
  const after: Message = {
    ...message,
    content: content === undefined ? message.content : (content ?? '').trim(),
    embeds: embeds === undefined ? message.embeds : (embeds ?? []),
    components: components === undefined ? message.components : (components ?? []),
    flags: flags == null ? message.flags : (message.flags & MessageFlags.IsComponentsV2) | (flags & settable),
    attachments: attachmentsAfter(world, message, attachments === null ? [] : attachments, files),
  };
  checkMessage(after, problems);
  if (content !== undefined || components !== undefined) {
    const text = `${after.content}\n${textOf(after.components)}`;
    after.mentions = message.ephemeral ? noMentions() : mentionsOf(world, message, text, { allowed, webhook });
  }
  return after;
}

/** A message with nothing in it, stored nowhere yet. */
export function blank(world: World, channel: Channel, author: User, more: Partial<Message> = {}): Message {
  return {
    ...{ id: world.ids.next(), type: MessageType.Default, channel, author, createdAt: world.clock.now() },
    ...{ editedAt: null, edits: 0, content: '', flags: 0, embeds: [], components: [], attachments: [], nonce: null },
    ...{ reference: null, mentions: noMentions(), pinged: noMentions(), interaction: null },
    ...{ ephemeral: false, loading: false, deleted: false },
    ...more,
  };
}

/** Puts a message into its channel. */
export function keep(world: World, message: Message): Message {
  world.messages.set(message.id, message);
  message.channel.messages.push(message);
  return message;
}

/** Posts a message. Throws what Discord refuses it with, and nothing is posted then. */
export function post(world: World, message: Message, writing: Writing): Message {
  if (!world.channels.has(message.channel.id)) throw refusal(10003);
  Object.assign(message, written(world, message, writing));
  mergeMentions(message.pinged, message.mentions);
  return keep(world, message);
}

/** Edits a message; the first text of a deferred response is no edit. */
export function edit(world: World, message: Message, writing: Writing): Message {
  const { channel, loading } = message;
  if (message.deleted || !world.channels.has(channel.id)) throw refusal(10008);
  if (channel.archived) throw refusal(50083);
  const now = world.clock.now();
  const after = written(world, message, writing);
  if (!loading) ration(world, message);
  Object.assign(message, after, { loading: false });
  if (!loading) Object.assign(message, { editedAt: now, edits: message.edits + 1 });
  mergeMentions(message.pinged, message.mentions);
  return message;
}

const editsIn = { count: 5, windowMs: 6000 };

/** Edits of old messages are few per channel: docs.discord.food/resources/message, "Edit Message". */
function ration(world: World, { channel, createdAt }: Message): void {
  const now = world.clock.now();
  if (now - createdAt <= world.settings.hourMs) return;
  channel.oldEdits = channel.oldEdits.filter((time) => time > now - editsIn.windowMs);
  const [first = now] = channel.oldEdits;
  if (channel.oldEdits.length >= editsIn.count)
    throw refusal(30046, { retryAfter: (first + editsIn.windowMs - now) / 1000 });
  channel.oldEdits.push(now);
}

export function remove(message: Message): void {
  message.deleted = true;
  message.channel.messages = message.channel.messages.filter((one) => one !== message);
}
