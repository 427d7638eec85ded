import { type Command, findCommand, type IdKind, isIdKind } from '../../src/domain/command.ts';
import { say } from './words.ts';

/** The studio's channels; its threads are made by members. */
export const channels = ['general', 'storyboards', 'screening-room'] as const;

/** What members may call themselves. */
export const memberPattern = /^[\p{L}\p{M}\p{N}_.-]{1,32}$/u;

const isCalled = (channel: (typeof channels)[number], name: string): boolean =>
  channel === name || say(`channel.${channel}`).toLowerCase() === name;

/** The member or channel that a text names; with an @ before it where it names none. There are no roles. */
function named(kind: IdKind, text: string): string {
  const name = text.trim().replace(/^[@#]/, '').normalize('NFC');
  if (kind === 'member' && memberPattern.test(name)) return name;
  const channel = kind === 'channel' ? channels.find((one) => isCalled(one, name.toLowerCase())) : undefined;
  return channel ?? (kind === 'channel' && /^(?:nobody|none)$/i.test(name) ? name : `@${name}`);
}

/** The values of a command, in which members and channels are known as the house knows them. */
export function withIds(path: string, values: Record<string, unknown>, commands: readonly Command[]) {
  const fields = findCommand(commands, path)?.fields ?? {};
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const kind = Object.hasOwn(fields, name) ? fields[name]?.kind : undefined;
      return [name, typeof value === 'string' && value !== '' && isIdKind(kind) ? named(kind, value) : value];
    }),
  );
}
