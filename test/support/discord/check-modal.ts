import { type APIModalInteractionResponseCallbackData, ComponentType } from 'discord.js';
import { checkChoices, checkCustomIds, checkSelect, checkType, isSelect } from './check-controls.ts';
import type { Loose } from './components.ts';
import { createProblems, type Path, type Problems } from './refusals.ts';

const inLabel: readonly number[] = [
  ComponentType.StringSelect,
  ComponentType.TextInput,
  ComponentType.UserSelect,
  ComponentType.RoleSelect,
  ComponentType.MentionableSelect,
  ComponentType.ChannelSelect,
  ComponentType.FileUpload,
  ComponentType.RadioGroup,
  ComponentType.CheckboxGroup,
  ComponentType.Checkbox,
];

function range(one: Loose, names: [string, string], max: number, path: Path, problems: Problems): void {
  const [low, high] = names.map((name) => one[name] as number | undefined);
  for (const [least, name] of names.entries()) {
    const value = one[name] as number | undefined;
    if (value !== undefined && (value < least || value > max))
      problems.add([...path, name], 'NUMBER_TYPE_MAX', `int value should be between ${least} and ${max}.`);
  }
  if (low !== undefined && high !== undefined && low > high)
    problems.add([...path, names[0]], 'BASE_TYPE_BAD_LENGTH', `${names[0]} must not exceed ${names[1]}.`);
}

function checkText(one: Loose, path: Path, problems: Problems, inRow: boolean): void {
  const { style, label, placeholder, value, max_length = 4000 } = one as Loose & Record<string, string | undefined>;
  if (![1, 2].includes(style as unknown as number))
    problems.add([...path, 'style'], 'BASE_TYPE_CHOICES', 'Value must be one of {1, 2}.');
  if (inRow) problems.length([...path, 'label'], label, 1, 45);
  else if (label != null)
    problems.add([...path, 'label'], 'TEXT_INPUT_LABEL_IN_LABEL', 'The label belongs to the Label');
  if (placeholder) problems.length([...path, 'placeholder'], placeholder, 1, 100);
  if (value) problems.length([...path, 'value'], value, 1, Number(max_length));
  range(one, ['min_length', 'max_length'], 4000, path, problems);
}

function checkInner(one: Loose, path: Path, problems: Problems): void {
  if (!checkType(one, inLabel, path, problems)) return;
  problems.length([...path, 'custom_id'], one.custom_id, 1, 100);
  if (one.type === ComponentType.TextInput) checkText(one, path, problems, false);
  if (isSelect(one)) checkSelect(one, path, problems);
  if (isSelect(one)) range(one, ['min_values', 'max_values'], 25, path, problems);
  if (one.type === ComponentType.FileUpload) range(one, ['min_values', 'max_values'], 10, path, problems);
  if (one.type === ComponentType.RadioGroup) checkChoices(one, path, problems, [2, 10]);
  if (one.type === ComponentType.CheckboxGroup) checkChoices(one, path, problems, [1, 10]);
}

function checkTop(one: Loose, path: Path, problems: Problems): void {
  const top = [ComponentType.ActionRow, ComponentType.TextDisplay, ComponentType.Label];
  if (!checkType(one, top, path, problems)) return;
  if (one.type === ComponentType.TextDisplay) problems.length([...path, 'content'], one.content as string, 1, 4000);
  if (one.type === ComponentType.Label) {
    problems.length([...path, 'label'], one.label as string, 1, 45);
    if (one.description) problems.length([...path, 'description'], one.description as string, 1, 100);
    if (one.component) checkInner(one.component, [...path, 'component'], problems);
    else problems.add([...path, 'component'], 'BASE_TYPE_REQUIRED', 'This field is required');
  }
  if (one.type === ComponentType.ActionRow) {
    problems.length([...path, 'components'], one.components ?? [], 1, 1);
    for (const [index, input] of (one.components ?? []).entries()) {
      const here = [...path, 'components', index];
      if (!checkType(input, [ComponentType.TextInput], here, problems)) continue;
      problems.length([...here, 'custom_id'], input.custom_id, 1, 100);
      checkText(input, here, problems, true);
    }
  }
}

/** Refuses a modal that Discord would not show. */
export function checkModal(modal: Partial<APIModalInteractionResponseCallbackData>): void {
  const problems = createProblems(['data']);
  const components = (modal.components ?? []) as unknown as Loose[];
  problems.length(['custom_id'], modal.custom_id, 1, 100);
  problems.length(['title'], modal.title, 1, 45);
  problems.length(['components'], components, 1, 5);
  for (const [index, one] of components.entries()) checkTop(one, ['components', index], problems);
  checkCustomIds(components, problems);
  problems.refuse();
}
