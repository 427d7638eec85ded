import type { Command, Fields } from './command.ts';
import { findCommand } from './command.ts';

/** A typed line, taken apart. */
export interface Typed {
  command: string;
  values: Record<string, string>;
}

const token = /([\p{L}_]+):(?:"([^"]*)"|“([^”]*)”|„([^“”]*)[“”]|«([^»]*)»|'([^']*)'|(\S+))/uy;

/** The field that takes the words which belong to no other: the first text or job field. */
function wordsField(fields: Fields): string | undefined {
  return Object.entries(fields).find(([, field]) => field.kind === 'text' || field.kind === 'job')?.[0];
}

/** `name:value` with a known name is a field; all other words, in their order, are the prompt. Quotes of any kind hold spaces. */
function readFields(text: string, fields: Fields): Record<string, string> {
  const values: Record<string, string> = {};
  const rest: string[] = [];
  let at = 0;
  while (at < text.length) {
    token.lastIndex = at;
    const found = token.exec(text);
    const name = found?.[1]?.toLowerCase();
    if (found && name !== undefined && Object.hasOwn(fields, name) && fields[name]?.kind !== 'image') {
      values[name] = found.slice(2).find((part) => part !== undefined) ?? '';
      at = token.lastIndex;
    } else {
      const word = /^\s+|^\S+/.exec(text.slice(at)) as RegExpExecArray;
      rest.push(word[0]);
      at += word[0].length;
    }
  }
  const words = rest.join('').trim();
  const taker = wordsField(fields);
  if (words !== '' && taker !== undefined && values[taker] === undefined) values[taker] = words;
  return values;
}

/**
 * Reads a line such as `/video a paper boat seconds:8 shape:"portrait"`. Nothing is returned when its first word is no
 * command: talk that merely mentions the bot runs nothing. A leading slash is optional.
 */
export function parseText(text: string, commands: readonly Command[]): Typed | undefined {
  const line = text.trim().replace(/^\//, '');
  const [, first = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(line) ?? [];
  const name = first.toLowerCase();
  const [, second = '', after = ''] = /^(\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
  const sub = findCommand(commands, `${name} ${second.toLowerCase()}`);
  if (sub) return { command: `${name} ${sub.name}`, values: readFields(after, sub.fields) };
  const leaf = findCommand(commands, name);
  return leaf && { command: name, values: readFields(rest, leaf.fields) };
}
