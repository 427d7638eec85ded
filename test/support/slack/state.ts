import { Impossible } from '../controller.ts';
import type { GivenFile } from './api.ts';
import { type Element, elementsOf, type Option, optionsOf } from './blocks.ts';
import { fileObject } from './objects.ts';
import { takeFile } from './storage.ts';
import type { Row, StoredModal, User, World } from './world.ts';

export type Value = string | string[] | GivenFile[] | null;

const selected: Record<string, string> = {
  ...{ conversations_select: 'selected_conversation', channels_select: 'selected_channel' },
  ...{ users_select: 'selected_user', datepicker: 'selected_date', timepicker: 'selected_time' },
  ...{ multi_conversations_select: 'selected_conversations', multi_channels_select: 'selected_channels' },
  ...{ multi_users_select: 'selected_users', datetimepicker: 'selected_date_time' },
};
const single = ['static_select', 'radio_buttons', 'overflow', 'external_select'];
const several = ['multi_static_select', 'checkboxes', 'multi_external_select'];

const one = (value: Value): string | null => (typeof value === 'string' && value !== '' ? value : null);
const many = (value: Value): string[] =>
  typeof value === 'string' ? [value] : (value ?? []).filter((item) => typeof item === 'string');

function optionOf(element: Element, value: string): Option {
  const found = optionsOf(element).find((option) => option.value === value);
  if (found) return found;
  if (element.type.endsWith('external_select')) return { text: { type: 'plain_text', text: value }, value };
  throw new Impossible(`${element.action_id} has no option ${value}`);
}

/** Where a member's client starts from. */
export function initialOf(element: Element, modal: Pick<StoredModal, 'channel'> | null): Value {
  const { type } = element;
  if (several.includes(type)) return (element.initial_options ?? []).map(({ value }) => value ?? '');
  if (single.includes(type)) return element.initial_option?.value ?? null;
  if (type === 'conversations_select') {
    const current = element.default_to_current_conversation ? modal?.channel?.id : undefined;
    return current ?? element.initial_conversation ?? null;
  }
  if (type === 'channels_select') return element.initial_channel ?? null;
  if (type === 'users_select') return element.initial_user ?? null;
  return element.initial_value ?? null;
}

/** What an element says in a payload's `state`, and in an action. */
export function stateOf(world: World, user: User, element: Element, value: Value): Row {
  const { type } = element;
  if (several.includes(type)) return { type, selected_options: many(value).map((id) => optionOf(element, id)) };
  if (single.includes(type)) {
    const chosen = one(value);
    return { type, selected_option: chosen === null ? null : optionOf(element, chosen) };
  }
  const key = selected[type];
  if (key) return { type, [key]: type.startsWith('multi_') ? many(value) : one(value) };
  if (type === 'file_input') {
    const given = Array.isArray(value) ? value.filter((file) => typeof file === 'object') : [];
    const files = given.map((file) => takeFile(world, user.team, user, file));
    for (const file of files) file.handed = true;
    return { type, files: files.map((file) => fileObject(world, file)) };
  }
  return { type, value: one(value) };
}

/** The state of all inputs and selects of a view or a message. */
export function stateValues(
  world: World,
  user: User,
  blocks: StoredModal['json']['blocks'],
  read: (element: Element, block: string) => Value,
): Record<string, Row> {
  const values: Record<string, Row> = {};
  for (const block of blocks) {
    const id = block.block_id ?? '';
    for (const element of elementsOf(block)) {
      if (['button', 'image', 'overflow', 'workflow_button', 'icon_button'].includes(element.type)) continue;
      const state = stateOf(world, user, element, read(element, id));
      values[id] = { ...values[id], [element.action_id ?? '']: state };
    }
  }
  return values;
}
