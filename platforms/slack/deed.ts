import { type Call, type Command, type FileRef, findCommand, type Leaf } from '../../src/domain/command.ts';
import { shortened } from '../../src/domain/letters.ts';
import type { Origin } from '../../src/domain/origin.ts';
import { type At, pathsOf } from '../../src/domain/paths.ts';
import { parseText } from '../../src/domain/text.ts';
import type { Said } from '../../src/domain/words.ts';
import { fieldOf, type Given, opensAlone } from '../shared/fields.ts';
import type { Way } from './answer.ts';
import type { Carried } from './form.ts';
import { isPicture, type Named, type SlackFile } from './pictures.ts';
import { type Names, valueIn } from './text.ts';

/** The command of a form. */
export type Form = At;

/** What somebody did, as far as its payload tells. */
export type Deed =
  | { is: 'call'; call: Call; way: Way }
  | {
      is: 'form';
      form: Form;
      given: Given;
      carried: Carried;
      asksWhere: boolean;
      lost: boolean;
      origin: Origin;
      way: Way;
    }
  /** `chosen`: its channel was picked in the form. */
  | { is: 'submitted'; leaf: Leaf; call: Call; way: Way; blocks: string[]; chosen: boolean }
  /** A mention that runs nothing: a button offers to. `carries` is what the button takes along. */
  | {
      is: 'offer';
      path: string;
      why: 'offer.text' | 'offer.words';
      carries: string;
      way: Way;
    }
  | { is: 'join'; channel: string; way: Way }
  | { is: 'home'; team: string; user: string }
  /** `refused`: something was given that is no such thing. */
  | { is: 'step'; call: Call; refused: Said | undefined }
  | { is: 'gone'; team: string | undefined; enterprise: string | undefined }
  | { is: 'refused'; said: Said; way: Way }
  | { is: 'silent' };

export interface ParseTools {
  commands: readonly Command[];
  /** The command that makes a film at once, where there is one. */
  short: string | undefined;
  /** `named`: who gave nothing of it but its id. */
  file(team: string, file: SlackFile, named?: Named): FileRef;
}

/** What a payload is read with besides itself: the bot's own id, and names of members that it mentions by ids. */
export interface Around extends ParseTools {
  me: string | undefined;
  names: Names;
}

export const silent: Deed = { is: 'silent' };

/** The command that is made from a form alone, as `/video`. */
export const main = (commands: readonly Command[]): Form | undefined =>
  pathsOf(commands).find(({ leaf }) => opensAlone(leaf));

export function originOf(way: Way, more: Partial<Origin> = {}): Origin {
  const { team: space, user, channel, thread } = way;
  return {
    ...{ platform: 'slack', space, channel: channel ?? user, user },
    ...(thread === undefined ? {} : { thread }),
    visibility: channel === undefined ? 'private' : 'thread',
    ...more,
  };
}

export function callOf(origin: Origin, command: string, given: Given, deed: string, name: string): Call {
  return {
    key: `slack:${origin.space}:${origin.user}:${deed}`,
    origin,
    who: { id: origin.user, name },
    command,
    ...given,
    asks: true,
  };
}

/** Typed values in words; members, channels and user groups are known by their ids. */
function valuesOf(leaf: Leaf, typed: Record<string, string>, names: Names): Record<string, unknown> {
  const value = (name: string, text: string) => valueIn(leaf.fields[name] ?? { kind: 'text' }, text, names);
  return Object.fromEntries(Object.entries(typed).map(([name, text]) => [name, value(name, text)]));
}

/** What a typed line begins with, as far as that has others below it. */
function groupIn(text: string, commands: readonly Command[]): string | undefined {
  const [first = '', second = ''] = text.trim().replace(/^\//, '').toLowerCase().split(/\s+/);
  const typed = pathsOf(commands).filter(({ leaf }) => leaf.surfaces.includes('slash'));
  return [`${first} ${second}`, first].find((above) => typed.some(({ path }) => path.startsWith(`${above} `)));
}

/** A typed line as a command that may be typed. */
export function typedIn(text: string, commands: readonly Command[], names: Names) {
  // One that has others below it is told about.
  const group = groupIn(text, commands);
  const typed = parseText(text, commands) ?? (group === undefined ? undefined : parseText(`help ${group}`, commands));
  const leaf = typed && findCommand(commands, typed.command);
  if (!typed || !leaf?.surfaces.includes('slash')) return undefined;
  return { path: typed.command, leaf, values: valuesOf(leaf, typed.values, names) };
}

/** A file that came along and is no picture, for a command that takes one: nothing is made without what somebody gave. */
export function strangeFile(files: readonly SlackFile[] | undefined, leaf: Leaf): Said | undefined {
  const [first] = files ?? [];
  if (!first || files?.some(isPicture) || fieldOf(leaf, 'image') === undefined) return undefined;
  return { word: 'picture.other', with: { name: shortened(first.name ?? first.id, 80) } };
}

/** A message's first picture, as a field's value. */
export function pictureOf(
  files: readonly SlackFile[] | undefined,
  leaf: Leaf,
  team: string,
  { file }: Around,
): Given['files'] {
  const picture = files?.find(isPicture);
  const image = fieldOf(leaf, 'image');
  return picture && image !== undefined ? { [image]: file(team, picture) } : {};
}

export const carriedFile = (files: readonly SlackFile[] | undefined, leaf: Leaf): Pick<Carried, 'files'> => {
  const picture = files?.find(isPicture);
  const image = fieldOf(leaf, 'image');
  return picture && image !== undefined
    ? { files: { [image]: { id: picture.id, name: picture.name ?? picture.id } } }
    : {};
};
