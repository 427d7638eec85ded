import { ButtonStyle, ComponentType } from 'discord.js';
import { everyComponent, type Loose } from './components.ts';
import type { Path, Problems } from './refusals.ts';

const selects: readonly number[] = [
  ComponentType.StringSelect,
  ComponentType.UserSelect,
  ComponentType.RoleSelect,
  ComponentType.MentionableSelect,
  ComponentType.ChannelSelect,
];

export const isSelect = ({ type }: Loose): boolean => selects.includes(type);

/** A type where only others may stand; true where it is one of them. */
export function checkType(one: Loose, allowed: readonly number[], path: Path, problems: Problems): boolean {
  if (allowed.includes(one.type)) return true;
  const said = `Value of field "type" must be one of (${allowed.join(', ')}).`;
  problems.add([...path, 'type'], 'UNION_TYPE_CHOICES', said);
  return false;
}

export function checkButton(one: Loose, path: Path, problems: Problems): void {
  const { style, custom_id, url, label, emoji } = one as Loose & { style: number; url?: string; label?: string };
  if (!Object.values(ButtonStyle).includes(style))
    problems.add([...path, 'style'], 'BASE_TYPE_CHOICES', 'Value must be one of {1, 2, 3, 4, 5, 6}.');
  if (label != null) problems.length([...path, 'label'], label, emoji ? 0 : 1, 80);
  if (style === ButtonStyle.Premium) return;
  if (label == null && !emoji)
    problems.add(path, 'BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED', 'A label or emoji is required');
  if (style === ButtonStyle.Link) {
    if (custom_id !== undefined)
      problems.add(
        path,
        'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
        'A custom id and url cannot both be specified',
      );
    problems.length([...path, 'url'], url, 1, 512);
    if (url && !/^(https?|discord):\/\//.test(url))
      problems.add([...path, 'url'], 'URL_TYPE_INVALID_SCHEME', "Scheme must be one of ('http', 'https', 'discord').");
  } else if (custom_id === undefined) {
    problems.add(path, 'BUTTON_COMPONENT_CUSTOM_ID_REQUIRED', 'A custom id is required');
  } else problems.length([...path, 'custom_id'], custom_id, 1, 100);
}

interface Choosable extends Loose {
  options?: { label?: string; value?: string; description?: string }[];
  placeholder?: string;
  min_values?: number;
  max_values?: number;
}

/** What every list of choices must keep, in messages and in modals. */
export function checkChoices(one: Loose, path: Path, problems: Problems, [min, max]: [number, number]): void {
  const { options, min_values = 1, max_values = 1 } = one as Choosable;
  problems.length([...path, 'options'], options ?? [], min, max);
  for (const [index, option] of (options ?? []).entries()) {
    problems.length([...path, 'options', index, 'label'], option.label, 1, 100);
    problems.length([...path, 'options', index, 'value'], option.value, 1, 100);
    if (option.description) problems.length([...path, 'options', index, 'description'], option.description, 1, 100);
  }
  const values = (options ?? []).map(({ value }) => value);
  if (new Set(values).size < values.length)
    problems.add(
      [...path, 'options'],
      'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
      'The specified option value is already used',
    );
  if (min_values > max_values || max_values > 25)
    problems.add([...path, 'max_values'], 'NUMBER_TYPE_MAX', 'int value should be less than or equal to 25.');
}

/** A select menu, in a message or a modal. */
export function checkSelect(one: Loose, path: Path, problems: Problems): void {
  problems.length([...path, 'custom_id'], one.custom_id, 1, 100);
  const { placeholder } = one as Choosable;
  if (placeholder) problems.length([...path, 'placeholder'], placeholder, 1, 150);
  if (one.type === ComponentType.StringSelect) checkChoices(one, path, problems, [1, 25]);
}

/** A row of buttons, or of one select. */
export function checkRow(row: Loose, path: Path, problems: Problems): void {
  const inner = row.components ?? [];
  problems.length([...path, 'components'], inner, 1, 5);
  if (inner.some(isSelect) && inner.length > 1)
    problems.add(
      [...path, 'components'],
      'COMPONENT_LAYOUT_WIDTH_EXCEEDED',
      'The specified component exceeds the maximum width',
    );
  for (const [index, one] of inner.entries()) {
    const here = [...path, 'components', index];
    if (!checkType(one, [ComponentType.Button, ...selects], here, problems)) continue;
    if (isSelect(one)) checkSelect(one, here, problems);
    else checkButton(one, here, problems);
  }
}

/** No two components of a message or a modal share a custom_id. */
export function checkCustomIds(components: readonly unknown[], problems: Problems): void {
  const ids = [...everyComponent(components)].flatMap(({ custom_id }) => custom_id ?? []);
  if (new Set(ids).size < ids.length)
    problems.add(['components'], 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
}
