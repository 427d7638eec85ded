import { killAll } from './kill.ts';

/** Ten kills between *accepted* and *delivered*, from at once to just before the film is posted. */
const moments = [0, 30, 100, 250, 500, 900, 1_400, 2_000, 2_700, 3_400];

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const result = await killAll(moments, say);
const slowest = Math.max(...result.rounds.map((round) => round.goneOnAfter));
say(
  `jobs ${result.jobs}, films ${result.films}, billed ${result.billed}, credits paid ${result.spent}, held ${result.held}`,
);
say(`slowest: ${Math.round(slowest)} ms from the restart to the film`);
say(`audit: ${result.audit.output.trim()}`);
const good =
  result.films === result.jobs &&
  result.billed === result.jobs &&
  result.spent === result.jobs * 4 &&
  result.held === 0 &&
  result.audit.code === 0 &&
  slowest < 30_000;
say(good ? '1 passed, 0 failed' : '0 passed, 1 failed');
process.exitCode = good ? 0 : 1;
