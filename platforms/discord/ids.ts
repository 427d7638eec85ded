import { type APIMessage, ComponentType } from 'discord.js';
import { mark } from '../shared/press.ts';

/** What the buttons of a message carry. */
export function customIds({ components = [] }: Pick<APIMessage, 'components'>): string[] {
  return components.flatMap((row) =>
    row.type === ComponentType.ActionRow
      ? row.components.flatMap((part) => ('custom_id' in part && part.custom_id !== undefined ? [part.custom_id] : []))
      : [],
  );
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

/** What a button of a server carries in a direct message, which is of none. */
export const abroad = (customId: string, space: string): string => [customId, 'at', space].join(mark);

export function readAbroad(customId: string): { pressed: string; space: string } | undefined {
  const [, pressed, space] = /^(.+)\|at\|(\d{1,20})$/.exec(customId) ?? [];
  return pressed === undefined || space === undefined ? undefined : { pressed, space };
}

/** A message's ref: its channel, which is not always the one that was asked for, and itself. */
export const refOf = ({ channel_id, id }: Pick<APIMessage, 'channel_id' | 'id'>): string => `${channel_id}/${id}`;

export function readRef(ref: string): { channel: string; message: string } {
  const [channel = '', message = ''] = ref.split('/');
  return { channel, message };
}

/** A link to the message of a ref, in server `at`. */
export function messageAt(ref: string, at: string): string {
  const { channel, message } = readRef(ref);
  return `https://discord.com/channels/${at}/${channel}/${message}`;
}
