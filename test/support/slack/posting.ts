import type { Block } from './blocks.ts';
import { checkBlocks } from './check-blocks.ts';
import { threadIn } from './messages.ts';
import { type Call, channelOf, userOf } from './method.ts';
import { badArguments, badBlocks, Refused } from './refusals.ts';
import { dmOf } from './scenery.ts';
import { botIn } from './who.ts';
import type { Channel } from './world.ts';

/** Where a message goes: a channel's id, or a user's, for their DM with the bot. */
export function targetOf(call: Call): Channel {
  const id = call.args.text('channel');
  if (id === undefined) throw badArguments('missing required field: channel');
  if (!/^[UW]/.test(id)) return channelOf(call, id);
  if (!call.world.users.has(id)) throw new Refused('channel_not_found');
  const user = userOf(call, id);
  if (user.deleted) throw new Refused('channel_not_found');
  if (user.bot) throw new Refused('cannot_dm_bot');
  return dmOf(call.world, user, call.install.botUserId);
}

/** Refuses where the bot must not write. */
export function mayPost({ install }: Call, channel: Channel): void {
  if (channel.archived) throw new Refused('is_archived');
  const inside = botIn(channel, install.botUserId);
  const open = channel.kind === 'public' && install.scopes.includes('chat:write.public');
  if (!inside && !open) throw new Refused('not_in_channel');
  if (channel.readOnly) throw new Refused('restricted_action_read_only_channel');
}

/** Refuses a thread that is not, or no more; `thread_ts` has to be the parent's. */
export function threadOf({ args }: Call, channel: Channel): string | null {
  const ts = args.text('thread_ts');
  if (ts === undefined) return null;
  if (!/^\d+\.\d{6}$/.test(ts)) throw new Refused('invalid_thread_ts');
  if (!threadIn(channel, ts)) throw new Refused('thread_not_found');
  return ts;
}

export interface Content {
  text: string;
  blocks: Block[];
  metadata: unknown;
}

function metadataOf({ args }: Call): unknown {
  try {
    const value = args.json('metadata') as { event_type?: unknown; event_payload?: unknown } | undefined;
    if (value === undefined) return null;
    if (typeof value.event_type !== 'string' || typeof value.event_payload !== 'object')
      throw new Refused('invalid_metadata_schema');
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) throw new Refused('invalid_metadata_format');
    throw error;
  }
}

function blocksOf({ args }: Call): unknown {
  try {
    return args.json('blocks');
  } catch {
    throw new Refused('invalid_blocks_format');
  }
}

/** Letters in all blocks of a message: in no reference, and met above some 12,000 (slackapi/bolt-js#2509, #2867). */
const lettersMost = 12_000;

function lettersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [name, inner]) => sum + (name === 'text' && typeof inner === 'string' ? inner.length : lettersOf(inner)),
    0,
  );
}

/** The text and the blocks of a message, or its refusal. */
export function contentOf(call: Call, most = 40_000): Content {
  const text = call.args.text('text') ?? '';
  const blocks = blocksOf(call);
  if (blocks !== undefined) {
    if (!Array.isArray(blocks)) throw new Refused('invalid_blocks_format');
    const messages = checkBlocks(blocks, 'message');
    if (messages.length > 0) throw badBlocks(messages);
    if (lettersOf(blocks) > lettersMost) throw new Refused('msg_blocks_too_long');
  }
  const list = (blocks ?? []) as Block[];
  if (text === '' && list.length === 0) throw new Refused('no_text');
  if (text.length > most) throw new Refused('msg_too_long');
  return { text, blocks: list, metadata: metadataOf(call) };
}
