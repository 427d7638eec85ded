import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/until.ts';
import { createProgram, freePort, runAudit } from './program.ts';

export interface KillRound {
  /** Milliseconds after the job was accepted. */
  killedAt: number;
  /** How far the job was then, as its card said. */
  state: string;
  /** Milliseconds from the restart until the film was in its thread. */
  goneOnAfter: number;
}

export interface KillResult {
  rounds: KillRound[];
  /** Films in the thread, jobs, what the gateway counts as billed, credits paid and still held. */
  films: number;
  jobs: number;
  billed: number;
  spent: number;
  held: number;
  audit: { code: number | null; output: string };
}

/** How many tasks the sandbox in a data folder has taken: one file each, written before it answers. */
async function billedIn(dir: string): Promise<number> {
  const files = await readdir(join(dir, 'sandbox'), { recursive: true });
  const tasks = await Promise.all(
    files.filter((name) => name.endsWith('.json')).map((name) => readFile(join(dir, 'sandbox', name), 'utf8')),
  );
  return tasks.filter((text) => text.includes('"video_')).length;
}

/** Asks for a film, kills everything `moments` ms after it was accepted, starts again, and waits for the film; once for each moment. */
export async function killAll(moments: readonly number[], tell: (line: string) => void): Promise<KillResult> {
  const dir = await mkdtemp(join(tmpdir(), 'dailies-chaos-'));
  const program = createProgram(dir, await freePort(), { QUOTA_CREDITS: '1000' });
  const rounds: KillRound[] = [];
  try {
    await program.start();
    for (const [index, moment] of moments.entries()) {
      const job = await program.ask(`round ${index + 1}`);
      await new Promise((resolve) => setTimeout(resolve, moment));
      const state = (await program.messages()).find((message) => message.job?.id === job)?.job?.state ?? 'no card yet';
      await program.kill();
      const began = performance.now();
      await program.start();
      await until(
        `the film of ${job}`,
        async () => (await program.messages()).some((message) => message.video?.job === job),
        40_000,
      );
      const round = { killedAt: moment, state, goneOnAfter: performance.now() - began };
      rounds.push(round);
      tell(`killed ${moment} ms after accepted (${state}): film ${Math.round(round.goneOnAfter)} ms after the restart`);
    }
    const films = (await program.messages()).filter((message) => message.video).length;
    const quota = await until('nothing is held any more', async () => {
      const now = (await (await program.api('/api/quota')).json()) as { spent: number; held: number };
      return now.held === 0 && now;
    });
    await program.stop();
    const audit = await runAudit(dir);
    const billed = await billedIn(dir);
    return { rounds, films, jobs: moments.length, billed, spent: quota.spent, held: quota.held, audit };
  } finally {
    await program.kill();
    await rm(dir, { recursive: true, force: true });
  }
}
