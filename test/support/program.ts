import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProgram, freePort } from '../chaos/program.ts';

type Later = (close: () => Promise<unknown>) => void;

/** The program, not started yet, in a data folder of its own or in that of another one; `later` gets what ends both. */
export async function programIn(
  later: Later,
  env: Record<string, string>,
  { role = 'all', dir: given, port }: { role?: string; dir?: string; port?: number } = {},
) {
  const dir = given ?? (await mkdtemp(join(tmpdir(), 'dailies-program-')));
  const program = createProgram(dir, port ?? (await freePort()), env, role);
  later(async () => {
    await program.kill();
    if (given === undefined) await rm(dir, { recursive: true, force: true });
  });
  return { program, dir };
}
