import { z } from 'zod';
import { TransientError } from '../domain/errors.ts';
import type { Found } from '../ports.ts';
import { complaint, endOf, micros, type Reading, statusOf, taskId } from './replies.ts';

/** Milliseconds by which the gateway's clock may be behind ours. */
const skew = 120_000;
/** Milliseconds by which a request may be told to be older than it is, where times are whole seconds. */
const rounding = 1_000;
/** A hundred requests each; who sent more in those minutes is told that it is unclear. */
const pagesMost = 40;

const page = z.object({
  data: z.array(z.record(z.string(), z.unknown())),
  next_page_url: z.string().nullish(),
  next_cursor: z.string().nullish(),
  has_more: z.boolean().nullish(),
});
type Page = z.infer<typeof page>;

const id = taskId.optional().catch(undefined);
const instant = z
  .union([z.string().transform((text) => Date.parse(text)), z.number().transform((seconds) => seconds * 1000)])
  .refine((at) => !Number.isNaN(at))
  .optional()
  .catch(undefined);
const text = z.string().nullish().catch(undefined);
const sentRequest = z.object({
  id,
  video_id: id,
  task_id: id,
  output: z.object({ id }).nullish().catch(undefined),
  status: z.string().min(1),
  created_at: instant,
  error_code: text,
  error_message: text,
  cost: micros,
});

const unclear = (why: string): TransientError => new TransientError(`find: ${why}`);

/** Where its list goes on. Only the query of a link is taken: the key goes to no other address. */
function after({ next_page_url: link, next_cursor: cursor, has_more: more }: Page, url: URL): URL | undefined {
  const next = new URL(url);
  if (link) {
    if (!URL.canParse(link, url.href)) throw unclear('the list goes on at an address that is none');
    next.search = new URL(link, url).search;
    return next;
  }
  if (cursor) {
    next.searchParams.set('cursor', cursor);
    return next;
  }
  if (more) throw unclear('the list goes on, and does not say where');
  return undefined;
}

/** The requests of a page that were sent under `key`. One that does not say whose it is could be ours, unless it is too old. */
function oursOf({ data }: Page, key: string, since: number): z.infer<typeof sentRequest>[] {
  const anonymous = data.filter((row) => !('user' in row) && !((instant.parse(row.created_at) ?? since) < since));
  const found = data.filter((row) => row.user === key).map((row) => sentRequest.safeParse(row).data);
  if (found.includes(undefined)) throw unclear('a request of this job cannot be read');
  if (found.length === 0 && anonymous.length > 0) throw unclear('the list does not say whose its requests are');
  return found.filter((row) => row !== undefined);
}

/**
 * Looks through the gateway's list of requests, as `{base}/requests` gives it, for one sent under `key` at `sentAt` or later.
 * `ask` brings a page's JSON, or throws. Of several the newest that did not fail counts, of failed ones only those not older
 * than `sentAt`; a list that leaves anything open is a {@link TransientError}, never `none`.
 */
export async function findRequest(
  base: string,
  { key, sentAt }: { key: string; sentAt: number },
  ask: (url: string) => Promise<unknown>,
  reading: Reading,
): Promise<Found> {
  const since = sentAt - skew;
  const query = new URLSearchParams({ created_after: new Date(since).toISOString(), user: key, limit: '50' });
  let next: URL | undefined = new URL(`${base}/requests?${query}`);
  const over: { at: number; found: Found }[] = [];
  for (let pages = 0; next; pages++) {
    if (pages === pagesMost) throw unclear(`not found among the first ${pagesMost} pages`);
    const got = page.safeParse(await ask(next.href)).data;
    if (!got) throw unclear('the list cannot be read');
    const ours = oursOf(got, key, since).map((row) => ({ ...row, at: row.created_at ?? 0 }));
    for (const row of ours.sort((a, b) => b.at - a.at)) {
      const status = statusOf(row.status, reading);
      if (status === 'running' || status === 'completed') {
        const found = row.video_id ?? row.task_id ?? row.output?.id ?? row.id;
        if (found === undefined) throw unclear('the request of this job has no id');
        return { status: 'taken', taskId: found };
      }
      // An earlier attempt under the same key, that was clearly refused: it says nothing about the one that we look for.
      if (row.at > 0 && row.at < sentAt - rounding) continue;
      const said = { code: row.error_code ?? undefined, message: row.error_message ?? '' };
      const bill = row.cost === undefined ? {} : { bill: row.cost };
      over.push({ at: row.at, found: { status: 'failed', ...endOf(status, complaint(said, reading.clean)), ...bill } });
    }
    next = after(got, next);
  }
  return over.sort((a, b) => b.at - a.at)[0]?.found ?? { status: 'none' };
}

const amount = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^-?\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .nullable();
const account = z.object({ billing_type: text, available: z.object({ amount }) });

/** Whether an account can pay: an amount above nothing, or one that is billed later. An amount that is not told otherwise says nothing. */
export function readBalance(json: unknown): 'well' | 'ill' | 'unknown' {
  const read = account.safeParse(json).data;
  if (!read) return 'unknown';
  const { amount: left } = read.available;
  if (left === null) return read.billing_type === 'prepaid' ? 'unknown' : 'well';
  return left > 0 ? 'well' : 'ill';
}

const object = z.record(z.string(), z.unknown());
const described = z.object({ properties: object }).loose();
const schemaReply = z.union([
  described,
  z.object({ schema: described }).transform(({ schema }) => schema),
  z.object({ parameters: described }).transform(({ parameters }) => parameters),
]);

/** A model's parameters as a JSON schema: the reply itself, or what it holds as `schema` or `parameters`. */
export function readSchema(json: unknown): Record<string, unknown> | undefined {
  return schemaReply.safeParse(json).data;
}

const dryRun = z.object({ estimated: z.literal(true), total_cost_micros: z.int().nonnegative() });

/** The price that a dry run says, in millionths; nothing unless it says that it is an estimate. The currency is the account's own. */
export function readEstimate(json: unknown): number | undefined {
  return dryRun.safeParse(json).data?.total_cost_micros;
}

const signing = z.object({ key: z.string().regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/) });

/** The secret that webhooks are signed with; nothing where the reply holds none. */
export function readSecret(json: unknown): string | undefined {
  return signing.safeParse(json).data?.key;
}
