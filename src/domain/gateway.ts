import { z } from 'zod';

/** How a film is told of: `output` in the video object, or `content`, OpenAI's own shape, where the bytes lie under the video's path. */
export const dialects = ['output', 'content'] as const;
export type Dialect = (typeof dialects)[number];

/** What may be done about a paid request whose answer was lost. */
export const lostAnswerWays = ['repeat', 'reconcile'] as const;
export type LostAnswerWay = (typeof lostAnswerWays)[number];

/** Whether only this machine reaches the host. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return bare === 'localhost' || bare === '::1' || (bare.startsWith('127.') && z.ipv4().safeParse(bare).success);
}

/** Why calls with a key, which `variable` holds, may not go below an http or https address, in words that follow its name; nothing where they may. */
export function addressTrouble(address: string, variable = 'VIDEO_API_KEY'): string | undefined {
  const { protocol, hostname, username, password } = new URL(address);
  if (protocol !== 'https:' && !isLoopback(hostname))
    return 'would send the key unencrypted; takes an https address, or http on this machine';
  if (username || password) return `holds a password; the key belongs in ${variable}`;
  if (/[?#]/.test(address)) return 'holds a query or a fragment; takes an address that paths can follow';
  return undefined;
}

const upTo = (most: number) => z.int().positive().max(most);

/** What an operator knows of a gateway and its documents promise; nothing here is found out by trying. */
export const gatewayProfileSchema = z.strictObject({
  /** Where the calls of its own lie (`/requests`, `/balance`, `/webhooks/secret`); left out, `/requests` is asked beside `/videos`, and the others not at all. */
  native: z
    .url({ protocol: /^https?$/, abort: true })
    .superRefine((url, { addIssue }) => {
      const message = addressTrouble(url);
      if (message !== undefined) addIssue({ code: 'custom', message });
    })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  /** After a lost answer, in this order: the same key again (within the card's `repeatWithin`), a look into its list of requests. Empty: stop and tell the operator. */
  lostAnswer: z.array(z.enum(lostAnswerWays)).default([]),
  /** Where it looks for the idempotency key. */
  key: z.enum(['body', 'header', 'both']).default('body'),
  /** How it takes a picture. */
  picture: z.enum(['data-uri', 'url', 'multipart']).default('data-uri'),
  /** Whether `POST /videos?dryRun=true` says the price and charges nothing. */
  dryRun: z.boolean().default(false),
  /** Whether words are shown to `POST /moderations` before an order is taken; a name is the model that looks at them. */
  moderation: z
    .union(
      [z.boolean(), z.string().regex(/\S/, 'takes the name of a model')],
      'takes true, false or the name of a model',
    )
    .default(false),
  /** Whether it calls a `webhook_url`. */
  webhooks: z.boolean().default(false),
  /** What it bears; left out: no limit of ours. */
  limits: z
    .strictObject({
      submitsAtOnce: upTo(10_000).optional(),
      submitsPerMinute: upTo(1_000_000).optional(),
      pollsPerSecond: upTo(100_000).optional(),
    })
    .prefault({}),
});
export type GatewayProfile = z.infer<typeof gatewayProfileSchema>;

/** Why nothing new is given to the gateway: its account is empty, or it refuses our key. */
export type PauseReason = 'funds' | 'misconfigured';
