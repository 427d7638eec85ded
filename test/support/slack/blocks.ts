import type { Row } from './world.ts';

export interface Text {
  type: 'plain_text' | 'mrkdwn';
  text: string;
}

export interface Option {
  text: Text;
  value?: string;
  description?: Text;
}

/** Any element of a block, with whatever it may have. */
export interface Element extends Row {
  type: string;
  action_id?: string;
  value?: string;
  text?: Text | string;
  placeholder?: Text;
  options?: Option[];
  option_groups?: { label: Text; options: Option[] }[];
  initial_option?: Option;
  initial_options?: Option[];
  initial_value?: string;
  initial_conversation?: string;
  initial_user?: string;
  initial_channel?: string;
  default_to_current_conversation?: boolean;
  response_url_enabled?: boolean;
  multiline?: boolean;
  min_length?: number;
  max_length?: number;
  min_value?: string;
  max_value?: string;
  is_decimal_allowed?: boolean;
  filetypes?: string[];
  max_files?: number;
}

export interface Block extends Row {
  type: string;
  block_id?: string;
  text?: Text | string;
  label?: Text;
  hint?: Text;
  fields?: Text[];
  element?: Element;
  elements?: Element[];
  accessory?: Element;
  optional?: boolean;
  dispatch_action?: boolean;
}

export interface View extends Row {
  type: 'modal' | 'home';
  title?: Text;
  submit?: Text;
  close?: Text;
  blocks: Block[];
  private_metadata?: string;
  callback_id?: string;
  external_id?: string;
  clear_on_close?: boolean;
  notify_on_close?: boolean;
}

/** The elements of a block that a member can do something with. */
export function elementsOf(block: Block): Element[] {
  if (block.type === 'actions') return block.elements ?? [];
  return [block.element, block.accessory].filter((one) => one !== undefined);
}

/** A copy in which every block has a block_id, and every interactive element an action_id. */
export function named(blocks: readonly Block[], fresh: () => string): Block[] {
  const copy = structuredClone(blocks) as Block[];
  for (const block of copy) {
    block.block_id ??= fresh();
    for (const element of elementsOf(block)) if (element.type !== 'image') element.action_id ??= fresh();
  }
  return copy;
}

/** Where an element is, by its action_id, and by its value where several have that one. */
export function findElement(
  blocks: readonly Block[],
  action: string,
  value?: string,
): { block: Block; element: Element } | undefined {
  const found = blocks
    .flatMap((block) => elementsOf(block).map((element) => ({ block, element })))
    .filter(({ element }) => element.action_id === action);
  return found.find(({ element }) => value !== undefined && element.value === value) ?? found[0];
}

export const optionsOf = (element: Element): Option[] => [
  ...(element.options ?? []),
  ...(element.option_groups ?? []).flatMap(({ options }) => options),
];
