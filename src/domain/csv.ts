/** What some spreadsheet takes for a formula, or for the end of the cell before one. */
const formula = /^(?:\s*[=+\-@＝＋－＠]|[\t\r\n])/;
const number = /^-?\d+(?:\.\d+)?$/;

function cellOf(value: string): string {
  const safe = formula.test(value) && !number.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * Rows as CSV (RFC 4180), the head as its first line. A cell that a spreadsheet would run as a formula begins with an apostrophe, which
 * spreadsheets read as "this is text"; numbers stay numbers.
 */
export function csvOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, ...rows].map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
}
