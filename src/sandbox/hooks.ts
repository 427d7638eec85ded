import { randomBytes } from 'node:crypto';
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { SandboxLog } from './gateway.ts';
import { isLoopback } from './hookAddress.ts';
import type { Task } from './task.ts';

/** Tells whoever asked for it that a task has ended. */
export interface Hooks {
  /** Sends the task's webhook, if it has one, now and again while it is not taken. Never throws. */
  send(task: Task): void;
  /** Gives up what is under way. */
  close(): Promise<void>;
}

/** Posts once, on a connection of its own, and follows no redirect. */
function post(url: URL, headers: Record<string, string>, body: string, signal: AbortSignal): Promise<number> {
  const request = url.protocol === 'https:' ? secure : plain;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, agent: false, signal }, (reply) => {
      reply.resume().on('error', reject);
      reply.on('end', () => resolve(reply.statusCode ?? 0));
    });
    sent.on('error', reject).end(body);
  });
}

/**
 * Webhooks after Standard Webhooks: signed over `id.timestamp.body`, the same id at every try. They go to loopback alone; other
 * addresses are taken in orders and never called. `retryMs` are the waits before the tries after the first.
 */
export function createHooks(options: {
  secret: string;
  retryMs: readonly number[];
  /** Milliseconds for one try. */
  timeoutMs: number;
  /** The event that tells of an ended task. */
  eventOf(task: Task): Record<string, unknown>;
  log: SandboxLog;
}): Hooks {
  const { retryMs, timeoutMs, eventOf, log } = options;
  const signer = new Webhook(options.secret);
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function attempt(url: URL, id: string, body: string): Promise<number> {
    const at = new Date();
    const headers = {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': signer.sign(id, at, body),
    };
    return post(url, headers, body, AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]));
  }

  /** Why it was not taken, or nothing. */
  async function tryOnce(url: URL, id: string, body: string): Promise<string | undefined> {
    try {
      const status = await attempt(url, id, body);
      return status >= 200 && status < 300 ? undefined : `it was answered ${status}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async function deliver(task: Task, url: URL): Promise<void> {
    const id = `msg_${randomBytes(15).toString('hex')}`;
    const body = JSON.stringify(eventOf(task));
    let trouble = await tryOnce(url, id, body);
    for (const ms of retryMs) {
      if (trouble === undefined || closing.signal.aborted) return;
      await wait(ms, undefined, { signal: closing.signal });
      trouble = await tryOnce(url, id, body);
    }
    if (trouble !== undefined && !closing.signal.aborted)
      log.error({ task: task.id, trouble }, 'a webhook was not taken');
  }

  return {
    send(task) {
      if (task.hook === undefined || closing.signal.aborted) return;
      const url = new URL(task.hook);
      if (!isLoopback(url)) return;
      const sending = deliver(task, url)
        .catch((err: unknown) => {
          if (!closing.signal.aborted) log.error({ task: task.id, err }, 'a webhook could not be sent');
        })
        .finally(() => underWay.delete(sending));
      underWay.add(sending);
    },
    async close() {
      closing.abort();
      await Promise.all(underWay);
    },
  };
}
