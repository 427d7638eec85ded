import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { z } from 'zod';
import { runnable } from '../../test/support/compiled.ts';

/** A program in a process of its own that answers questions, one at a time. */
export interface Child {
  /** Throws when the child ends instead of answering. */
  ask<T>(question: string, answer: z.ZodType<T>): Promise<T>;
  /** Ends it, and waits until it is gone. */
  close(): Promise<void>;
}

/** Starts a program of this folder; it reads `options` with {@link optionsOf} and answers by {@link answering}. */
export function startChild(name: string, options: unknown): Child {
  const { file, options: execArgv } = runnable(`bench/support/${name}`);
  const child = fork(file, [JSON.stringify(options)], { execArgv, serialization: 'json' });
  const gone = once(child, 'exit');
  return {
    ask: async (question, answer) => {
      const answered = once(child, 'message');
      child.send(question);
      const said = await Promise.race([answered, gone.then(() => undefined)]);
      if (said === undefined) throw new Error(`${name} ended with ${child.signalCode ?? child.exitCode}`);
      return answer.parse(said[0]);
    },
    close: async () => {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}

/** In the child: what it was started with. */
export function optionsOf<T>(schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(process.argv[2] ?? ''));
}

/** In the child: answers what it is asked, and ends with its parent, after `close`. */
export function answering(answers: Record<string, () => unknown>, close: () => Promise<unknown>): void {
  process.on('message', async (question) => {
    const answer = answers[String(question)];
    if (!answer) throw new Error(`nobody answers ${String(question)}`);
    process.send?.(await answer());
  });
  process.on('disconnect', () => void close().finally(() => process.exit()));
}
