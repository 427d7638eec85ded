import type { Extra, ModelCard } from '../domain/model.ts';

/** A model or a snapshot, as the API lists it. */
export function modelOf(id: string): Record<string, unknown> {
  return { id, object: 'model', created: 1_759_190_400, owned_by: 'sandbox' };
}

function extraOf({ takes, most, value }: Extra): Record<string, unknown> {
  const types = { boolean: 'boolean', text: 'string', number: 'number', texts: 'array' };
  return {
    type: types[takes],
    ...(takes === 'texts' ? { items: { type: 'string' }, ...(most === undefined ? {} : { maxItems: most }) } : {}),
    ...(value === undefined ? {} : { default: value }),
  };
}

const oneOf = (values: readonly string[]) => ({ type: 'string', enum: [...new Set(['auto', ...values])] });

/** What an order of a model may say, as a JSON schema. Fields that it does not name are passed on. */
export function parametersOf(card: ModelCard): Record<string, unknown> {
  const picture = card.image === 'none' ? {} : { input_reference: { type: ['string', 'object', 'array'] } };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: card.id,
    type: 'object',
    required: ['model', 'prompt'],
    properties: {
      model: { type: 'string', enum: [card.id, ...card.snapshots] },
      prompt: { type: 'string', minLength: 1, maxLength: card.promptMax },
      seconds: { type: 'integer', enum: card.seconds, default: card.defaultSeconds },
      size: oneOf(card.sizes.map(({ size }) => size)),
      aspect_ratio: oneOf(card.sizes.map(({ shape }) => shape)),
      resolution: oneOf(card.sizes.map(({ resolution }) => resolution)),
      n: { type: 'integer', const: 1, default: 1 },
      ...picture,
      ...Object.fromEntries(Object.entries(card.extras).map(([name, extra]) => [name, extraOf(extra)])),
      idempotency_key: { type: 'string', minLength: 1, maxLength: 256 },
      webhook_url: { type: 'string', format: 'uri' },
      user: { type: 'string' },
      metadata: { type: 'object' },
    },
    additionalProperties: true,
  };
}
