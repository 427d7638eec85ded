import { RE2JS, RE2JSSyntaxException, RE2Set } from 're2js';
import { UserError } from './errors.ts';
import type { Said } from './words.ts';

/** How many steps of the engine a pattern may come to: with it the time for each letter of a text is bounded. */
const stepsMost = 400;
/** Bytes that the engine may keep of what it found out about a pattern; it forgets and begins anew beyond them. */
const memory = 1024 * 1024;
const kept = 100;
const flags = RE2JS.CASE_INSENSITIVE | RE2JS.DOTALL;

const troubles = {
  'missing closing )': 'pattern.open',
  'unexpected )': 'pattern.closed',
  'missing closing ]': 'pattern.class',
  'trailing backslash at end of expression': 'pattern.backslash',
  'expression nests too deeply': 'pattern.large',
  'expression too large': 'pattern.large',
} as const;
const troublesAt = {
  'invalid character class range': 'pattern.range',
  'invalid escape sequence': 'pattern.escape',
  'invalid named capture': 'pattern.named',
  'duplicate capture group name': 'pattern.named',
  'invalid or unsupported Perl syntax': 'pattern.look',
  'invalid nested repetition operator': 'pattern.twice',
  'invalid repeat count': 'pattern.count',
  'missing argument to repetition operator': 'pattern.nothing',
} as const;

function troubleOf({ error, input }: RE2JSSyntaxException): Said {
  const plain = Object.entries(troubles).find(([said]) => said === error);
  if (plain) return { word: plain[1] };
  const placed = Object.entries(troublesAt).find(([said]) => said === error);
  return placed ? { word: placed[1], with: { at: input ?? '' } } : { word: 'pattern.other' };
}

/** A pattern in RE2's syntax that can be matched in time and room that are bounded, or a {@link UserError} that says what is wrong with it. */
export function checkPattern(text: string): void {
  const refuse = (said: Said, cause?: unknown) => new UserError('invalid', said, { field: 'pattern', cause });
  let steps: number;
  try {
    RE2JS.compile(text);
    steps = RE2JS.compile(text, flags).programSize();
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) throw refuse(troubleOf(error), error);
    throw error;
  }
  if (steps > stepsMost) throw refuse({ word: 'pattern.large' });
  if (isMatched(text, [''])) throw refuse({ word: 'pattern.all' });
}

const compiled = new Map<string, RE2Set>();

/** Compiled once; those that were not used for long are forgotten. */
function compile(pattern: string): RE2Set {
  const found = compiled.get(pattern) ?? new RE2Set(RE2Set.UNANCHORED, flags, memory);
  if (!compiled.delete(pattern)) {
    found.add(pattern);
    found.compile();
  }
  compiled.set(pattern, found);
  const [oldest] = compiled.keys();
  if (compiled.size > kept && oldest !== undefined) compiled.delete(oldest);
  return found;
}

/** Whether a checked pattern matches anywhere in one of a text's `readings`, whatever its case. */
export function isMatched(pattern: string, texts: readonly string[]): boolean {
  const engine = compile(pattern);
  return texts.some((text) => engine.match(text).length > 0);
}
