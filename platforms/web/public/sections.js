// What the panel of those who run the studio has: sections with a command that reads, and others that change something.

/**
 * `reads` is asked when the section opens. `deeds` are forms of their own. `rows` are buttons at each line of the answer, which is
 * named by its first cell or label in the field `by`.
 * @typedef {{ id: string, reads: string, deeds: string[], rows: string[], by: string }} Section
 */

/** @type {Section[]} */
export const sections = [
  { id: 'month', reads: 'admin report', deeds: [], rows: [], by: '' },
  {
    id: 'credits',
    reads: 'admin credits show',
    deeds: ['admin credits grant', 'admin credits revoke', 'admin credits correct'],
    rows: [],
    by: '',
  },
  { id: 'policy', reads: 'admin policy show', deeds: ['admin policy set', 'admin policy clear'], rows: [], by: '' },
  {
    id: 'films',
    reads: 'admin jobs list',
    deeds: [],
    rows: ['admin jobs retry', 'admin jobs release', 'admin jobs cancel'],
    by: 'job',
  },
  { id: 'blocks', reads: 'admin block list', deeds: ['admin block add'], rows: ['admin block remove'], by: 'entry' },
  { id: 'trail', reads: 'admin audit', deeds: [], rows: [], by: '' },
];

/** What can be done with a film in a state; with one in any other there is nothing left to do. @type {Record<string, string[]>} */
const byState = {
  queued: ['admin jobs cancel'],
  rendering: ['admin jobs cancel'],
  held: ['admin jobs retry', 'admin jobs release'],
};

/**
 * The buttons that a line of an answer gets: of films by the state that stands in it, else all.
 * @param {Section} section
 * @param {readonly string[]} cells
 * @param {readonly { value: string, label: string }[]} states
 */
export function rowDeeds({ id, rows }, cells, states) {
  if (id !== 'films') return rows;
  const state = states.find(({ label }) => cells.includes(label))?.value ?? '';
  return rows.filter((one) => byState[state]?.includes(one));
}
