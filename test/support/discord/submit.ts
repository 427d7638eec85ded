import { type APIModalInteractionResponseCallbackComponent, ComponentType, InteractionType } from 'discord.js';
import { Impossible } from '../controller.ts';
import type { GivenFile, GivenValues } from './api.ts';
import type { Loose } from './components.ts';
import { everyComponent, numbered } from './components.ts';
import { interactionBy } from './deeds.ts';
import { interact } from './interact.ts';
import { createResolver, fits, type Resolver } from './resolve.ts';
import type { World } from './world.ts';

type Value = GivenValues[string] | undefined;

interface Field extends Loose {
  custom_id: string;
  required?: boolean;
  value?: string;
  default?: boolean;
  min_length?: number;
  max_length?: number;
  min_values?: number;
  max_values?: number;
  file_types?: string[];
  channel_types?: number[];
  default_values?: { id: string }[];
  options?: { value: string; default?: boolean }[];
}

const no = ({ custom_id }: Field, why: string): Impossible => new Impossible(`the field ${custom_id}: ${why}`);

function text(field: Field, given: Value): string {
  const { required = true, min_length = 0, max_length = 4000 } = field;
  const value = given ?? field.value ?? '';
  if (typeof value !== 'string') throw no(field, 'it is a text');
  if (value === '' && !required) return value;
  if (value.length < Math.max(min_length, required ? 1 : 0)) throw no(field, 'it is too short');
  if (value.length > max_length) throw no(field, 'it is too long');
  return value;
}

/** How many are chosen must be right; none may be chosen where the field is not required. */
function checkCount(field: Field, count: number): void {
  const { required = true, min_values = 1, max_values = 1 } = field;
  if (count === 0 && !required) return;
  const least = required ? Math.max(min_values, field.min_values === 0 ? 0 : 1) : min_values;
  if (count < least || count > max_values) throw no(field, `${count} are chosen, of ${least} to ${max_values}`);
}

const preset = ({ options = [], default_values = [] }: Field): string[] => [
  ...options.flatMap((one) => (one.default ? [one.value] : [])),
  ...default_values.map(({ id }) => id),
];

function chosen(field: Field, given: Value, resolver: Resolver): string[] {
  const values = given ?? preset(field);
  if (!Array.isArray(values)) throw no(field, 'it is a list');
  const max =
    field.type === ComponentType.CheckboxGroup ? (field.max_values ?? field.options?.length ?? 1) : field.max_values;
  checkCount({ ...field, ...(max === undefined ? {} : { max_values: max }) }, values.length);
  return (values as string[]).map((value) => {
    if (field.type === ComponentType.UserSelect) return resolver.user(value);
    if (field.type === ComponentType.RoleSelect) return resolver.role(value);
    if (field.type === ComponentType.ChannelSelect) return resolver.channel(value, field.channel_types);
    if (field.type === ComponentType.MentionableSelect) return resolver.mentionable(value);
    if (!field.options?.some((option) => option.value === value)) throw no(field, `it has no ${value}`);
    return value;
  });
}

function uploaded(field: Field, given: Value, resolver: Resolver): string[] {
  const files = (given ?? []) as GivenFile[];
  if (!Array.isArray(files)) throw no(field, 'it is a list of files');
  checkCount(field, files.length);
  return files.map((file) => {
    if (!fits(file, field.file_types)) throw no(field, `it takes no such file as ${file.name}`);
    return resolver.file(file);
  });
}

function radio(field: Field, given: Value): string | null {
  const value = given === undefined ? (preset(field)[0] ?? null) : given;
  if (value === null && (field.required ?? true)) throw no(field, 'it is required');
  if (value !== null && !field.options?.some((option) => option.value === value)) throw no(field, `it has no ${value}`);
  return value as string | null;
}

function filled(field: Field, given: Value, resolver: Resolver): object {
  const { type, id, custom_id } = field;
  const base = { type, id, custom_id };
  if (type === ComponentType.TextInput) return { ...base, value: text(field, given) };
  if (type === ComponentType.FileUpload) return { ...base, values: uploaded(field, given, resolver) };
  if (type === ComponentType.RadioGroup) return { ...base, value: radio(field, given) };
  if (type === ComponentType.Checkbox) return { ...base, value: Boolean(given ?? field.default) };
  return { ...base, values: chosen(field, given, resolver) };
}

function filledTop(top: Loose, values: GivenValues, resolver: Resolver): object {
  const { type, id } = top;
  const fill = (one: Loose) => filled(one as Field, values[one.custom_id ?? ''], resolver);
  if (top.component) return { type, id, component: fill(top.component) };
  if (top.components) return { type, id, components: top.components.map(fill) };
  return { type, id };
}

/** Submits the modal of an interaction, by its user. */
export function submit(world: World, given: { interaction: string; values: GivenValues }): string {
  const parent = interactionBy(world, given.interaction);
  const { modal, user, channel, source, uploadLimit } = parent;
  if (!modal) throw new Impossible(`the interaction ${given.interaction} was not answered with a modal`);
  const components = numbered<APIModalInteractionResponseCallbackComponent>(modal.components) as unknown as Loose[];
  const fields = new Set([...everyComponent(components)].map(({ custom_id }) => custom_id));
  const unknown = Object.keys(given.values).find((name) => !fields.has(name));
  if (unknown !== undefined) throw new Impossible(`the modal has no field ${unknown}`);
  const resolver = createResolver(world, channel, uploadLimit);
  const body = components.map((one) => filledTop(one, given.values, resolver));
  const resolved = resolver.body();
  const data = { custom_id: modal.custom_id, components: body, ...(resolved && { resolved }) };
  return interact(world, { type: InteractionType.ModalSubmit, user, channel, data, source, parent }).id;
}
