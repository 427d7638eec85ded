import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const architecture = readFileSync('ARCHITECTURE.md', 'utf8');
const tests = readdirSync(import.meta.dirname)
  .filter((name) => name !== 'traps.test.ts' && name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
  .join('\n');

/** The first cells of the rows of the table under a heading, as a reader sees them. */
function rowsUnder(heading: string): string[][] {
  const [, section = ''] = architecture.split(`\n### ${heading}\n`);
  const [own = ''] = section.split(/\n##+ /);
  return own
    .split('\n')
    .filter((line) => /^\| /.test(line) && !/^\| (#|parameter|answer) /.test(line))
    .map((line) => line.split('|').map((cell) => cell.replaceAll('`', '').trim()));
}

test('there is a row for each of the 28 traps', () => {
  expect(rowsUnder('Traps').map(([, number]) => Number(number))).toEqual(Array.from({ length: 28 }, (_, i) => i + 1));
});

test.each(rowsUnder('Traps').map(([, number = '', name = '']) => [number, name]))(
  'trap %s, %s, has a test of that name',
  (number, name) => {
    expect(tests).toMatch(new RegExp(`(['"\`])${number}, ${name}(:|\\1)`));
  },
);

test.each(rowsUnder('Parameters').map(([, parameter = '', kind = '']) => [parameter, kind]))(
  'the parameter %s (%s) has a test of that name and kind',
  (parameter, kind) => {
    expect(tests).toMatch(new RegExp(`parameter: '${parameter}',\\s+kind: '${kind}'`));
  },
);
