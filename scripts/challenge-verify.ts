/**
 * Checks the tally file of a challenge: `npm run challenge:verify -- FILE [--hash HEX] [--seal HEX]`, the latter two as they were posted.
 * Exit 0 when it adds up, 1 when it does not, 2 when there was nothing to check.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Tally } from '../src/domain/tally/file.ts';
import { type Posted, readTally, tallyHash, verifyTally } from '../src/domain/tally.ts';

const usage =
  'Usage: npm run challenge:verify -- FILE [--hash HEX] [--seal HEX], each HEX the 64 digits that were posted';

/** Problems that are printed; a file with more is not told in full. */
const problemsMax = 50;

/** What the file says, without what could steer a terminal. */
const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');

const count = (number: number, one: string, more = `${one}s`): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : more}`;

/** What is asked for, or nothing when it cannot be understood. */
function readArguments(words: string[]): { file: string; posted: Posted } | undefined {
  try {
    const options = { hash: { type: 'string' }, seal: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true });
    const [file, ...rest] = positionals;
    const hex = [values.hash, values.seal].every((value) => value === undefined || /^[0-9a-f]{64}$/i.test(value));
    return file !== undefined && rest.length === 0 && hex ? { file, posted: values } : undefined;
  } catch {
    return undefined;
  }
}

function ranking({ challenge, entries, result }: Tally): string[] {
  return result.map(({ place, entry, score, interval, wins, duels }) => {
    const author = entries.find(({ number }) => number === entry)?.author.name ?? '';
    const what =
      challenge.voting === 'one'
        ? count(score, 'vote')
        : `${score.toFixed(2)} % (${interval?.map((bound) => bound.toFixed(2)).join(' to ')}), won ${wins} of ${count(duels ?? 0, 'duel')}`;
    return `  ${String(place).padStart(3)}.  entry ${entry}, ${plain(author)}: ${what}`;
  });
}

/** What the file lacks because of who was blocked, which has to be believed. */
function lacking({ leftOut, filmsLeftOut = 0 }: Tally): string {
  const ballots = leftOut > 0 ? `, that ${count(leftOut, 'ballot')} of blocked voters had to be left out` : '';
  const films =
    filmsLeftOut > 0
      ? `, that ${count(filmsLeftOut, 'film')} had to have no place, for their authors were blocked`
      : '';
  return `${ballots}${films}`;
}

/** What it means that a file adds up, and what it does not. */
function meaning(tally: Tally, text: string, { hash, seal: posted }: Posted): string[] {
  const { challenge, seal, ballots } = tally;
  return [
    'It adds up.',
    `- Scores and places are what the ${count(ballots.length, 'ballot')} in this file come to, by the rules in it.`,
    '- The commitments and the seal belong to the entries in it.',
    hash === undefined
      ? `- Not shown: that it is the file that was published. Its hash is ${tallyHash(text)}; compare it with the one that was posted, or give that one with --hash.`
      : '- It is the file whose hash was posted: nothing in it has changed since then.',
    posted === undefined
      ? `- Not shown: that the entries are those of before the vote. Their seal is ${seal}; compare it with the one that was posted when entries closed, or give that one with --seal.`
      : '- Entries, their numbers and the seed are those that were sealed before anybody voted.',
    `- Not shown, and no file could show it: that these ballots are what members cast, that none is missing${lacking(tally)}, and that nobody voted for a film of their own. Whoever runs the bot could have written others. A voter who knows their own code can look for their ballots.`,
    ...(challenge.voting === 'pairs'
      ? [
          '',
          'A score is the chance to win against an average entry of this challenge, with the interval in which it lies with 95 %.',
        ]
      : []),
  ];
}

async function main(words: string[]): Promise<{ code: number; lines: string[] }> {
  const asked = readArguments(words);
  if (!asked) return { code: 2, lines: [usage] };
  let text: string;
  try {
    text = await readFile(asked.file, 'utf8');
  } catch (error) {
    return { code: 2, lines: [`${asked.file} cannot be read: ${error instanceof Error ? error.message : error}`] };
  }
  const problems = verifyTally(text, asked.posted);
  const { tally } = readTally(text);
  if (problems.length > 0 || !tally) {
    const more = problems.length - problemsMax;
    const told = problems.slice(0, problemsMax).map((problem) => `- ${plain(problem)}`);
    const rest = more > 0 ? [`- and ${count(more, 'more problem')}`] : [];
    return { code: 1, lines: ['It does not add up.', ...told, ...rest] };
  }
  return {
    code: 0,
    lines: [plain(tally.challenge.title), ...ranking(tally), '', ...meaning(tally, text, asked.posted)],
  };
}

const { code, lines } = await main(process.argv.slice(2));
(code === 2 ? process.stderr : process.stdout).write(`${lines.join('\n')}\n`);
process.exitCode = code;
