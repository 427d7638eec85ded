import type { Command, Field, Fields } from './command.ts';
import { findCommand } from './command.ts';

/** A typed line, taken apart. */
export interface Typed {
  command: string;
  values: Record<string, string>;
}

/** Words that a command's path has at most, as `admin credits grant`. */
const deepest = 3;

/** The value of words that belong to no field, where a command has fields and none of them takes such words. */
export const unnamed = '';

const gap = /\s+/y;
const run = /\s+|\S+/y;
const quoted = [
  /"([^"]*)"/,
  /“([^“”]*)[“”]/,
  /”([^“”]*)”/,
  /„([^“”„]*)[“”]/,
  /«([^«»]*)»/,
  /»([^«»]*)«/,
  /'([^']*)'/,
  /‘([^‘’]*)[‘’]/,
  /’([^‘’]*)’/,
  /‚([^‘’‚]*)[‘’]/,
  /‹([^‹›]*)›/,
  /›([^‹›]*)‹/,
  /「([^「」]*)」/,
].map((pattern) => pattern.source);
const token = new RegExp(`([\\p{L}_]+):(?:${quoted.join('|')}|(\\S+))`, 'uy');

/** The field that takes the words which belong to no other: the first text or job field. */
function wordsField(fields: Fields): string | undefined {
  return Object.entries(fields).find(([, field]) => field.kind === 'text' || field.kind === 'job')?.[0];
}

/** What a value of a kind looks like where it is typed without its field's name: somebody as chats write them, or a whole number. */
const shapes: Partial<Record<Field['kind'], RegExp>> = {
  member: /^(?:<@[^<>]+>|@\S+)(?=\s|$)/,
  integer: /^-?\d+(?=\s|$)/,
};

/** Takes from the beginning of some words what belongs to positional fields that have no value yet. Returns the other words. */
function takePositional(words: string, fields: Fields, values: Record<string, string>): string {
  const open = Object.entries(fields).filter(([name, { positional }]) => positional && !Object.hasOwn(values, name));
  const rest = words.trim();
  for (const [name, { kind }] of open) {
    const [found] = shapes[kind]?.exec(rest) ?? [];
    if (found === undefined) continue;
    values[name] = found;
    return takePositional(rest.slice(found.length), fields, values);
  }
  return rest;
}

/**
 * `name:value` with a known name is a field; all other words, in their order, are the prompt, a named prompt among them. Quotes of
 * any kind hold spaces.
 */
function readFields(text: string, fields: Fields): Record<string, string> {
  const values: Record<string, string> = {};
  const taker = wordsField(fields);
  let words = '';
  let at = 0;
  const next = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    at += found?.[0].length ?? 0;
    return found;
  };
  const isField = (name: string): boolean => Object.hasOwn(fields, name) && fields[name]?.kind !== 'image';
  while (at < text.length) {
    const start = at;
    const [, called = '', ...forms] = next(token) ?? [];
    const name = called.toLowerCase();
    const value = forms.find((form) => form !== undefined) ?? '';
    if (name !== '' && isField(name) && name !== taker) {
      values[name] = value;
      // What stood around it becomes one gap.
      if (/(^|\s)$/.test(words)) next(gap);
    } else if (name !== '' && name === taker) {
      words += value;
    } else {
      at = start;
      words += next(run)?.[0] ?? '';
    }
  }
  const into = taker ?? (Object.keys(fields).length > 0 ? unnamed : undefined);
  const others = takePositional(words, fields, values);
  if (into !== undefined && others !== '') values[into] = others;
  return values;
}

/**
 * Reads a line such as `/video a paper boat seconds:8 shape:"portrait"`. Nothing is returned when its first word is no
 * command: talk that merely mentions the bot runs nothing. A leading slash is optional.
 */
export function parseText(text: string, commands: readonly Command[]): Typed | undefined {
  const path: string[] = [];
  let rest = text.trim().replace(/^\//, '');
  while (path.length < deepest) {
    const [, next, after = ''] = /^(\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
    if (next === undefined) return undefined;
    path.push(next.toLowerCase());
    rest = after;
    const command = path.join(' ');
    const leaf = findCommand(commands, command);
    if (leaf) return { command, values: readFields(rest, leaf.fields) };
  }
  return undefined;
}
