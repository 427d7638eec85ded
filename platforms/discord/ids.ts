import { type APIMessage, ComponentType } from 'discord.js';
import { type Button, type Command, findCommand } from '../../src/domain/command.ts';
import { jobIdPattern } from '../../src/domain/job.ts';
import { quotePattern } from '../../src/domain/quote.ts';

/** What parts a `custom_id`: it carries a command and ids, and nothing that anybody wrote. */
const mark = '|';

/** What the buttons of a message carry. */
export function customIds({ components = [] }: Pick<APIMessage, 'components'>): string[] {
  return components.flatMap((row) =>
    row.type === ComponentType.ActionRow
      ? row.components.flatMap((part) => ('custom_id' in part && part.custom_id !== undefined ? [part.custom_id] : []))
      : [],
  );
}

/** The `custom_id` of a button. */
export function pressId({ command, job, quote }: Button): string {
  const id = job ?? quote;
  return id === undefined ? command : `${command}${mark}${id}`;
}

/** What a pressed `custom_id` calls; nothing for one that this version does not know. A film's own buttons carry its posting after the job. */
export function readPress(
  customId: string,
  commands: readonly Command[],
): { command: string; values: Record<string, string> } | undefined {
  const [command = '', id, ...rest] = customId.split(mark);
  const leaf = findCommand(commands, command);
  if (!leaf || rest.length > 0 || !leaf.surfaces.includes('button')) return undefined;
  if (id === undefined)
    return Object.values(leaf.fields).some((field) => field.required) ? undefined : { command, values: {} };
  const job = id.replace(/-d\d+$/, '');
  if (jobIdPattern.test(job) && 'job' in leaf.fields) return { command, values: { job } };
  return quotePattern.test(id) && 'quote' in leaf.fields ? { command, values: { quote: id } } : undefined;
}

/** The `custom_id` of a form: its command, the interaction that opened it, and whether something that was given before is kept aside. */
export function formId(command: string, opened: string, keeps: boolean): string {
  return ['form', command, opened, ...(keeps ? ['kept'] : [])].join(mark);
}

export function readForm(customId: string): { command: string; opened: string; keeps: boolean } | undefined {
  const [form, command, opened, kept] = customId.split(mark);
  if (form !== 'form' || command === undefined || opened === undefined) return undefined;
  return { command, opened, keeps: kept === 'kept' };
}

/** A message's ref: its channel, which is not always the one that was asked for, and itself. */
export const refOf = ({ channel_id, id }: Pick<APIMessage, 'channel_id' | 'id'>): string => `${channel_id}/${id}`;

export function readRef(ref: string): { channel: string; message: string } {
  const [channel = '', message = ''] = ref.split('/');
  return { channel, message };
}
