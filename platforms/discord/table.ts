import { csvOf } from '../../src/domain/csv.ts';
import { linesOfTable, type Table, widestOf } from '../shared/table.ts';
import { slug } from '../shared/text.ts';
import { limits } from './limits.ts';

/** A file that comes with an answer. */
export interface Attached {
  name: string;
  text: string;
  type: 'text/plain' | 'text/csv';
}

/** Inside a code block only its own marks mean something; what looks like a mention stays readable and is none. */
const cleaned = (cell: string): string =>
  cell
    .replaceAll('`', 'ˋ')
    .replace(/<(?:@[!&]?|#)(\d+)>/g, '$1')
    .replace(/@(?=everyone|here)/g, '@\u200b');

/** A table as a code block; nothing where it is wider than a code block is shown without breaking its lines. */
export function codeOf(table: Table): string | undefined {
  const lines = linesOfTable(table, cleaned);
  return widestOf(lines) > limits.tableWidth ? undefined : ['```', ...lines, '```'].join('\n');
}

/** The same as a file, the `n`th of its answer. */
export function attachedOf({ title = '', head, rows }: Table, n: number): Attached {
  const name = `${slug(title) || 'table'}${n === 0 ? '' : `-${n + 1}`}.csv`;
  return { name, text: csvOf(head, rows), type: 'text/csv' };
}
