import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvOf } from '../../src/domain/csv.ts';

/** A reader of RFC 4180 that knows nothing of how it was written. */
function read(csv: string): string[][] {
  const rows: string[][] = [];
  const row: string[] = [];
  let rest = csv;
  while (rest !== '') {
    const [all, quoted, bare = '', end] = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest) ?? [];
    if (all === undefined) throw new Error(`no CSV: ${JSON.stringify(rest.slice(0, 40))}`);
    row.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push(row.splice(0));
    rest = rest.slice(all.length);
  }
  return rows;
}

test('a head and rows, each line ended by CR and LF', () => {
  expect(csvOf(['by', 'films'], [['ada', '3']])).toBe('by,films\r\nada,3\r\n');
});

test('whatever stands in cells is read back as it was, or behind an apostrophe', () => {
  const evil = fc.constantFrom('=1+1', '-2', '-', '"', ',', '\r\n', '', ' +1', "'=", '\t"');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.oneof(fc.string({ maxLength: 8 }), evil), evil), { maxLength: 4 }), (rows) => {
      const back = read(csvOf(['a', 'b'], rows)).slice(1);
      expect(back).toHaveLength(rows.length);
      for (const [index, row] of rows.entries()) {
        for (const [column, cell] of row.entries()) expect([cell, `'${cell}`]).toContain(back[index]?.[column]);
      }
    }),
    { numRuns: 200 },
  );
});

test.each([
  '=HYPERLINK("http://x")',
  '+1 555',
  '-1+cmd|x',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  ' =1',
  '＝1',
  '-',
  '--1',
  '-1e5',
])('%j is no formula any more', (evil) => {
  const [, [got = ''] = []] = read(csvOf(['a'], [[evil]]));
  expect(got).toBe(`'${evil}`);
});

test.each(['0', '-1', '-12.50', '3', "'quoted", 'a=b', 'a-b', '2026-11'])('%j stays as it is', (cell) => {
  expect(read(csvOf(['a'], [[cell]]))[1]).toEqual([cell]);
});
