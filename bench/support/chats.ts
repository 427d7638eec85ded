import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askProcess, fileOf, type Grown, mb } from '../../test/support/large.ts';
import { rank } from '../../test/support/rate.ts';
import { median } from './load.ts';
import { figure, type Row } from './print.ts';

/** Rows of how long commands took to be acknowledged, beside a bot that does nothing else. */
export function ackRows(ours: readonly number[], beside: readonly number[], latencyMs: number): Row[] {
  return [0.5, 0.99, 1].map((part) => ({
    what: `${ours.length} commands, 100 a second, ${latencyMs} ms away: acknowledged, ${part === 1 ? 'the last' : `p${part * 100}`}, beside a bot that does nothing`,
    ours: `${figure(rank(ours, part))} ms`,
    beside: `${figure(rank(beside, part))} ms`,
    ratio: figure(rank(ours, part) / rank(beside, part)),
  }));
}

/** How uploads are compared: by what program, `times` each, and what the ways beside ours are called. */
export interface Uploads<Way extends string> {
  /** Its path from the root of the checkout. */
  program: string;
  megabytes: number;
  times: number;
  beside: Record<Way, string>;
  order(way: Way | 'ours', path: string): object;
}

/** Rows of memory and time of one upload, by each way in turn, each time in a process of its own; medians. */
export async function uploadRows<Way extends string>(uploads: Uploads<Way>): Promise<Row[]> {
  const { program, megabytes, times, order } = uploads;
  const beside = Object.entries(uploads.beside) as [Way, string][];
  const dir = await mkdtemp(join(tmpdir(), 'dailies-upload-'));
  const all = new Map<Way | 'ours', Grown[]>();
  try {
    const path = await fileOf(dir, megabytes * mb);
    for (let n = 0; n < times; n += 1) {
      for (const way of ['ours', ...beside.map(([name]) => name)] as const) {
        const answer = await askProcess<object, Grown>(program, order(way, path));
        all.set(way, [...(all.get(way) ?? []), answer]);
      }
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
  const of = (way: Way | 'ours', what: keyof Grown): number => median((all.get(way) ?? []).map((one) => one[what]));
  const row = (way: Way, called: string, what: keyof Grown, unit: string, by: number): Row => ({
    what: `${megabytes} MB, ${what === 'grown' ? 'memory' : 'time'}, beside ${called}`,
    ours: `${figure(of('ours', what) / by)} ${unit}`,
    beside: `${figure(of(way, what) / by)} ${unit}`,
    ratio: figure(of('ours', what) / of(way, what)),
  });
  return beside.flatMap(([way, called]) => [row(way, called, 'grown', 'MB', mb), row(way, called, 'ms', 'ms', 1)]);
}
