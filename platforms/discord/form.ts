import {
  type APIChannelSelectComponent,
  type APIFileUploadComponent,
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  type APIRoleSelectComponent,
  type APIStringSelectComponent,
  type APITextInputComponent,
  type APIUserSelectComponent,
  ComponentType,
  SelectMenuDefaultValueType,
  TextInputStyle,
} from 'discord.js';
import { type Field, isIdKind, type Leaf } from '../../src/domain/command.ts';
import { shortened } from '../../src/domain/letters.ts';
import { word } from '../../src/domain/words.ts';
import { type Given, type Offer, offeredFields, offers } from '../shared/fields.ts';
import { createMemory } from '../shared/memory.ts';
import { formId } from './ids.ts';
import { limits, pictureTypes, postable } from './limits.ts';
import { say } from './words.ts';

/** The values that a select offers for a field; nothing for one that is typed. */
const selected = (name: string, field: Field, offer: Offer) =>
  offers([name, field], offer, limits.choices, (value) => say('form.seconds', value));

type Input =
  | APITextInputComponent
  | APIStringSelectComponent
  | APIUserSelectComponent
  | APIChannelSelectComponent
  | APIRoleSelectComponent
  | APIFileUploadComponent;

const selects = {
  member: { type: ComponentType.UserSelect, chosen: SelectMenuDefaultValueType.User },
  channel: { type: ComponentType.ChannelSelect, chosen: SelectMenuDefaultValueType.Channel, channel_types: postable },
  role: { type: ComponentType.RoleSelect, chosen: SelectMenuDefaultValueType.Role },
} as const;

const isId = (given: unknown): given is string => typeof given === 'string' && /^\d{1,20}$/.test(given);

function inputOf(name: string, field: Field, given: unknown, offer: Offer): Input {
  const base = { custom_id: name, required: field.required === true };
  if (field.kind === 'image') {
    return { ...base, type: ComponentType.FileUpload, min_values: 0, max_values: 1, file_types: [...pictureTypes] };
  }
  if (isIdKind(field.kind)) {
    const { chosen, ...select } = selects[field.kind];
    const default_values = isId(given) ? { default_values: [{ id: given, type: chosen }] } : {};
    return { ...base, ...select, ...default_values, min_values: field.required ? 1 : 0, max_values: 1 } as Input;
  }
  const offered = selected(name, field, offer);
  if (offered) {
    const options = offered.map((one) => (one.value === String(given) ? { ...one, default: true } : one));
    return { ...base, type: ComponentType.StringSelect, min_values: field.required ? 1 : 0, max_values: 1, options };
  }
  const multiline = field.kind === 'text' && field.multiline === true;
  const max = field.kind === 'text' ? Math.min(field.max, limits.inputText) : limits.placeholder;
  const value = given === undefined ? {} : { value: String(given) };
  const style = multiline ? TextInputStyle.Paragraph : TextInputStyle.Short;
  const hint = field.hint === undefined ? {} : { placeholder: shortened(word(field.hint), limits.placeholder) };
  return { ...base, ...value, ...hint, type: ComponentType.TextInput, style, max_length: max };
}

/** Whether the form shows what was given; what it cannot show is kept aside. */
function shows(name: string, field: Field, given: unknown, offer: Offer): boolean {
  if (isIdKind(field.kind)) return isId(given);
  const offered = selected(name, field, offer);
  if (offered) return offered.some(({ value }) => value === String(given));
  return String(given).length <= limits.inputText;
}

function labelOf(name: string, field: Field, given: Given, offer: Offer): APILabelComponent {
  const file = given.files[name];
  const component = inputOf(name, field, given.values[name], offer);
  const typed = component.type === ComponentType.TextInput;
  const told = file
    ? say('form.attached', file.name)
    : field.hint !== undefined && !typed
      ? word(field.hint)
      : undefined;
  return {
    type: ComponentType.Label,
    label: word(field.label),
    ...(told === undefined ? {} : { description: shortened(told, limits.labelDescription) }),
    component,
  };
}

/**
 * The form of a command's first five fields, with what was given in its places; and what it has no place for. What was `carried` has none.
 * Made without asking anybody: it has to be the first answer, within three seconds.
 */
export function formOf(
  path: string,
  leaf: Leaf,
  given: Given,
  offer: Offer,
  id: string,
  carried = false,
): { form: APIModalInteractionResponseCallbackData; kept: Given | undefined } {
  const fields = offeredFields(leaf, offer.models)
    .filter(([name]) => !carried || given.values[name] === undefined)
    .slice(0, limits.formFields);
  const shown = new Set(
    fields.flatMap(([name, field]) =>
      given.values[name] !== undefined && shows(name, field, given.values[name], offer) ? [name] : [],
    ),
  );
  const rest = Object.entries(given.values).filter(([name]) => !shown.has(name));
  const keeps = rest.length > 0 || Object.keys(given.files).length > 0;
  return {
    form: {
      custom_id: formId(path, id, keeps),
      title: word(leaf.title ?? leaf.summary),
      components: fields.map(([name, field]) => labelOf(name, field, given, offer)),
    },
    kept: keeps ? { values: Object.fromEntries(rest), files: given.files } : undefined,
  };
}

/** Milliseconds that what a form has no place for is kept; and how many of them. */
const keepFor = 3_600_000;
const keepMost = 2_000;

/** What members gave before a form was opened, until it is sent: in this process alone, for a shard's interactions come to one. */
export const createKept = () => createMemory<Given>(keepMost, keepFor);
