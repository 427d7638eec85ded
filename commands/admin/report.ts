import { command, type Part } from '../../src/domain/command.ts';
import { csvOf } from '../../src/domain/csv.ts';
import { UserError } from '../../src/domain/errors.ts';
import { called, type Names } from '../../src/domain/names.ts';
import { monthAt, monthPattern, privately, type Report, type ReportLine } from '../../src/domain/report.ts';
import { say, word } from '../../src/domain/words.ts';
import { answer } from '../answer.ts';

const groupings = ['member', 'model', 'channel'] as const;
type Grouping = (typeof groupings)[number];

/** How many lines stand in the table; all are in the file. */
const listed = 20;

const linesBy = ({ members, models, channels }: Report, by: Grouping): [string, ReportLine][] =>
  Object.entries({ member: members, model: models, channel: channels }[by]).sort(
    ([first, a], [second, b]) => b.credits - a.credits || b.films - a.films || (first < second ? -1 : 1),
  );

const nameOf = (by: Grouping, id: string, names: Names): string =>
  by === 'channel' && id === privately ? word('admin.report.private') : called(id, names);

const money = (micros: number): string => say({ word: 'amount.money', with: { micros } });

const averageOf = ({ films, waited }: ReportLine): number | undefined => (films === 0 ? undefined : waited / films);

/** Milliseconds as minutes and seconds, such as 2:05. */
function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function tableOf(report: Report, by: Grouping, names: Names): Part[] {
  const lines = linesBy(report, by);
  const rows = lines.slice(0, listed).map(([id, line]) => {
    const wait = averageOf(line);
    return [
      ...[nameOf(by, id, names), String(line.films), String(line.failed), String(line.credits), money(line.money)],
      wait === undefined ? '' : clock(wait),
    ];
  });
  const head = [
    word(`admin.report.by.${by}`),
    ...(['films', 'failed', 'credits', 'money', 'wait'] as const).map((name) => word(`admin.report.${name}`)),
  ];
  const count = lines.length - rows.length;
  return [
    { kind: 'table', head, rows },
    ...(count > 0 ? [{ kind: 'text', text: say({ word: 'admin.report.more', with: { count } }) } as const] : []),
  ];
}

/** All groupings one below the other; a column says which. Sums are plain numbers, for a spreadsheet. */
function fileOf(report: Report, names: Names): Part {
  const head = (['grouping', 'name', 'films', 'failed', 'credits', 'money', 'seconds'] as const).map((name) =>
    word(`admin.report.${name}`),
  );
  const rows = groupings.flatMap((by) =>
    linesBy(report, by).map(([id, line]) => {
      const wait = averageOf(line);
      return [
        ...[
          word(`admin.report.by.${by}`),
          nameOf(by, id, names),
          ...[line.films, line.failed, line.credits].map(String),
        ],
        ...[String(line.money / 1e6), wait === undefined ? '' : String(Math.round(wait / 1000))],
      ];
    }),
  );
  return { kind: 'file', name: `report-${report.month}.csv`, text: csvOf(head, rows), type: 'text/csv' };
}

/** What came of a month, in words, by one grouping, and as a file by all. */
function partsOf(report: Report, by: Grouping, names: Names): Part[] {
  const { month, total } = report;
  if (linesBy(report, 'member').length === 0) {
    return [{ kind: 'text', text: say({ word: 'admin.report.none', with: { month } }) }];
  }
  const { films, failed, credits } = total;
  const told = { month, films, failed, credits, wait: averageOf(total) };
  const cost = total.money === 0 ? undefined : money(total.money);
  const text = say({ word: 'admin.report.total', with: { ...told, money: cost } });
  return [{ kind: 'text', text }, ...tableOf(report, by, names), fileOf(report, names)];
}

export const report = command({
  name: 'report',
  summary: 'admin.report',
  who: 'manager',
  reply: 'private',
  surfaces: ['slash'],
  fields: {
    month: { kind: 'text', label: 'admin.report.month', max: 7 },
    by: {
      kind: 'choice',
      label: 'admin.report.by',
      choices: groupings.map((value) => ({ value, label: `admin.report.by.${value}` as const })),
    },
  },
  run: async ({ month, by }, { desk, space, policy }) => {
    if (month !== undefined && !monthPattern.test(month)) {
      throw new UserError('invalid', { word: 'admin.report.month.wrong' }, { field: 'month' });
    }
    const found = await desk.report(space, month ?? monthAt(Date.now(), policy.timeZone));
    const grouping = groupings.find((one) => one === by) ?? 'member';
    return answer(...partsOf(found, grouping, {}));
  },
});
