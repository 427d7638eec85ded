import { Blob } from 'node:buffer';
import { FormData } from 'undici';
import { JobFailure } from '../domain/errors.ts';
import type { GatewayProfile } from '../domain/gateway.ts';
import { cardFor, type ModelCard } from '../domain/model.ts';
import type { Recipe } from '../domain/recipe.ts';
import type { TaskOrder } from '../ports.ts';
import type { Sent } from './http.ts';

/** What the operator set up for a gateway, as far as it shapes an order. */
export interface Terms {
  profile: GatewayProfile;
  cards: readonly ModelCard[];
  /** The operator's own key with OpenAI, for models whose card takes one. */
  openaiKey: string | undefined;
  /** A link, open to the gateway, to a picture of the media store. */
  pictureLink: ((name: string, sentAt: number) => string) | undefined;
}

/** Fields that a recipe says in its own words, that we answer for ourselves, or that no recipe may carry: extras never set them. */
const agreed = new Set([
  'model',
  'prompt',
  'seconds',
  'duration',
  'size',
  'aspect_ratio',
  'resolution',
  'n',
  'user',
  'idempotency_key',
  'webhook_url',
  'openai_api_key',
]);

function extrasOf(recipe: Recipe): Record<string, unknown> {
  const own = ([name]: [string, unknown]): boolean => !agreed.has(name) && !name.startsWith('input_reference');
  return Object.fromEntries(Object.entries(recipe.extras ?? {}).filter(own));
}

/** What a recipe is on the wire, without its picture. Length is `seconds`, a string, and form is `size`; always both, never by their other names. */
export function fieldsOf(recipe: Recipe, { cards, openaiKey }: Terms): Record<string, unknown> {
  const takesKey = cardFor(cards, recipe.model)?.extras.openai_api_key !== undefined;
  return {
    ...extrasOf(recipe),
    model: recipe.model,
    prompt: recipe.prompt,
    seconds: String(recipe.seconds),
    size: recipe.size,
    ...(takesKey && openaiKey ? { openai_api_key: openaiKey } : {}),
  };
}

/** A prepared picture is a PNG or a JPEG; told by its first byte. */
const mimeOf = (bytes: Uint8Array): string => (bytes[0] === 0x89 ? 'image/png' : 'image/jpeg');

function imageUrl(picture: NonNullable<TaskOrder['picture']>, sentAt: number, { profile, pictureLink }: Terms): string {
  if (profile.picture === 'data-uri') {
    return `data:${mimeOf(picture.bytes)};base64,${Buffer.from(picture.bytes).toString('base64')}`;
  }
  if (pictureLink) return pictureLink(picture.name, sentAt);
  throw new JobFailure(
    'misconfigured',
    'this gateway takes pictures as links, and there is no public address to link to',
  );
}

/** Lists as `name[]`, a line for each, as OpenAI's own SDK writes them; objects as JSON. */
function formOf(fields: Record<string, unknown>, picture: NonNullable<TaskOrder['picture']>): FormData {
  const form = new FormData();
  const append = (name: string, value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) append(`${name}[]`, item);
    else if (value !== undefined && value !== null) {
      form.append(name, typeof value === 'string' ? value : JSON.stringify(value));
    }
  };
  for (const [name, value] of Object.entries(fields)) append(name, value);
  form.append('input_reference', new Blob([picture.bytes], { type: mimeOf(picture.bytes) }), picture.name);
  return form;
}

/**
 * A paid order as the gateway takes it: the key where its profile says, the job's id as `user`, the picture as data URI,
 * link or file (then the whole order is a form). Throws `JobFailure` when a link is wanted and none can be made.
 */
export function orderOf(order: TaskOrder, terms: Terms): Sent {
  const { key, recipe, picture, hook } = order;
  const { profile } = terms;
  const fields = {
    ...fieldsOf(recipe, terms),
    user: key,
    ...(profile.key === 'header' ? {} : { idempotency_key: key }),
    ...(profile.webhooks && hook !== undefined ? { webhook_url: hook } : {}),
  };
  const headers: Record<string, string> = profile.key === 'body' ? {} : { 'idempotency-key': key };
  if (picture && profile.picture === 'multipart') return { headers, body: { form: formOf(fields, picture) } };
  const reference = picture && { input_reference: { image_url: imageUrl(picture, order.sentAt, terms) } };
  return { headers, body: { json: { ...fields, ...reference } } };
}
