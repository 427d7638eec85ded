// Tables and files of an answer. What stands in them becomes text, never markup.
import { el, say } from './dom.js';

/** What stands on the right of its column: numbers, and times such as 2:05. */
const number = /^-?\d[\d.,:]*$/;

/**
 * A table with a name, that can be scrolled where it is wider than its message.
 * @param {{ title?: string, head?: string[], rows?: string[][] }} part
 */
export function tableOf({ title: given, head = [], rows = [] }) {
  const title = given ?? say('table.label');
  const isRight = head.map((_, n) => n > 0 && rows.every((row) => row[n] === '' || number.test(row[n] ?? '')));
  const look = (/** @type {number} */ n) => ({ class: isRight[n] ? 'number' : undefined });
  const body = rows.map((row) =>
    el(
      'tr',
      {},
      ...row.map((cell, n) =>
        n === 0 ? el('th', { scope: 'row' }, el('bdi', {}, cell)) : el('td', look(n), el('bdi', {}, cell)),
      ),
    ),
  );
  const table = el(
    'table',
    {},
    el('caption', { class: given === undefined ? 'unseen' : undefined }, title),
    el('thead', {}, el('tr', {}, ...head.map((cell, n) => el('th', { scope: 'col', ...look(n) }, cell)))),
    el('tbody', {}, ...body),
  );
  return el('div', { class: 'table', role: 'region', 'aria-label': title, tabindex: 0 }, table);
}

/**
 * A link that saves a text as a file.
 * @param {{ name?: string, text?: string, type?: string }} part
 */
export function fileOf({ name = '', text = '', type = '' }) {
  const href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  return el('p', {}, el('a', { class: 'file', href, download: name }, `${say('file.save')} ${name}`));
}
