import type { Part } from '../../src/domain/command.ts';

export type Table = Extract<Part, { kind: 'table' }>;

/** Signs that take two columns of a typeface of fixed width, and none. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const none = /[\p{M}\p{Cf}]/u;

const widthOf = (text: string): number =>
  [...text].reduce((sum, sign) => sum + (none.test(sign) ? 0 : wide.test(sign) ? 2 : 1), 0);

/** What stands on the right of its column: numbers, and times such as 2:05. */
const number = /^-?\d[\d.,:]*$/;

/** On one line, without what turns the direction of the rest or controls a terminal. */
const inCell = (text: string): string =>
  text
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();

/** A table as lines for a typeface of fixed width: its head, a rule, its rows. `cleaned`: what the chat may not meet in a cell is taken out. */
export function linesOfTable({ head, rows }: Table, cleaned: (cell: string) => string = (cell) => cell): string[] {
  const cells = [head, ...rows].map((row) => head.map((_, column) => inCell(cleaned(row[column] ?? ''))));
  const [first = [], ...others] = cells;
  const widths = first.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ''))));
  const isRight = first.map(
    (_, column) => column > 0 && others.every((row) => row[column] === '' || number.test(row[column] ?? '')),
  );
  const lineOf = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const gap = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
        return isRight[column] ? `${gap}${cell}` : `${cell}${gap}`;
      })
      .join('  ')
      .trimEnd();
  return [lineOf(first), widths.map((width) => '-'.repeat(width)).join('  '), ...others.map(lineOf)];
}

/** How wide its widest line is, in columns of a typeface of fixed width. */
export const widestOf = (lines: readonly string[]): number => Math.max(...lines.map(widthOf));
