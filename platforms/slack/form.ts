import type { types } from '@slack/bolt';
import { z } from 'zod';
import type { Field, Leaf } from '../../src/domain/command.ts';
import { word } from '../../src/domain/words.ts';
import { type Given, type Offer, offeredFields, offers } from '../shared/fields.ts';
import { label, small } from './blocks.ts';
import { viewId } from './ids.ts';
import { limits, pictureTypes } from './limits.ts';
import { say } from './words.ts';

const fileSchema = z.object({ id: z.string(), name: z.string() });

/** What a form carries unseen until it is sent: where it was opened, how its answer gets there, and the picture that was given before. */
const carriedSchema = z.object({
  channel: z.string().optional(),
  thread: z.string().optional(),
  message: z.string().optional(),
  /** Where answers go for half an hour. */
  respond: z.string().optional(),
  /** Under the name of its field. */
  files: z.record(z.string(), fileSchema).optional(),
  /** What the button that opened it carries, which has no place in the form. */
  values: z.record(z.string(), z.unknown()).optional(),
});
export type Carried = z.infer<typeof carriedSchema>;

export function readCarried(text: string): Carried | undefined {
  try {
    const read = carriedSchema.safeParse(JSON.parse(text === '' ? '{}' : text));
    return read.success ? read.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The block in which a form asks for a channel, where it was opened in none. */
export const channelBlock = 'slack:channel';

const option = ({ value, label: said }: { value: string; label: string }): types.PlainTextOption => ({
  text: label(said, limits.optionText),
  value,
});

/** Channels, and no direct messages. */
const channelFilter: NonNullable<types.ConversationsSelect['filter']> = {
  include: ['public', 'private'],
  exclude_bot_users: true,
};

function elementOf(name: string, field: Field, given: unknown, offer: Offer): types.InputBlock['element'] {
  const base = { action_id: name };
  if (field.kind === 'member') {
    return { ...base, type: 'users_select', ...(given === undefined ? {} : { initial_user: String(given) }) };
  }
  if (field.kind === 'channel') {
    const initial = given === undefined ? {} : { initial_conversation: String(given) };
    return { ...base, type: 'conversations_select', filter: channelFilter, ...initial };
  }
  if (field.kind === 'image') return { ...base, type: 'file_input', filetypes: [...pictureTypes], max_files: 1 };
  const offered = offers([name, field], offer, limits.options, (value) => say('form.seconds', value));
  if (offered?.every(({ value }) => value.length <= limits.optionValue)) {
    const options = offered.map(option);
    const chosen = options.find(({ value }) => value === String(given));
    const placeholder = label(say('form.choose'), limits.placeholder);
    return { ...base, type: 'static_select', placeholder, options, ...(chosen ? { initial_option: chosen } : {}) };
  }
  const multiline = field.kind === 'text' && field.multiline === true;
  const max_length = field.kind === 'text' ? Math.min(field.max, limits.input) : limits.placeholder;
  const value = given === undefined ? {} : { initial_value: String(given) };
  const hint = field.hint === undefined ? {} : { placeholder: label(word(field.hint), limits.placeholder) };
  return { ...base, ...value, ...hint, type: 'plain_text_input', multiline, max_length };
}

/** Whether a form can show what was given. */
const isShown = (field: Field, value: unknown): boolean =>
  field.kind === 'member' || field.kind === 'channel'
    ? typeof value === 'string' && /^[CGUW][A-Z0-9]+$/.test(value)
    : field.kind !== 'image' &&
      String(value).length <= (field.kind === 'text' ? Math.min(field.max, limits.input) : 150);

function blocksOf(name: string, field: Field, given: Given, offer: Offer): types.KnownBlock[] {
  const value = given.values[name];
  const element = elementOf(name, field, isShown(field, value) ? value : undefined, offer);
  const file = given.files[name];
  const hint = field.hint !== undefined && element.type !== 'plain_text_input' ? word(field.hint) : undefined;
  const input: types.InputBlock = {
    type: 'input',
    block_id: name,
    label: label(word(field.label), limits.label),
    // A picture that was given before may stay as it is.
    optional: field.required !== true,
    element,
    ...(hint === undefined ? {} : { hint: label(hint, limits.hint) }),
  };
  return file ? [input, small(say('form.attached', file.name))] : [input];
}

const channelInput: types.InputBlock = {
  type: 'input',
  block_id: channelBlock,
  optional: true,
  label: label(say('form.channel'), limits.label),
  hint: label(say('form.channel.hint'), limits.hint),
  element: {
    type: 'conversations_select',
    action_id: channelBlock,
    default_to_current_conversation: true,
    response_url_enabled: true,
    filter: channelFilter,
  },
};

/** A form of a command's fields, with what was given in its places. `asksWhere`: it was opened in no channel. */
export function formOf(
  { path, leaf }: { path: string; leaf: Leaf },
  given: Given,
  offer: Offer,
  { carried, asksWhere, lost }: { carried: Carried; asksWhere: boolean; lost: boolean },
): types.ModalView {
  const fields = offeredFields(leaf, offer.models).filter(([name]) => carried.values?.[name] === undefined);
  return {
    type: 'modal',
    callback_id: viewId(path),
    private_metadata: JSON.stringify(carried),
    title: label(word(leaf.title ?? leaf.summary), limits.viewTitle),
    submit: label(say('form.submit'), limits.viewButton),
    close: label(say('form.close'), limits.viewButton),
    blocks: [
      ...(lost ? [small(say('form.lost'))] : []),
      ...fields.flatMap(([name, field]) => blocksOf(name, field, given, offer)),
      ...(asksWhere ? [channelInput] : []),
    ],
  };
}
