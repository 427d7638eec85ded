import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { isOver, type Task, taskSchema } from './task.ts';

/** Where the sandbox keeps its tasks and films, so that they outlive its process. */
export interface Store {
  /** The folder of the films and pictures. */
  dir: string;
  tasks: Map<string, Task>;
  /** How many tasks were ever accepted. */
  billed(): number;
  /** On return it is on disk; whoever reads the file sees the old state or the new one, whole. */
  save(task: Task, picture?: Buffer): void;
  /** Forgets ended tasks created before `before` (Unix milliseconds), with their films. Returns them. */
  sweep(before: number): Task[];
  close(): void;
}

const countsSchema = z.object({ swept: z.int(), leaving: z.array(z.string()) });

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Error(`[sandbox] ${path} cannot be read; move it away to start without it`, { cause });
  }
}

/** Opens the folder `dir`; without one the tasks are in memory alone, and the films in a temporary folder that `close` removes. */
export function openStore(dir: string | undefined): Store {
  const root = dir ?? mkdtempSync(join(tmpdir(), 'dailies-sandbox-'));
  for (const folder of ['tasks', 'films', 'pictures']) mkdirSync(join(root, folder), { recursive: true });
  const taskPath = (id: string): string => join(root, 'tasks', `${id}.json`);
  const countsPath = join(root, 'counts.json');
  const counts = { swept: 0 };
  const tasks = new Map<string, Task>();

  // Written in one piece and at once, so that two states of a task cannot overtake each other.
  function write(path: string, content: string | Buffer): void {
    writeFileSync(`${path}.part`, content);
    renameSync(`${path}.part`, path);
  }

  function remove(task: Pick<Task, 'id'>): void {
    const { id } = task;
    for (const path of [join(root, 'films', `${id}.mp4`), join(root, 'pictures', `${id}.jpg`), taskPath(id)]) {
      rmSync(path, { force: true });
    }
  }

  function load(): void {
    for (const name of readdirSync(root)) {
      if (name !== 'counts.json') continue;
      const { swept, leaving } = countsSchema.parse(readJson(countsPath));
      counts.swept = swept;
      for (const id of leaving) remove({ id });
    }
    const found = readdirSync(join(root, 'tasks')).filter((name) => name.endsWith('.json'));
    const read = found.map((name) => taskSchema.parse(readJson(join(root, 'tasks', name))));
    for (const task of read.sort((a, b) => a.createdAt - b.createdAt)) tasks.set(task.id, task);
  }

  if (dir !== undefined) load();
  return {
    dir: root,
    tasks,
    billed: () => counts.swept + tasks.size,
    save(task, picture) {
      if (picture) write(join(root, 'pictures', `${task.id}.jpg`), picture);
      if (dir !== undefined) write(taskPath(task.id), JSON.stringify(task));
      tasks.set(task.id, task);
    },
    sweep(before) {
      const old = [...tasks.values()].filter((task) => isOver(task) && task.createdAt < before);
      if (old.length === 0) return old;
      counts.swept += old.length;
      // The count and the list are one write: a sweep cut short is ended at the next start, and counts nothing twice.
      const leaving = old.map(({ id }) => id);
      if (dir !== undefined) write(countsPath, JSON.stringify({ swept: counts.swept, leaving }));
      for (const task of old) {
        remove(task);
        tasks.delete(task.id);
      }
      return old;
    },
    close() {
      if (dir === undefined) rmSync(root, { recursive: true, force: true });
    },
  };
}
