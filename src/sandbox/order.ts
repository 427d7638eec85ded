import { createHash } from 'node:crypto';
import { z } from 'zod';
import { chooseSize, type ModelCard } from '../domain/model.ts';
import { digest, type Size } from '../domain/recipe.ts';
import { firstFrame, ratioOf } from './picture.ts';
import { invalid, Refusal } from './refusal.ts';

/** A checked request for a film. Equal requests have equal digests; `picture` is a JPEG of the film's size. */
export interface Order {
  model: ModelCard;
  prompt: string;
  seconds: number;
  size: Size;
  picture: Buffer | undefined;
  key: string | undefined;
  digest: string;
}

const number = z.union([
  z
    .string()
    .regex(/^\d{1,4}$/, 'takes whole seconds')
    .transform(Number),
  z.int(),
]);
const fields = z.looseObject({
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
});

/** The body's fields, and the picture's bytes where it came as a file. */
async function readBody(request: Request): Promise<{ body: unknown; file: File | undefined }> {
  if (!request.headers.get('content-type')?.startsWith('multipart/form-data')) {
    const text = await request.text();
    try {
      return { body: JSON.parse(text), file: undefined };
    } catch {
      throw invalid('The body is not valid JSON.');
    }
  }
  const form = await request.formData().catch(() => {
    throw invalid('The body is not valid multipart/form-data.');
  });
  const body: Record<string, unknown> = {};
  const files: File[] = [];
  for (const [name, value] of form) {
    const reference = /^input_reference(\[\d*\])?$/.test(name);
    if (typeof value === 'string') body[reference ? 'input_reference' : name] = value;
    else if (reference) files.push(value);
    else throw invalid(`${name}: no file is taken there.`);
  }
  if (files.length > 1) throw invalid('input_reference: takes one picture.');
  return { body, file: files[0] };
}

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

function checkPrompt(prompt: string, model: ModelCard): void {
  const length = [...prompt].length;
  if (prompt.trim() === '') throw invalid('prompt: must not be empty.');
  if (length > model.promptMax) throw invalid(`prompt: takes at most ${model.promptMax} characters, not ${length}.`);
  if (/\bforbidden\b/i.test(prompt)) {
    throw new Refusal(400, 'CONTENT_POLICY_VIOLATION', 'The prompt was declined by the content policy.');
  }
}

/** Reads and checks `POST /videos`, as JSON or multipart. Throws a {@link Refusal}, or the domain's error for a size. */
export async function readOrder(request: Request, cards: readonly ModelCard[]): Promise<Order> {
  const { body, file } = await readBody(request);
  const read = fields.safeParse(body);
  if (!read.success) {
    throw invalid(read.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; '));
  }
  const { model: id, prompt, idempotency_key: key, input_reference: reference, ...more } = read.data;
  const model = cards.find((card) => card.id === id);
  if (!model) throw new Refusal(404, 'MODEL_NOT_FOUND', `There is no model "${id.slice(0, 100)}".`);
  checkPrompt(prompt, model);
  const seconds = more.seconds ?? more.duration ?? model.defaultSeconds;
  if (!model.seconds.includes(seconds)) {
    throw invalid(`seconds: ${model.id} takes ${model.seconds.join(', ')}, not ${seconds}.`);
  }
  const source = file ? Buffer.from(await file.arrayBuffer()) : fromReference(reference);
  if (source && model.image === 'none') throw invalid(`input_reference: ${model.id} takes no picture.`);
  const ratio = source && (await ratioOf(source));
  const { size: wished, aspect_ratio: shape, resolution, n: _one, duration: _alias, ...extras } = more;
  const size = chooseSize(model, { size: wished, shape, resolution }, ratio);
  const picture = source && ratio ? await firstFrame(source, ratio, size) : undefined;
  const hash = source && createHash('sha256').update(source).digest('hex');
  const whole = { ...extras, model: id, prompt, seconds, size, picture: hash ?? null };
  return { model, prompt, seconds, size, picture, key, digest: digest(whole).toString('hex') };
}
