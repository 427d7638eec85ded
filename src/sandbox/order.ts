import { createHash } from 'node:crypto';
import { z } from 'zod';
import { cardFor, chooseSize, type ModelCard } from '../domain/model.ts';
import { digest, type Size } from '../domain/recipe.ts';
import type { Body } from './form.ts';
import { isTakenHook } from './hookAddress.ts';
import { firstFrame, ratioOf } from './picture.ts';
import { invalid, Refusal } from './refusal.ts';

/** A checked request for a film. Equal requests have equal digests; `modelId` is the model or its snapshot as ordered, `picture` a JPEG of the film's size. */
export interface Order {
  model: ModelCard;
  modelId: string;
  prompt: string;
  seconds: number;
  size: Size;
  picture: Buffer | undefined;
  key: string | undefined;
  user: string | undefined;
  hook: string | undefined;
  digest: string;
}

const number = z.union([
  z
    .string()
    .regex(/^\d{1,4}$/, 'takes whole seconds')
    .transform(Number),
  z.int(),
]);
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const schema = z.looseObject({
  model: z.string().min(1),
  prompt: z.string(),
  seconds: number.optional(),
  duration: number.optional(),
  size: z.string().optional(),
  aspect_ratio: z.string().optional(),
  resolution: z.string().optional(),
  n: z.union([z.literal(1), z.literal('1')], 'only one video a request is made here').optional(),
  idempotency_key: z.string().min(1).max(256).optional(),
  input_reference: z.unknown().optional(),
  user: z.string().max(512).optional(),
  metadata: z.union([z.record(z.string(), z.json()), z.string()]).optional(),
  webhook_url: z
    .string()
    .max(2048)
    .refine(isTakenHook, 'takes an https address of a domain, port 443 or 8443')
    .optional(),
  character_ids: z.array(z.string()).max(2).optional(),
  delete_video: flag.optional(),
  detect_and_block_ip: flag.optional(),
  openai_api_key: z.string().optional(),
});

/** The bytes of `data:…`, `{ image_url: 'data:…' }`, or a list of one of these. The sandbox reaches out to no address. */
function fromReference(reference: unknown): Buffer | undefined {
  if (reference === undefined || reference === null) return undefined;
  if (Array.isArray(reference)) {
    if (reference.length !== 1) throw invalid('input_reference: takes one picture.');
    return fromReference(reference[0]);
  }
  const url = typeof reference === 'object' && 'image_url' in reference ? reference.image_url : reference;
  if (typeof url !== 'string') throw invalid('input_reference: takes { image_url } or a string.');
  const data = /^data:image\/[\w.+-]+;base64,([A-Za-z0-9+/\s]+=*)\s*$/.exec(url);
  if (!data?.[1])
    throw invalid('input_reference: the sandbox takes base64 data: URIs of pictures, it fetches no address.');
  return Buffer.from(data[1], 'base64');
}

function checkPrompt(prompt: string, model: ModelCard, guarded: boolean): void {
  const length = [...prompt].length;
  if (prompt.trim() === '') throw invalid('prompt: must not be empty.');
  if (length > model.promptMax) throw invalid(`prompt: takes at most ${model.promptMax} characters, not ${length}.`);
  if (/\bforbidden\b/i.test(prompt) || (guarded && /\btrademark\b/i.test(prompt))) {
    throw new Refusal(400, 'CONTENT_POLICY_VIOLATION', 'The prompt was declined by the content policy.');
  }
}

async function pictureOf(reference: unknown, files: File[], model: ModelCard): Promise<Buffer | undefined> {
  if (files.length > 1) throw invalid('input_reference: takes one picture.');
  const source = files[0] ? Buffer.from(await files[0].arrayBuffer()) : fromReference(reference);
  if (source && model.image === 'none') throw invalid(`input_reference: ${model.id} takes no picture.`);
  return source;
}

/** Checks the body of `POST /videos`. Throws a {@link Refusal}, or the domain's error for a size. */
export async function readOrder({ fields, files }: Body, cards: readonly ModelCard[]): Promise<Order> {
  const read = schema.safeParse(fields);
  if (!read.success) {
    throw invalid(read.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; '));
  }
  // An account's key is nobody's business here: it is neither kept nor part of what tells one request from another.
  const { model: id, prompt, idempotency_key: key, input_reference: reference, openai_api_key: _, ...more } = read.data;
  const model = cardFor(cards, id);
  if (!model) throw new Refusal(404, 'MODEL_NOT_FOUND', `There is no model "${id.slice(0, 100)}".`);
  checkPrompt(prompt, model, more.detect_and_block_ip === true);
  const seconds = more.seconds ?? more.duration ?? model.defaultSeconds;
  if (!model.seconds.includes(seconds)) {
    throw invalid(`seconds: ${model.id} takes ${model.seconds.join(', ')}, not ${seconds}.`);
  }
  const source = await pictureOf(reference, files, model);
  const ratio = source && (await ratioOf(source));
  const { size: wished, aspect_ratio: shape, resolution, n: _one, duration: _alias, ...extras } = more;
  const size = chooseSize(model, { size: wished, shape, resolution }, ratio);
  const picture = source && ratio ? await firstFrame(source, ratio, size) : undefined;
  const hash = source && createHash('sha256').update(source).digest('hex');
  const whole = { ...extras, model: id, prompt, seconds, size, picture: hash ?? null };
  return {
    model,
    modelId: id,
    prompt,
    seconds,
    size,
    picture,
    key,
    user: more.user,
    hook: more.webhook_url,
    digest: digest(whole).toString('hex'),
  };
}
