import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { nodeArguments } from './support/compiled.ts';

const run = promisify(execFile);

const bench = (...words: string[]) => run(process.execPath, [...nodeArguments('bench/run.ts'), ...words]);

/** The figures of the row that begins so, without their units: ours, what is beside it, and the ratio. */
function row(output: string, what: string): number[] {
  const line = output.split('\n').find((text) => text.trim().startsWith(what)) ?? '';
  const columns = line.trim().split(/\s{2,}/);
  return columns.slice(1).map((text) => Number.parseFloat(text.replaceAll(',', '')));
}

test('the journey is measured from call to captured film, each figure beside one of the same run', async () => {
  const { stdout, stderr } = await bench('journey', '--short');
  expect(stderr).toBe('');
  for (const what of ['end to end', 'call to answer p50', 'call to answer p99', 'accept, beside INCRBY']) {
    const [ours = 0, beside = 0, ratio = 0] = row(stdout, what);
    expect(Math.min(ours, beside, ratio), stdout).toBeGreaterThan(0);
    expect(ratio / (ours / beside), stdout).toBeGreaterThan(0.9);
    expect(ratio / (ours / beside), stdout).toBeLessThan(1.1);
  }
  expect(stdout).toContain('audit: 0 differences');
  expect(stdout).toMatch(/\d+ cores, load .*; node \d+\.\d+\.\d+; Redis \S+/);
}, 60_000);

test('what the ledger does is beside INCRBY of the same run, from one client and from many', async () => {
  const { stdout, stderr } = await bench('ledger', '--short');
  expect(stderr).toBe('');
  for (const clients of ['1 client', '10 clients', '50 clients', '50 over one connection']) {
    for (const what of ["reserve (the operator's money)", 'reserve (credits alone)', 'accept']) {
      const [ours = 0, beside = 0, ratio = 0] = row(stdout, `${clients}: ${what}`);
      expect(Math.min(ours, beside, ratio), stdout).toBeGreaterThan(0);
      expect(ratio / (ours / beside), stdout).toBeGreaterThan(0.9);
      expect(ratio / (ours / beside), stdout).toBeLessThan(1.1);
    }
  }
}, 60_000);

test('one waiting job beside a crowd of another space waits about a round longer than on an idle system', async () => {
  const { stdout, stderr } = await bench('fairness', '--short');
  expect(stderr).toBe('');
  const [longer = Number.NaN, round = Number.NaN] = row(stdout, 'longer than idle at the longest');
  expect(round, stdout).toBeGreaterThan(0);
  expect(longer, stdout).toBeLessThan(round * 1.5 + 200);
}, 60_000);

test('polls are beside the best that a schedule could do which knows the distribution', async () => {
  const { stdout, stderr } = await bench('polling', '--short');
  expect(stderr).toBe('');
  const lag = (what: string) => Number.parseFloat(stdout.split(`${what}: lag `)[1] ?? '');
  for (const [shape, known] of [
    ['log-normal 105 s', 0.5],
    ['two humps 60/200 s', 0.6],
  ] as const) {
    const [loop = 0, best = 0] = row(stdout, `${shape}, every 5 s`);
    expect(Math.abs(best / loop - known), stdout).toBeLessThan(0.05);
    const [polls = 0, beside = 0, ratio = Number.NaN] = row(stdout, `${shape}, ours: `);
    expect(Math.abs(ratio / (polls / beside) - 1), stdout).toBeLessThan(0.02);
    expect(ratio, stdout).toBeLessThan(1.15);
    expect(Math.abs(lag(`${shape}, ours`) - 2.5), stdout).toBeLessThan(0.5);
    expect(row(stdout, `${shape}, ours, with webhooks`)[0], stdout).toBeLessThanOrEqual(2);
    expect(lag(`${shape}, ours, with webhooks`), stdout).toBeLessThan(0.5);
  }
  expect(stdout).toMatch(/[\d.]+ microseconds/);
}, 60_000);

test.each(['discord', 'slack'])(
  'commands are acknowledged and large films posted beside what is plainest: %s',
  async (name) => {
    const { stdout } = await bench(name, '--short');
    const [last = Number.POSITIVE_INFINITY] = row(
      stdout,
      '20 commands, 100 a second, 100 ms away: acknowledged, the last',
    );
    expect(last, stdout).toBeLessThan(3_000);
    const [grown = Number.POSITIVE_INFINITY, beside = 0] = row(stdout, "20 MB, memory, beside the library's own way");
    expect(grown, stdout).toBeLessThan(beside);
  },
  180_000,
);

test('votes by pairs find more of the truth than one vote each, show every film as often, and are harder to push', async () => {
  const { stdout, stderr } = await bench('voting', '--short');
  expect(stderr).toBe('');
  for (const pairs of [15, 5]) {
    const [ours = 0, beside = 1, ratio = 0] = row(stdout, `${pairs} pairs each: Kendall's tau, beside one vote`);
    expect(Math.abs(ratio / (ours / beside) - 1), stdout).toBeLessThan(0.02);
    expect(ratio, stdout).toBeGreaterThan(1.03);
    const [most = 0, least = 0] = row(stdout, `${pairs} pairs each: seen most often`);
    expect(least, stdout).toBeGreaterThan(pairs * 13);
    expect(most - least, stdout).toBeLessThanOrEqual(4);
  }
  const [place = 0, pushed = 0] = row(stdout, '15 pairs each, 20 push the 15th: its place, beside one vote');
  expect(place, stdout).toBeGreaterThan(2 * pushed);
  expect(stdout).toContain('verified in');
  expect(stdout).toContain(' 0 problems');
}, 60_000);

test('a benchmark that does not exist is answered with those that do', async () => {
  await expect(bench('speed')).rejects.toMatchObject({
    code: 1,
    stderr:
      'Usage: npm run bench -- NAME [--short], with NAME one of journey, ledger, inflight, fairness, polling, discord, slack, voting\n',
  });
});
