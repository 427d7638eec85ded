import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeArguments } from '../support/compiled.ts';
import { until } from '../support/until.ts';

export { freePort } from '../support/redis-server.ts';

export const root = join(import.meta.dirname, '..', '..');

/** A message of the studio, as far as the chaos looks at it. */
export interface StudioMessage {
  id: string;
  job?: { id: string; state: string };
  video?: { url: string; job?: string };
}

/** The processes whose command line or working folder names a folder: the program's own, and the Redis it started. */
export function processesOf(dir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return ['cmdline', 'environ'].some((part) => readFileSync(`/proc/${pid}/${part}`, 'utf8').includes(dir));
      } catch {
        return false; // It ended while we looked.
      }
    })
    .map(Number);
}

/** The program as an operator starts it, with its data in `dir`. */
export function createProgram(dir: string, port: number, env: Record<string, string> = {}, role = 'all') {
  let child: ChildProcess | undefined;
  let output = '';
  const args = [...nodeArguments('src/main.ts'), role];
  const base = `http://127.0.0.1:${port}`;
  const api = async (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${base}${path}`, {
      ...init,
      headers: { 'X-Member': 'ada', 'Content-Type': 'application/json', ...init.headers },
      signal: AbortSignal.timeout(10_000),
    });
  const launch = (): void => {
    child = spawn(process.execPath, args, {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dir, PORT: String(port), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
  };
  return {
    base,
    output: () => output,
    api,
    /** Starts it and waits until it serves; returns how many milliseconds that took. */
    async start(): Promise<number> {
      const began = performance.now();
      launch();
      await until(
        'the program serves',
        async () => {
          if (child?.exitCode !== null) throw new Error(`it ended: ${output.slice(-2_000)}`);
          return (await fetch(`${base}/readyz`)).ok;
        },
        60_000,
      );
      return performance.now() - began;
    },
    /** Starts what is not to start, and gives what it said until it ended. */
    async refused(): Promise<string> {
      launch();
      await until('it ended', () => child?.exitCode !== null, 60_000);
      return output;
    },
    /** `kill -9` of the program and of all that it started. */
    async kill(): Promise<void> {
      for (const pid of processesOf(dir)) process.kill(pid, 'SIGKILL');
      await until('all gone', () => processesOf(dir).length === 0);
      child = undefined;
    },
    /** SIGTERM, as an operator stops it; returns the exit code and how many milliseconds it took. */
    async stop(): Promise<{ code: number | null; ms: number }> {
      const began = performance.now();
      const ending = child;
      if (!ending) return { code: 0, ms: 0 };
      const code = await new Promise<number | null>((resolve) => {
        ending.once('exit', resolve);
        ending.kill('SIGTERM');
      });
      child = undefined;
      return { code, ms: performance.now() - began };
    },
    async ask(prompt: string): Promise<string> {
      const body = JSON.stringify({ command: 'video', values: { prompt }, id: prompt });
      const response = await api('/api/threads/chaos/calls', { method: 'POST', body });
      const answer = (await response.json()) as { id: string };
      if (response.status !== 202) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
      return answer.id;
    },
    async messages(): Promise<StudioMessage[]> {
      return (await (await api('/api/threads/chaos/messages')).json()) as StudioMessage[];
    },
  };
}

/** Runs `npm run audit` on a data folder; its exit code and what it printed. */
export function runAudit(dir: string): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...nodeArguments('src/main.ts'), 'audit'], {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dir },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once('exit', (code) => resolve({ code, output }));
  });
}
