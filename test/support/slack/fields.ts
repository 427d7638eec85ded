import { Impossible } from '../controller.ts';
import type { GivenSubmit } from './api.ts';
import type { Block, Element } from './blocks.ts';
import { initialOf, type Value } from './state.ts';
import type { StoredModal, World } from './world.ts';

const perFile = 10 * 1024 * 1024;

const sizeOf = (file: object): number =>
  'size' in file ? Number(file.size) : 'base64' in file ? Buffer.byteLength(String(file.base64), 'base64') : 0;

function checkText(element: Element, value: string, name: string): void {
  const { type, min_length = 0, max_length = 3000, min_value, max_value } = element;
  if (value.length > max_length) throw new Impossible(`${name}: at most ${max_length} characters`);
  if (value.length < min_length) throw new Impossible(`${name}: at least ${min_length} characters`);
  if (type === 'email_text_input' && !/^\S+@\S+$/.test(value)) throw new Impossible(`${name}: no email address`);
  if (type === 'url_text_input' && !URL.canParse(value)) throw new Impossible(`${name}: no URL`);
  if (type === 'plain_text_input' && !element.multiline && value.includes('\n'))
    throw new Impossible(`${name}: one line only`);
  if (type !== 'number_input') return;
  const number = Number(value);
  if (!Number.isFinite(number) || (!element.is_decimal_allowed && !Number.isInteger(number)))
    throw new Impossible(`${name}: no such number`);
  if (min_value !== undefined && number < Number(min_value)) throw new Impossible(`${name}: at least ${min_value}`);
  if (max_value !== undefined && number > Number(max_value)) throw new Impossible(`${name}: at most ${max_value}`);
}

function checkFiles(element: Element, value: Value, name: string): void {
  const { filetypes, max_files = 10 } = element;
  const files = (Array.isArray(value) ? value : []).filter((file) => typeof file === 'object');
  if (files.length > max_files) throw new Impossible(`${name}: at most ${max_files} files`);
  for (const file of files) {
    const ending = file.name.split('.').pop()?.toLowerCase() ?? '';
    if (filetypes && !filetypes.includes(ending)) throw new Impossible(`${name}: no files of type ${ending}`);
    if (sizeOf(file) > perFile) throw new Impossible(`${name}: ${file.name} is larger than 10 MB`);
  }
}

const isEmpty = (value: Value) => value === null || value.length === 0;

/** What a member fills in, element by element; throws what their client would tell them. */
export function fieldsOf(
  world: World,
  modal: StoredModal,
  given: GivenSubmit,
): (element: Element, block: string) => Value {
  const values = { ...given.values };
  const used = new Set<string>();
  const read = (element: Element, block: string): Value => {
    for (const key of [element.action_id ?? '', block])
      if (Object.hasOwn(values, key)) {
        used.add(key);
        return values[key] ?? null;
      }
    if (element.type === 'conversations_select' && given.channel !== undefined) return given.channel;
    return initialOf(element, modal);
  };
  function check(block: Block, element: Element): void {
    const id = block.block_id ?? '';
    const [value, name] = [read(element, id), element.action_id ?? id];
    if (isEmpty(value)) {
      if (block.optional) return;
      throw new Impossible(`${name} is required`);
    }
    if (element.type === 'file_input') checkFiles(element, value, name);
    else if (element.type.endsWith('_input') && typeof value === 'string') checkText(element, value, name);
    if (element.type === 'conversations_select' && !world.channels.has(String(value)))
      throw new Impossible(`there is no channel ${value}`);
  }
  for (const block of modal.json.blocks) if (block.type === 'input' && block.element) check(block, block.element);
  const names = modal.json.blocks.flatMap(({ block_id, element, elements, accessory }) => [
    block_id,
    ...[element, accessory, ...(elements ?? [])].map((one) => one?.action_id),
  ]);
  const strange = Object.keys(values).filter((key) => !used.has(key) && !names.includes(key));
  if (strange.length > 0) throw new Impossible(`the view has no ${strange.join(', ')}`);
  return read;
}
