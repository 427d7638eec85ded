import { availableParallelism, loadavg } from 'node:os';
import type { Client } from '../../src/redis/client.ts';

/** One line of a benchmark: what was measured, our figure, the figure beside it from the same run, and the one divided by the other. */
export interface Row {
  what: string;
  ours: string;
  beside: string;
  ratio: string;
}

const heads: Row = { what: '', ours: 'ours', beside: 'beside', ratio: 'ratio' };

/** A number as people read it: `12,345`, `1.23`, `0.014`. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return 'none';
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 || size === 0 ? 2 : 3;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0.99 ? 2 : 1)} %`;
}

/** The machine's cores, and how busy they are. */
export const cpus = (): string => `${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(2)} at the start`;

/** What the figures depend on: the machine, how busy it was, Node's and Redis's version. */
export async function machine(redis: Client, kind: string): Promise<string> {
  const info = await redis.info('server');
  const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'of unknown version';
  const fsync = kind === 'private' ? 'always' : 'none';
  return `${cpus()}; node ${process.versions.node}; Redis ${version} (${kind}, appendfsync ${fsync})`;
}

/** Prints a benchmark's name, its machine, a table and what else is to be said of it. */
export function print(name: string, facts: string, rows: readonly Row[], notes: readonly string[] = []): void {
  const lines = [heads, ...rows];
  const width = (key: keyof Row): number => Math.max(...lines.map((line) => line[key].length));
  const widths = { what: width('what'), ours: width('ours'), beside: width('beside'), ratio: width('ratio') };
  const text = lines.map(
    (line) =>
      `  ${line.what.padEnd(widths.what)}  ${line.ours.padStart(widths.ours)}  ${line.beside.padStart(widths.beside)}  ${line.ratio.padStart(widths.ratio)}`,
  );
  process.stdout.write(`\n${name}: ${facts}\n\n${text.join('\n')}\n${notes.map((note) => `\n  ${note}`).join('')}\n`);
}
