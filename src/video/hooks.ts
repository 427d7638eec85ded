import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { z } from 'zod';
import type { JobRef } from '../domain/job.ts';
import type { SpaceKey } from '../domain/origin.ts';
import { type Log, type Records, RedisAway, type WakeUps } from '../ports.ts';

/** Bytes of the largest webhook that is read. */
const longest = 1_048_576;

/** What ends a task; another event says nothing that a poll would not. */
const events: ReadonlySet<string> = new Set(['video.completed', 'video.failed', 'video.cancelled']);

const id = z.string().min(1).max(256).optional().catch(undefined);
const eventSchema = z.object({
  type: z.string(),
  data: z.object({ id, video_id: id }).optional().catch(undefined),
});

/** An id that may stand in a record's list of them, and cannot be mistaken in the signed text for what follows it. */
const hookId = /^[^\s.]{1,256}$/;

const ref = /^([a-z]+-[a-z2-7]+)\.(j[a-z2-7]{16}-\d{1,2})$/;

export interface HooksOptions {
  /** The gateway's signing secret: base64, with or without `whsec_` before it. The paths are signed by a key made from it. */
  secret: string;
  /** Where the gateway reaches this program; no slash at its end. */
  publicUrl: string;
  records: Pick<Records, 'woken' | 'isWoken'>;
  wakeUps: Pick<WakeUps, 'hasten'>;
  /** Which gateway calls. */
  gateway: string;
  log: Log;
}

/** The webhooks of the gateway: where it is to send one, and what becomes of it. */
export interface Hooks {
  /** Bytes of the largest webhook that is read. */
  longest: number;
  /** The address for one job's webhooks, `/hooks/video/<space>.<id>/<signature>` on the public URL. */
  url(job: JobRef): string;
  /**
   * Takes a webhook (Standard Webhooks) and has its job looked at: the poll decides what became of it. Answers with an HTTP status:
   * 204 done, known or of no interest; 404 not a path that was given out; 413 too large; 401 not the gateway's, or not of these five minutes; 400
   * no event; 503 when Redis is away, so that the gateway tries again.
   */
  receive(path: { job: string; sig: string }, headers: Record<string, string>, rawBody: Uint8Array): Promise<number>;
}

/** Throws when the secret is none that Standard Webhooks knows. */
export function createHooks({ secret, publicUrl, records, wakeUps, gateway, log }: HooksOptions): Hooks {
  const webhook = webhookOf(secret);
  const pathKey = Buffer.from(hkdfSync('sha256', secret, '', 'dailies webhook path', 32));
  const signed = (job: string): string => createHmac('sha256', pathKey).update(job).digest('base64url');

  const note = async (job: JobRef, hook: { id: string; type: string; taskId: string | undefined }): Promise<number> => {
    const fields = { job: job.id, space: job.space, hook: hook.id, event: hook.type };
    try {
      const noted = await records.woken(job, { id: hook.id, taskId: hook.taskId, gateway });
      // A known one whose first delivery got as far as the record and no further is carried through by its repetition.
      const wanted = noted === 'noted' || (noted === 'known' && (await records.isWoken(job)));
      if (wanted) await Promise.all([wakeUps.hasten('poll', job), wakeUps.hasten('submit', job)]);
      log.info({ ...fields, noted }, 'a webhook came');
      return 204;
    } catch (err) {
      if (!(err instanceof RedisAway)) throw err;
      log.warn({ ...fields, err }, 'a webhook could not be noted; the gateway sends it again');
      return 503;
    }
  };

  return {
    longest,

    url: ({ space, id: job }) => {
      const name = `${space}.${job}`;
      return `${publicUrl}/hooks/video/${name}/${signed(name)}`;
    },

    receive: async (path, headers, rawBody) => {
      const [, space, job] = ref.exec(path.job) ?? [];
      if (space === undefined || job === undefined || !same(path.sig, signed(path.job))) return 404;
      const fields = { job, space };
      if (rawBody.byteLength > longest) {
        log.warn({ ...fields, bytes: rawBody.byteLength }, 'a webhook was too large');
        return 413;
      }
      const hook = headers['webhook-id'] ?? '';
      const body = text(rawBody);
      const trouble = body === undefined || !hookId.test(hook) ? 'malformed' : forged(webhook, body, headers);
      if (body === undefined || trouble !== undefined) {
        log.warn({ ...fields, trouble }, 'a webhook was refused');
        return 401;
      }
      const event = eventSchema.safeParse(json(body));
      if (!event.success) {
        log.warn({ ...fields, hook }, 'a webhook held no event');
        return 400;
      }
      const { type, data } = event.data;
      if (!events.has(type)) {
        log.debug({ ...fields, hook, event: type.slice(0, 64) }, 'a webhook of no interest');
        return 204;
      }
      return note({ space: space as SpaceKey, id: job }, { id: hook, type, taskId: taskOf(data) });
    },
  };
}

/** The task's id where it is told. Lumenfall's documents show an event with the id of the request alone: no task is known by that. */
function taskOf(data: { id?: string | undefined; video_id?: string | undefined } = {}): string | undefined {
  return data.video_id ?? (data.id?.startsWith('req_') ? undefined : data.id);
}

function webhookOf(secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch (cause) {
    throw new Error('the webhook secret is not the base64 text that the gateway gives, such as whsec_…', { cause });
  }
}

/** Why it is not the gateway's, or not of these five minutes; nothing when it is. */
function forged(webhook: Webhook, body: string, headers: Record<string, string>): string | undefined {
  try {
    webhook.verify(body, headers, { jsonParse: false });
    return undefined;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return error.message;
    throw error;
  }
}

/** The bytes as the text that was signed; nothing where they are none, for a lenient reading would be another text. */
function text(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const local = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Why no gateway would send webhooks to `publicUrl`, as a sentence's end after its name; nothing when it would. A gateway on this
 * machine takes an address of this machine; any other, as Lumenfall's documents say, only https, a domain name, port 443 or 8443.
 */
export function hookTrouble(publicUrl: string, gatewayUrl: string): string | undefined {
  const { protocol, hostname, port } = new URL(publicUrl);
  if (local.test(hostname)) {
    return local.test(new URL(gatewayUrl).hostname)
      ? undefined
      : 'leads to this machine, which the gateway cannot reach';
  }
  if (protocol !== 'https:') return 'is no https address';
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return 'has an address where a gateway wants a domain name';
  if (!/\.[a-z][a-z0-9-]*\.?$/.test(hostname) || /\.(internal|local|localhost)\.?$/.test(hostname))
    return 'has a name that is not of the public network';
  if (port !== '' && port !== '8443') return `has port ${port}, where a gateway takes 443 or 8443`;
  return undefined;
}
