import type { IdKind } from '../../src/domain/command.ts';
import { shortened } from '../../src/domain/letters.ts';

/** Characters that turn the direction of what follows. */
const turns = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * What somebody wrote, so that Discord shows it letter by letter: no format, link, mention, emoji or timestamp comes of it. The library's
 * `escapeMarkdown` leaves links, mentions, quotes and small print as they are.
 */
export function plain(text: string): string {
  return text
    .replace(turns, '')
    .replace(/[\\*_~`|<>[\]/@]/g, '\\$&')
    .replace(/^(\s*)([-#+])/gm, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/gm, '$1\\$2');
}

/** All on one line, shortened, and {@link plain}. */
export function inline(text: string, max: number): string {
  return plain(shortened(text.replace(/\s+/g, ' ').trim(), max));
}

/** Unix milliseconds as a time that Discord counts down by itself. */
export const counting = (at: number): string => `<t:${Math.round(at / 1000)}:R>`;

/** The same with its day and time before it, in the reader's own zone. */
export const dated = (at: number): string => `<t:${Math.round(at / 1000)}:f> (${counting(at)})`;

/** What stands before an id that Discord shows as a name. */
export const signs: Record<IdKind, string> = { member: '@', channel: '#', role: '@&' };

/** The id that a value refers to; with an @ before it where it refers to nothing of that kind, which is no id. */
export function idIn(kind: IdKind, text: string): string {
  const [, told, id = told] =
    new RegExp(`^(?:<${signs[kind]}${kind === 'member' ? '!?' : ''}(\\d{1,20})>|(\\d{1,20}))$`).exec(text.trim()) ?? [];
  return id ?? `@${text.trim().replace(/^[@#]/, '')}`;
}

/** Names for what a message refers to by id. */
export interface Names {
  users: Readonly<Record<string, string>>;
}

/** What a message says in words: mentions become names where those are known, emoji their own names, so that no id goes into a prompt. */
export function readable(content: string, { users }: Names): string {
  return content
    .replace(/<@!?(\d+)>/g, (_, id: string) => users[id] ?? 'somebody')
    .replace(/<a?:(\w+):\d+>/g, '$1')
    .replace(/<(?:#|@&|\/[^:>]+:)\d+>/g, '')
    .replace(/<t:-?\d+(?::\w)?>/g, '')
    .replace(/[^\S\n]{2,}/g, ' ')
    .trim();
}
