import { ChannelType, MessageType } from 'discord.js';
import { channelBody } from './bodies.ts';
import { messageBody } from './message-body.ts';
import { has, permissionsIn, uploadLimitOf } from './permissions.ts';
import { badField, createProblems, refusal } from './refusals.ts';
import { type Call, channelOf, done, needs, needsToSend, ok, type Route } from './route.ts';
import type { Channel, Message, World } from './world.ts';
import { blank, edit, type MessageGiven, post, remove } from './write.ts';

interface PostGiven extends MessageGiven {
  enforce_nonce?: boolean;
  message_reference?: { message_id?: string; channel_id?: string; fail_if_not_exists?: boolean };
}

const isText = ({ type }: Channel): boolean => type !== ChannelType.GuildForum && type !== ChannelType.GuildMedia;

/** A message of the channel that is there for everyone. */
function messageOf(call: Call): Message {
  const channel = channelOf(call);
  const message = standing(call.world, channel, call.params.message);
  if (!message) throw refusal(10008);
  return message;
}

function standing(world: World, channel: Channel, id: string | undefined): Message | undefined {
  const message = world.messages.get(id ?? '');
  return message && message.channel === channel && !message.deleted && !message.ephemeral ? message : undefined;
}

/** A DM reaches only who shares a guild with the bot and takes DMs. */
function needsToReach(world: World, { recipient }: Channel): void {
  if (!recipient) return;
  const common = [...world.guilds.values()].some(
    ({ members }) => members.has(recipient.id) && members.has(world.bot.id),
  );
  if (!common) throw refusal(50278);
  if (recipient.dms === 'closed') throw refusal(50007);
}

function referenceOf(world: World, channel: Channel, given: PostGiven['message_reference']): Message['reference'] {
  if (!given?.message_id) return null;
  if (channel.guild && !has(permissionsIn(channel, world.bot.id), 'ReadMessageHistory')) throw refusal(160002);
  const message = standing(world, channel, given.message_id);
  if (message && (given.channel_id ?? channel.id) === channel.id)
    return { messageId: message.id, channelId: channel.id };
  if (given.fail_if_not_exists === false) return null;
  throw badField(['message_reference'], 'MESSAGE_REFERENCE_UNKNOWN_MESSAGE', 'Unknown message');
}

/** The message that the bot posted with this nonce a short while ago. */
function twinOf(world: World, channel: Channel, { nonce, enforce_nonce }: PostGiven): Message | undefined {
  if (!enforce_nonce || nonce == null) return undefined;
  const since = world.clock.now() - world.settings.nonceMs;
  return channel.messages.find(
    (one) =>
      one.author === world.bot && one.nonce !== null && String(one.nonce) === String(nonce) && one.createdAt >= since,
  );
}

function create(call: Call) {
  const { world, body } = call;
  const channel = channelOf(call);
  const given = body.json as PostGiven;
  if (!isText(channel)) throw refusal(50008);
  needsToSend(world, channel);
  needsToReach(world, channel);
  if (body.files.length > 0) needs(world, channel, 'AttachFiles');
  const twin = twinOf(world, channel, given);
  if (twin) return ok(messageBody(world, twin));
  const reference = referenceOf(world, channel, given.message_reference);
  const type = reference ? MessageType.Reply : MessageType.Default;
  const message = blank(world, channel, world.bot, { type, reference, nonce: given.nonce ?? null });
  post(world, message, { given, files: body.files, limit: uploadLimitOf(channel), webhook: false });
  channel.archived = false;
  return ok(messageBody(world, message));
}

function list(call: Call) {
  const { world, query } = call;
  const channel = channelOf(call);
  const limit = Number(query.get('limit') ?? 50);
  if (!(limit >= 1 && limit <= 100))
    throw badField(['limit'], 'NUMBER_TYPE_MAX', 'int value should be less than or equal to 100.');
  if (channel.guild && !has(permissionsIn(channel, world.bot.id), 'ReadMessageHistory')) return ok([]);
  const seen = channel.messages.filter(({ ephemeral }) => !ephemeral);
  const [before, after, around] = ['before', 'after', 'around'].map((name) => {
    const id = query.get(name);
    if (id !== null && !/^\d+$/.test(id))
      throw badField([name], 'NUMBER_TYPE_COERCE', `Value "${id}" is not snowflake.`);
    return id;
  });
  const older = (id: string) => seen.filter((one) => BigInt(one.id) < BigInt(id));
  const newer = (id: string) => seen.filter((one) => BigInt(one.id) > BigInt(id));
  let page = seen.slice(-limit);
  if (around) {
    const half = Math.floor(limit / 2);
    const middle = seen.filter(({ id }) => id === around);
    page = [...older(around).slice(-half), ...middle, ...newer(around).slice(0, half)];
  } else if (before) page = older(before).slice(-limit);
  else if (after) page = newer(after).slice(0, limit);
  return ok(page.reverse().map((one) => messageBody(world, one)));
}

/** Channels whose messages threads are started from, and the kind of those. */
const threads = new Map([
  [ChannelType.GuildText, ChannelType.PublicThread],
  [ChannelType.GuildAnnouncement, ChannelType.AnnouncementThread],
]);
/** Minutes without a message after which a thread may be archived. */
const durations = [60, 1440, 4320, 10_080];

/** docs.discord.com/developers/resources/channel, "Start Thread from Message". */
function startThread(call: Call) {
  const { world, body } = call;
  const { id, channel } = messageOf(call);
  const { name, auto_archive_duration: duration } = body.json as { name?: string; auto_archive_duration?: number };
  const problems = createProblems();
  problems.length(['name'], name, 1, 100);
  if (duration !== undefined && !durations.includes(duration))
    problems.add(['auto_archive_duration'], 'BASE_TYPE_CHOICES', `Value must be one of {${durations.join(', ')}}.`);
  problems.refuse();
  const type = threads.get(channel.type);
  if (type === undefined) throw refusal(50024);
  needs(world, channel, 'CreatePublicThreads');
  if (world.channels.has(id)) throw refusal(160004);
  const thread: Channel = {
    ...{ id, type, guild: channel.guild, recipient: null, name: name ?? '', parent: channel, overwrites: [] },
    ...{ archived: false, archivedAt: world.clock.now(), locked: false, members: new Set([world.bot.id]) },
    ...{ messages: [], oldEdits: [] },
  };
  world.channels.set(id, thread);
  return { status: 201, body: channelBody(thread) };
}

export const messageRoutes: Route[] = [
  { method: 'POST', path: '/channels/:channel/messages/:message/threads', run: startThread },
  { method: 'GET', path: '/channels/:channel/messages', run: list },
  { method: 'POST', path: '/channels/:channel/messages', run: create },
  {
    method: 'GET',
    path: '/channels/:channel/messages/:message',
    run: (call) => {
      const message = messageOf(call);
      const { guild } = message.channel;
      if (guild && !has(permissionsIn(message.channel, call.world.bot.id), 'ReadMessageHistory')) throw refusal(50001);
      return ok(messageBody(call.world, message));
    },
  },
  {
    method: 'PATCH',
    path: '/channels/:channel/messages/:message',
    run: (call) => {
      const { world, body } = call;
      const message = messageOf(call);
      // Whether Discord lets a bot fill a deferred response in by this way is not documented; the fake takes the worse answer.
      if (message.loading) throw refusal(10008);
      if (message.author !== world.bot) throw refusal(50005);
      if (body.files.length > 0) needs(world, message.channel, 'AttachFiles');
      const limit = uploadLimitOf(message.channel);
      edit(world, message, { given: body.json as MessageGiven, files: body.files, limit, webhook: false });
      return ok(messageBody(world, message));
    },
  },
  {
    method: 'DELETE',
    path: '/channels/:channel/messages/:message',
    run: (call) => {
      const message = messageOf(call);
      if (message.author !== call.world.bot) {
        if (!message.channel.guild) throw refusal(50003);
        needs(call.world, message.channel, 'ManageMessages');
      }
      remove(message);
      return done;
    },
  },
];
