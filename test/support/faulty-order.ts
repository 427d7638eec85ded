import { UserError } from '../../src/domain/errors.ts';
import { cardFor, chooseSize, type ModelCard, moneyOf } from '../../src/domain/model.ts';
import { type Json, Refused } from './faulty-shapes.ts';
import type { FaultyOrder, FaultyPicture } from './faulty-state.ts';

/** Where the gateway looks for the idempotency key. */
export type KeyIn = 'body' | 'header' | 'both';

const invalid = (): Refused => new Refused(400, 'INVALID_REQUEST');

/** The fields of a body, JSON or multipart, and its picture. Throws {@link Refused} for what is neither. */
export async function readFields(
  body: Uint8Array<ArrayBuffer>,
  type: string,
): Promise<{ fields: Json; picture: FaultyPicture | undefined }> {
  if (!type.startsWith('multipart/form-data')) {
    const fields = parse(body);
    return { fields, picture: pictureOf(fields.input_reference) };
  }
  const form = await new Response(body, { headers: { 'content-type': type } }).formData().catch(() => {
    throw invalid();
  });
  const fields: Json = {};
  let picture: FaultyPicture | undefined;
  for (const [name, value] of form) {
    if (typeof value !== 'string')
      picture = { as: 'file', type: value.type, bytes: new Uint8Array(await value.arrayBuffer()) };
    else if (/^input_reference(\[\w*\])?$/.test(name)) picture = pictureOf(value);
    else fields[name] = value;
  }
  return { fields, picture };
}

function parse(body: Uint8Array): Json {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return { ...value };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalid();
}

function pictureOf(reference: unknown): FaultyPicture | undefined {
  if (reference === undefined || reference === null) return undefined;
  if (Array.isArray(reference)) return pictureOf(reference[0]);
  const url = typeof reference === 'object' && 'image_url' in reference ? reference.image_url : reference;
  if (typeof url !== 'string') throw invalid();
  const data = /^data:([\w/.+-]+);base64,(.+)$/s.exec(url);
  if (data) return { as: 'data-uri', type: data[1] ?? '', bytes: new Uint8Array(Buffer.from(data[2] ?? '', 'base64')) };
  if (!url.startsWith('http')) throw invalid();
  return { as: 'url', type: '', bytes: undefined, url };
}

function textOf(value: unknown, max: number): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '' || value.length > max) throw invalid();
  return value;
}

function hookOf(value: unknown): string | undefined {
  const text = textOf(value, 2048);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === '127.0.0.1')) return text;
  throw invalid();
}

type Wish = Parameters<typeof chooseSize>[1];

function sizeOf(card: ModelCard, wish: Wish): ReturnType<typeof chooseSize> {
  try {
    return chooseSize(card, wish);
  } catch (error) {
    throw error instanceof UserError ? invalid() : error;
  }
}

/** Checks what an order says. Throws {@link Refused}. */
export function readOrder(
  { fields, picture }: { fields: Json; picture: FaultyPicture | undefined },
  header: string | undefined,
  { cards, keyIn }: { cards: readonly ModelCard[]; keyIn: KeyIn },
): FaultyOrder & { card: ModelCard } {
  const model = textOf(fields.model, 200);
  const card = model === undefined ? undefined : cardFor(cards, model);
  if (model === undefined) throw invalid();
  if (!card) throw new Refused(404, 'MODEL_NOT_FOUND');
  const prompt = textOf(fields.prompt, card.promptMax);
  if (prompt === undefined || prompt.trim() === '') throw invalid();
  if (/\bforbidden\b/.test(prompt)) throw new Refused(400, 'CONTENT_POLICY_VIOLATION');
  const seconds = Number(fields.seconds ?? fields.duration ?? card.defaultSeconds);
  if (!card.seconds.includes(seconds) || ![undefined, 1, '1'].includes(fields.n as string | number | undefined))
    throw invalid();
  const wish = { size: fields.size, shape: fields.aspect_ratio, resolution: fields.resolution };
  const [size, shape, resolution] = Object.values(wish).map((value) => textOf(value, 20));
  const inBody = keyIn === 'header' ? undefined : textOf(fields.idempotency_key, 256);
  return {
    ...{ card, model, prompt, seconds, picture },
    size: sizeOf(card, { size, shape, resolution }),
    key: inBody ?? (keyIn === 'body' ? undefined : header),
    user: textOf(fields.user, 512),
    hook: hookOf(fields.webhook_url),
    cost: moneyOf(card, seconds),
  };
}
