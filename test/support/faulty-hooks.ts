import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { Json } from './faulty-shapes.ts';

/** How a webhook is sent; what is left out is as it should be. */
export interface Notice {
  /** Signed with another secret. */
  secret?: string;
  /** The time it claims, in Unix milliseconds. */
  at?: number;
  /** The message's id: the same again is a replay. */
  message?: string;
  /** Changes the event before it is signed. */
  edit?(event: Json): Json;
  /** Changes the body after it was signed. */
  tamper?(body: string): string;
  to?: string;
}

/** A webhook that went out, and the status that it was answered with; 0 where nobody answered. */
export interface Notified {
  url: string;
  message: string;
  body: string;
  status: number;
}

/** Sends one webhook, signed after Standard Webhooks. */
export async function notify(
  url: string,
  event: Json,
  secret: string,
  notice: Notice,
  signal: AbortSignal,
): Promise<Notified> {
  const body = JSON.stringify(notice.edit?.(event) ?? event);
  const message = notice.message ?? `msg_${randomUUID().replaceAll('-', '')}`;
  const at = new Date(notice.at ?? Date.now());
  const headers = {
    'content-type': 'application/json',
    'webhook-id': message,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(notice.secret ?? secret).sign(message, at, body),
  };
  const sent = { url: notice.to ?? url, message, body };
  try {
    const init: RequestInit = {
      method: 'POST',
      headers,
      body: notice.tamper?.(body) ?? body,
      redirect: 'manual',
      signal,
    };
    const reply = await fetch(sent.url, init);
    await reply.arrayBuffer();
    return { ...sent, status: reply.status };
  } catch (error) {
    // fetch's own error for a connection that failed, or our end of the test.
    if (error instanceof TypeError || signal.aborted) return { ...sent, status: 0 };
    throw error;
  }
}
