import { setTimeout as pause } from 'node:timers/promises';
import { JobFailure, TransientError } from '../domain/errors.ts';
import { LinkExpired, Refused } from '../ports.ts';
import type { Draft, Store } from './store.ts';
import { drop, type Reply, type Way } from './way.ts';

/** The connection broke in the middle of a film. */
class Cut extends TransientError {}

/** How often a cut transfer is taken up again, and the milliseconds before the first time; each later wait is twice as long. */
const resumesMax = 4;
const firstWait = 100;

/** What has come of a film: its bytes so far, how many there will be, and what its host knows this state of it by. */
interface Part {
  draft: Draft;
  bytes: number;
  total: number | undefined;
  validator: string | undefined;
}

/** What a refused download means. A link that no longer opens may be replaced by a new one; all else may be tried again. */
function refusal({ status, headers, known }: Reply): Error {
  const text = `the film's host answered ${status}`;
  if (known && status === 401) return new Refused('misconfigured', 'the gateway refuses our key for the film itself');
  if (known && status === 403) return new TransientError('the gateway refuses the film itself (403)');
  if (status >= 400 && status < 500 && ![404, 408, 416, 425, 429].includes(status)) return new LinkExpired(text);
  const seconds = /^\d{1,6}$/.test(headers['retry-after'] ?? '') ? Number(headers['retry-after']) : undefined;
  return new TransientError(text, seconds === undefined ? {} : { retryAfter: seconds * 1000 });
}

/**
 * What a host would recognize the very same bytes by, fit for `If-Range` (RFC 9110, 13.1.5): a strong entity tag, or a date
 * at least a second older than the reply.
 */
function validatorOf({ headers }: Reply): string | undefined {
  const { etag, date, 'last-modified': modified } = headers;
  if (etag !== undefined) return /^"[^"]*"$/.test(etag) ? etag : undefined;
  return Date.parse(date ?? '') - Date.parse(modified ?? '') >= 1_000 ? modified : undefined;
}

function lengthOf({ headers }: Reply): number | undefined {
  const length = headers['content-length'];
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

const rangeOf = (from: number, validator: string) => ({ range: `bytes=${from}-`, 'if-range': validator });

/** Whether a 206 is the rest of this very part. */
function continues(reply: Reply, part: Part): boolean {
  const range = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(reply.headers['content-range'] ?? '');
  const [start, end, total] = (range ?? []).slice(1).map(Number);
  const state = validatorOf(reply);
  return (
    start === part.bytes &&
    end === start + (lengthOf(reply) ?? Number.NaN) - 1 &&
    total === part.total &&
    (state === undefined || state === part.validator)
  );
}

async function* bytesOf(reply: Reply, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    yield* reply.body as AsyncIterable<Buffer>;
  } catch (cause) {
    signal.throwIfAborted();
    throw new Cut('the transfer was cut', { cause });
  }
}

async function fill(part: Part, reply: Reply, maxFilmBytes: number, signal: AbortSignal): Promise<void> {
  const tooLarge = (): JobFailure => new JobFailure('rejected', `the film is larger than ${maxFilmBytes} bytes`);
  if ((part.total ?? 0) > maxFilmBytes) throw tooLarge();
  for await (const chunk of bytesOf(reply, signal)) {
    if (part.bytes + chunk.length > maxFilmBytes) throw tooLarge();
    await part.draft.write(chunk);
    part.bytes += chunk.length;
  }
  if (part.total !== undefined && part.bytes !== part.total) throw new Cut('the transfer ended early');
}

/**
 * Receives one film into a draft, all of it by its length and on the disk. A cut transfer goes on where it was cut, if the
 * host can prove that the film is still the same, else it begins anew. The draft is the caller's to commit or to discard.
 */
export async function receive(
  link: string,
  tools: { store: Pick<Store, 'draft'>; way: Way; maxFilmBytes: number; signal: AbortSignal },
): Promise<Draft> {
  const { store, way, maxFilmBytes, signal } = tools;
  let part: Part | undefined;

  /** One reply, and what of it came; `part` is what there was and then what there is. */
  async function take(): Promise<Part> {
    const rest = part?.total === undefined || !part.validator ? undefined : rangeOf(part.bytes, part.validator);
    const reply = await way.follow(link, rest ?? {}, signal);
    try {
      if (rest && part && reply.status === 206) {
        if (!continues(reply, part)) {
          part.validator = undefined;
          throw new Cut('what came is not the rest of the film');
        }
      } else {
        if (reply.status !== 200) throw refusal(reply);
        await part?.draft.discard();
        part = { draft: await store.draft(), bytes: 0, total: lengthOf(reply), validator: validatorOf(reply) };
      }
      await fill(part, reply, maxFilmBytes, signal);
      return part;
    } finally {
      drop(reply.body);
    }
  }

  try {
    for (let cuts = 0; ; cuts++) {
      try {
        const { draft } = await take();
        await draft.finish();
        return draft;
      } catch (error) {
        if (!(error instanceof Cut) || cuts === resumesMax) throw error;
        await pause(firstWait * 2 ** cuts, undefined, { signal });
      }
    }
  } catch (error) {
    await part?.draft.discard();
    throw error;
  }
}
