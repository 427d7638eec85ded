import { expect, test } from 'vitest';
import { linesOfTable, widestOf } from '../../../platforms/shared/table.ts';

const table = (head: string[], ...rows: string[][]) => ({ kind: 'table', head, rows }) as const;

test('words stand on the left, numbers and times on the right of their columns', () => {
  const lines = linesOfTable(table(['Member', 'Films', 'Wait'], ['ada', '12', '0:09'], ['grace', '3', '12:30']));
  expect(lines).toEqual([
    'Member  Films   Wait', //
    '------  -----  -----',
    'ada        12   0:09',
    'grace       3  12:30',
  ]);
});

test('the first column stays on the left though all in it are numbers, and a column with a word in it too', () => {
  const lines = linesOfTable(table(['Id', 'Credits'], ['1234', '1'], ['5', 'none']));
  expect(lines.slice(2)).toEqual(['1234  1', '5     none']);
});

test('signs of two columns and of none are counted as what they take', () => {
  const lines = linesOfTable(table(['N', 'x'], ['折り紙', '1'], ['e\u0301', '2'], ['🎬', '3']));
  expect(lines.slice(2)).toEqual(['折り紙  1', 'e\u0301       2', '🎬      3']);
  expect(widestOf(lines)).toBe(9);
});

test('a cell is one line, whatever is in it, and turns nothing', () => {
  const lines = linesOfTable(table(['A', 'B'], ['a\n\n\tb\u0000', '\u202ex\u2066']));
  expect(lines.at(-1)).toBe('a b  x');
  expect(lines).toHaveLength(3);
});

test('a table without rows is its head', () => {
  expect(linesOfTable(table(['A', 'Films']))).toEqual(['A  Films', '-  -----']);
});
