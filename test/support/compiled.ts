import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nodeOptions } from '../../src/program.ts';

const root = join(import.meta.dirname, '..', '..');
/** Where this run of the suite has its compiled copy; below `node_modules`, so that packages are found from there. */
const variable = 'TEST_COMPILED';
const copied = ['src', 'commands', 'platforms', 'models.yaml', 'package.json'];
const compileWithin = 120_000;

/** For the whole run: names the copy's folder, which is filled once a program is started, and removes it at the end. */
export default function setUp(): () => void {
  const folder = join(root, 'node_modules', '.compiled', String(process.pid));
  rmSync(folder, { recursive: true, force: true });
  process.env[variable] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
}

/** Compiles all of the checkout, once for all processes of a run; the others wait for it. */
function compile(folder: string): void {
  const done = join(folder, 'done');
  if (existsSync(done)) return;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    mkdirSync(folder);
  } catch {
    const until = Date.now() + compileWithin;
    while (!existsSync(done) && Date.now() < until) pause();
    if (!existsSync(done)) throw new Error('the programs were not compiled');
    return;
  }
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', join(import.meta.dirname, 'compile.json'), '--outDir', folder]);
  for (const name of copied) {
    cpSync(join(root, name), join(folder, name), { recursive: true, filter: (path) => !path.endsWith('.ts') });
  }
  writeFileSync(done, '');
}

/**
 * A module of the checkout, by its path from the root, to be run in a process of its own, and what Node is to be given for it. A Node that
 * needs a loader for TypeScript, which takes longer than the program itself, gets it compiled.
 */
export function runnable(path: string): { file: string; options: string[] } {
  const file = join(root, path);
  const options = nodeOptions(pathToFileURL(file));
  const folder = process.env[variable];
  if (options.length === 0 || folder === undefined) return { file, options };
  compile(folder);
  return { file: join(folder, path.replace(/\.ts$/, '.js')), options: [] };
}

/** The same as the arguments of Node. */
export function nodeArguments(path: string): string[] {
  const { file, options } = runnable(path);
  return [...options, file];
}
