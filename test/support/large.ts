import { fork } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { runnable } from './compiled.ts';

/** Bytes of a megabyte, as films are counted. */
export const mb = 1_000_000;

/** The most of resident memory above what it was before, in bytes; and milliseconds. */
export interface Grown {
  grown: number;
  ms: number;
}

/** A file of so many bytes in a folder, written piece by piece. */
export async function fileOf(dir: string, bytes: number): Promise<string> {
  const path = join(dir, `${bytes}.mp4`);
  const file = await open(path, 'w');
  const piece = Buffer.alloc(mb, 7);
  for (let at = 0; at < bytes; at += mb) await file.write(piece);
  await file.close();
  return path;
}

/** Gives an order to a program in a process of its own, so that what grows there is its own; its first answer. */
export async function askProcess<Order extends object, Answer>(program: string, order: Order): Promise<Answer> {
  const { file, options } = runnable(program);
  const child = fork(file, [], { execArgv: options });
  const over = new AbortController();
  const { signal } = over;
  const ended = once(child, 'exit', { signal }).then(([code, by]) => {
    throw new Error(`${program} ended without an answer (${by ?? code})`);
  });
  ended.catch(() => undefined);
  try {
    child.send(order);
    const [answer] = await Promise.race([once(child, 'message', { signal }), ended]);
    return answer;
  } finally {
    over.abort();
    child.kill();
  }
}

/** What such a program is: it answers each order that it is sent. */
export function answerOrders<Order>(answer: (order: Order) => Promise<object>): void {
  process.on('message', async (order: Order) => process.send?.(await answer(order)));
}

/** By how much this process grows during a piece of work, and how long that takes. */
export async function grownBy(work: () => Promise<unknown>): Promise<Grown> {
  const before = process.memoryUsage.rss();
  let most = before;
  const look = (): void => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const watch = setInterval(look, 2);
  const began = performance.now();
  try {
    await work();
  } finally {
    clearInterval(watch);
  }
  look();
  return { grown: most - before, ms: performance.now() - began };
}
