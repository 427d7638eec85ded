import { z } from 'zod';
import { isAskedFor } from '../shared/fields.ts';
import type { Way } from './answer.ts';
import { type Around, callOf, type Deed, main, originOf, pictureOf, silent, strangeFile, typedIn } from './deed.ts';
import { limits } from './limits.ts';
import type { MentionEvent } from './payload.ts';
import { isPicture } from './pictures.ts';
import { readable, unquoted } from './text.ts';

const carriesSchema = z.object({
  text: z.string().exactOptional(),
  file: z.object({ id: z.string(), name: z.string() }).exactOptional(),
  /** The words are too many to be taken along. */
  lost: z.boolean().exactOptional(),
  /** The message that the offer was made for, and its thread. */
  message: z.string().exactOptional(),
  thread: z.string().exactOptional(),
});

/** What the button of an offer takes along. */
export type Carries = z.infer<typeof carriesSchema>;

/** Reads what a button brings; nothing where it is of another version. */
export function readCarries(value: string | undefined): Carries | undefined {
  if (value === undefined) return {};
  try {
    return carriesSchema.safeParse(JSON.parse(value)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function offer(event: MentionEvent, text: string, why: 'offer.text' | 'offer.words', way: Way, tools: Around): Deed {
  const form = main(tools.commands);
  if (!form) return silent;
  const picture = event.files?.find(isPicture);
  const there = { message: event.ts, thread: event.thread_ts ?? event.ts };
  const carries: Carries = {
    ...(text === '' ? {} : { text }),
    ...(picture ? { file: { id: picture.id, name: picture.name ?? picture.id } } : {}),
    ...there,
  };
  const packed = JSON.stringify(carries);
  const fits = packed.length <= limits.buttonValue;
  return { is: 'offer', path: form.path, why, way, carries: fits ? packed : JSON.stringify({ ...there, lost: true }) };
}

/** A message that mentions the bot: it runs where it begins with that and a command. What is quoted, edited or a bot's runs nothing. */
export function readMention(event: MentionEvent, team: string, tools: Around): Deed {
  const { user, channel, ts, text = '', files } = event;
  const shared =
    event.type === 'app_mention'
      ? event.subtype === undefined || event.subtype === 'file_share'
      : event.subtype === 'file_share';
  const isMine = tools.me !== undefined && new RegExp(`<@${tools.me}[>|]`).test(unquoted(text));
  if (user === undefined || event.bot_id !== undefined || event.edited !== undefined || !shared || !isMine)
    return silent;
  const way: Way = { team, user, channel, thread: event.thread_ts };
  const mention = new RegExp(`<@${tools.me}(?:\\|[^>]*)?>[\\s,:]*`, 'g');
  // What would be typed with a slash may be written so here too.
  const words = text
    .replace(mention, ' ')
    .trim()
    .replace(/^\/?dailies\s+/i, '');
  const begins = text.trimStart().search(mention) === 0;
  const typed = begins ? typedIn(words || 'help', tools.commands, tools.names) : undefined;
  if (!typed || (words === '' && files?.some(isPicture))) {
    return offer(event, readable(words, tools.names), 'offer.text', way, tools);
  }
  const strange = strangeFile(files, typed.leaf);
  if (strange) return { is: 'refused', said: strange, way };
  const given = { values: typed.values, files: pictureOf(files, typed.leaf, team, tools) };
  if (isAskedFor(typed.leaf, given)) return offer(event, '', 'offer.words', way, tools);
  const origin = originOf({ ...way, thread: event.thread_ts ?? ts }, { message: ts });
  return { is: 'call', call: callOf(origin, typed.path, given, `${channel}:${ts}`, tools.names[user] ?? user), way };
}
