import { command, type Part } from '../../src/domain/command.ts';
import { csvOf } from '../../src/domain/csv.ts';
import { UserError } from '../../src/domain/errors.ts';
import { shortened } from '../../src/domain/letters.ts';
import { called, type Names } from '../../src/domain/names.ts';
import type { TrailEntry } from '../../src/domain/trail.ts';
import { moment, say, word } from '../../src/domain/words.ts';
import { answer, managed, told } from '../answer.ts';

/** How many entries stand in the table, and how many in the file. */
const listed = 20;
const filed = 1_000;
/** Letters of what somebody wrote in a cell of the table; in the file it is whole. */
const cell = 60;

const entryPattern = /^\d{1,15}-\d{1,15}$/;

/** What was, and what is; what was given, where nothing was before. */
function changeOf({ before, after = '' }: TrailEntry): string {
  if (before === undefined) return after;
  return `${before === '' ? '–' : before} → ${after === '' ? '–' : after}`;
}

/** The entries, without the columns that are empty in all of them. */
function tableOf(entries: readonly TrailEntry[], timeZone: string, names: Names): Part {
  const columns = {
    when: ({ at }: TrailEntry) => moment(at, timeZone),
    who: ({ who }: TrailEntry) => called(who, names),
    what: ({ what }: TrailEntry) => what,
    about: ({ about = '' }: TrailEntry) => called(about, names),
    why: ({ why = '' }: TrailEntry) => why,
    change: changeOf,
  } as const;
  const shown = (Object.keys(columns) as (keyof typeof columns)[]).filter((name) =>
    entries.some((entry) => columns[name](entry) !== ''),
  );
  return {
    kind: 'table',
    title: word('admin.audit.title'),
    head: shown.map((name) => word(`admin.audit.${name}`)),
    rows: entries.map((entry) => shown.map((name) => shortened(columns[name](entry), cell))),
  };
}

function fileOf(entries: readonly TrailEntry[]): Part {
  const head = (['when', 'who', 'what', 'about', 'why', 'was', 'is'] as const).map((name) =>
    word(`admin.audit.${name}`),
  );
  const rows = entries.map(({ at, who, what, about = '', why = '', before = '', after = '' }) => [
    ...[new Date(at).toISOString(), who, what, about, why, before, after],
  ]);
  return { kind: 'file', name: 'audit.csv', text: csvOf(head, rows), type: 'text/csv' };
}

export const audit = command({
  ...managed,
  name: 'audit',
  summary: 'admin.audit',
  fields: {
    before: { kind: 'text', label: 'admin.audit.before', max: 31 },
    file: { kind: 'boolean', label: 'admin.audit.file' },
  },
  run: async ({ before, file }, { trail, space, policy }) => {
    if (before !== undefined && !entryPattern.test(before)) {
      throw new UserError('invalid', { word: 'admin.audit.before.wrong' }, { field: 'before' });
    }
    const found = await trail.read(space, file ? filed : listed + 1, before);
    const entries = found.slice(0, listed);
    const last = entries.at(-1);
    if (!last) return told(word('admin.audit.none'));
    const parts: Part[] = [tableOf(entries, policy.timeZone, {})];
    if (found.length > listed) {
      parts.push({ kind: 'text', text: say({ word: 'admin.audit.older', with: { before: last.id } }) });
    }
    if (file) parts.push(fileOf(found));
    return answer(...parts);
  },
});
