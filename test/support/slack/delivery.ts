import { createHmac, randomUUID } from 'node:crypto';
import type { Delivery } from './api.ts';
import type { Deed, World } from './world.ts';

/** Sends an envelope over Socket Mode; false where there is no connection. `acked` gets the ack's payload. */
export type SendEnvelope = (envelope: Record<string, unknown>, acked: (payload: unknown) => void) => string | null;

const isEvent = ({ payload }: Deed) => payload.type === 'event_callback';

function envelopeType(deed: Deed): string {
  if (isEvent(deed)) return 'events_api';
  return 'command' in deed.payload ? 'slash_commands' : 'interactive';
}

/** The body of the HTTP request for a deed, and its content type. */
function httpBody({ payload }: Deed): { body: string; type: string } {
  if (payload.type === 'event_callback') return { body: JSON.stringify(payload), type: 'application/json' };
  const form = 'command' in payload ? (payload as Record<string, string>) : { payload: JSON.stringify(payload) };
  return { body: String(new URLSearchParams(form)), type: 'application/x-www-form-urlencoded' };
}

type Outcome = { ok: true; body: unknown } | { ok: false; reason: string; final?: boolean };

/** Sends deeds out as Slack does: over HTTP or Socket Mode, with three retries of events. */
export function createDelivery(world: World, envelope: SendEnvelope) {
  const { clock } = world;
  const stop = new AbortController();

  function settle(deed: Deed, delivery: Delivery, sentAt: number, outcome: Outcome): void {
    const late = clock.now() - sentAt > world.settings.ackMs;
    if (outcome.ok && !late) {
      delivery.acked = true;
      if (deed.ack) return;
      deed.ack = { afterMs: clock.now() - sentAt, body: outcome.body ?? null };
      deed.shown = deed.onAck?.(outcome.body) ?? null;
      return;
    }
    if (isEvent(deed)) return;
    const slow = late || outcome.ok || outcome.reason.endsWith('timeout');
    if (!deed.ack) deed.shown ??= slow ? 'operation_timeout' : 'dispatch_failed';
  }

  function overSocket(deed: Deed, delivery: Delivery, sentAt: number, done: (outcome: Outcome) => void): void {
    const { retryNum, retryReason } = delivery;
    const retry = isEvent(deed) ? { retry_attempt: retryNum ?? 0, retry_reason: retryReason ?? '' } : {};
    const row = { envelope_id: randomUUID(), payload: deed.payload, type: envelopeType(deed) };
    delivery.connection = envelope({ ...row, accepts_response_payload: !isEvent(deed), ...retry }, (body) =>
      done({ ok: true, body }),
    );
    if (delivery.connection === null) {
      delivery.transport = 'none';
      done({ ok: false, reason: 'dispatch_failed' });
      return;
    }
    const left = world.settings.ackMs - (clock.now() - sentAt);
    clock.later(left + 1, () => done({ ok: false, reason: 'timeout' }));
  }

  async function post(endpoint: string, deed: Deed, delivery: Delivery): Promise<Outcome> {
    const { body, type } = httpBody(deed);
    const timestamp = String(Math.floor(Date.now() / 1000));
    const digest = createHmac('sha256', world.app.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
    const headers: Record<string, string> = {
      ...{ 'content-type': type, 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${digest}` },
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    };
    if (delivery.retryNum !== null) headers['x-slack-retry-num'] = String(delivery.retryNum);
    if (delivery.retryReason !== null) headers['x-slack-retry-reason'] = delivery.retryReason;
    const reply = await fetch(endpoint, { method: 'POST', headers, body, redirect: 'manual', signal: stop.signal });
    delivery.status = reply.status;
    const text = await reply.text();
    const final = reply.headers.get('x-slack-no-retry') === '1';
    if (!reply.ok) return { ok: false, reason: isEvent(deed) ? 'http_error' : 'dispatch_failed', final };
    const json = reply.headers.get('content-type')?.includes('json');
    try {
      return { ok: true, body: json && text !== '' ? JSON.parse(text) : text };
    } catch {
      return { ok: false, reason: 'dispatch_failed', final };
    }
  }

  function overHttp(deed: Deed, delivery: Delivery, endpoint: string, done: (outcome: Outcome) => void): void {
    clock.later(world.settings.ackMs + 1, () => done({ ok: false, reason: 'http_timeout' }));
    post(endpoint, deed, delivery).then(done, () => done({ ok: false, reason: 'connection_failed' }));
  }

  function attempt(deed: Deed, retryNum: number | null, retryReason: string | null): void {
    const sentAt = clock.now();
    const { endpoint, retryDelaysMs } = world.settings;
    const transport = endpoint === null ? 'socket' : 'http';
    const delivery: Delivery = {
      ...{ transport, at: sentAt, connection: null, retryNum, retryReason, status: null, acked: false },
    };
    deed.sent.push(delivery);
    deed.sentAt = sentAt;
    let settled = false;
    const done = (outcome: Outcome) => {
      if (settled) return;
      settled = true;
      settle(deed, delivery, sentAt, outcome);
      if (delivery.acked || !isEvent(deed) || (!outcome.ok && outcome.final)) return;
      const next = (retryNum ?? 0) + 1;
      const wait = retryDelaysMs[next - 1];
      const reason = outcome.ok
        ? 'timeout'
        : outcome.reason === 'dispatch_failed'
          ? 'connection_failed'
          : outcome.reason;
      if (wait !== undefined) clock.later(wait, () => attempt(deed, next, reason));
    };
    if (endpoint === null) overSocket(deed, delivery, sentAt, done);
    else overHttp(deed, delivery, endpoint, done);
  }

  return {
    /** At once, or when the latency is over. */
    dispatch(deed: Deed, retry: number | null = null): void {
      clock.later(world.settings.latencyMs, () => attempt(deed, retry, retry === null ? null : 'http_timeout'));
    },
    stop: () => stop.abort(),
  };
}
