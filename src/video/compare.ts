import { cardFor, isRetired, type ModelCard } from '../domain/model.ts';

/** A JSON schema, as far as it is read here. */
export type Schema = Readonly<Record<string, unknown>>;

/** What the gateway says of itself: the ids it serves, and the parameters of models where it tells them. */
export interface GatewayOffer {
  served: readonly string[];
  schemas: ReadonlyMap<string, Schema>;
}

/** A thing in which file and gateway differ, in words. */
export interface Difference {
  model: string;
  what: string;
  file: string;
  gateway: string;
}

/** `missing`: models of the file that should be served and are not. `uncarded`: served, and not in the file. */
export interface Comparison {
  missing: string[];
  differences: Difference[];
  uncarded: string[];
}

/** Fields that every film has, or that the program fills in. */
const own = new Set([
  ...['model', 'prompt', 'seconds', 'duration', 'size', 'aspect_ratio', 'resolution', 'n', 'input_reference'],
  ...['idempotency_key', 'webhook_url', 'user', 'metadata'],
]);

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The values that a property takes, when they are listed; what stands for "choose for me" is none. */
function valuesOf(property: unknown): string[] {
  if (!isObject(property)) return [];
  const listed = [...listOf(property.enum), ...('const' in property ? [property.const] : [])];
  const inner = [...listOf(property.anyOf), ...listOf(property.oneOf)].flatMap(valuesOf);
  const plain = listed.filter((value) => typeof value === 'string' || typeof value === 'number').map(String);
  return [...new Set([...plain, ...inner])].filter((value) => value !== 'auto');
}

function boundOf(property: unknown, name: 'minimum' | 'maximum' | 'maxLength'): number | undefined {
  const bound = isObject(property) ? property[name] : undefined;
  return typeof bound === 'number' ? bound : undefined;
}

const only = (values: readonly string[], others: readonly string[], where: string): string => {
  const rest = values.filter((value) => !others.includes(value));
  return rest.length === 0 ? '–' : `only ${where}: ${rest.join(', ')}`;
};

type Row = Omit<Difference, 'model'>;

function listRow(what: string, file: readonly string[], gateway: readonly string[]): Row[] {
  const row = { what, file: only(file, gateway, 'here'), gateway: only(gateway, file, 'there') };
  return gateway.length === 0 || (row.file === '–' && row.gateway === '–') ? [] : [row];
}

function secondsRows(card: ModelCard, property: unknown): Row[] {
  const listed = valuesOf(property);
  if (listed.length > 0) return listRow('seconds', card.seconds.map(String), listed);
  const [least = 0, most = Number.POSITIVE_INFINITY] = [boundOf(property, 'minimum'), boundOf(property, 'maximum')];
  const beyond = card.seconds.filter((length) => length < least || length > most);
  if (beyond.length === 0) return [];
  return [{ what: 'seconds', file: `only here: ${beyond.join(', ')}`, gateway: `${least} to ${most}` }];
}

function parameterRows(card: ModelCard, properties: Schema): Row[] {
  const extras = Object.keys(card.extras);
  const unknown = Object.keys(properties).filter((name) => !own.has(name) && !extras.includes(name));
  const unheard = extras.filter((name) => !Object.hasOwn(properties, name));
  return [
    ...(unknown.length > 0 ? [{ what: 'extras', file: 'does not know', gateway: `takes ${unknown.join(', ')}` }] : []),
    ...(unheard.length > 0
      ? [{ what: 'extras', file: `knows ${unheard.join(', ')}`, gateway: 'does not list them' }]
      : []),
  ];
}

function schemaRows(card: ModelCard, schema: Schema): Row[] {
  const { properties } = schema;
  if (!isObject(properties)) return [];
  const sizes = valuesOf(properties.size).filter((value) => /^\d+x\d+$/.test(value));
  const promptMax = boundOf(properties.prompt, 'maxLength');
  const unique = (values: string[]): string[] => [...new Set(values)];
  return [
    ...secondsRows(card, properties.seconds ?? properties.duration),
    ...listRow('sizes', unique(card.sizes.map(({ size }) => size)), sizes),
    ...listRow('aspect_ratio', unique(card.sizes.map(({ shape }) => shape)), valuesOf(properties.aspect_ratio)),
    ...listRow('resolution', unique(card.sizes.map(({ resolution }) => resolution)), valuesOf(properties.resolution)),
    ...(promptMax !== undefined && promptMax !== card.promptMax
      ? [{ what: 'promptMax', file: String(card.promptMax), gateway: String(promptMax) }]
      : []),
    ...parameterRows(card, properties),
  ];
}

function lifeRows(card: ModelCard, isServed: boolean, cards: readonly ModelCard[], now: number): Row[] {
  const { retiresAt, successor } = card;
  const retired = isRetired(card, now);
  const says = retiresAt === undefined ? 'has it' : `${retired ? 'retired since' : 'retires on'} ${retiresAt}`;
  return [
    ...(isServed && retiresAt === undefined
      ? []
      : [
          { what: isServed ? 'life' : 'not served', file: says, gateway: isServed ? 'serves it' : 'does not serve it' },
        ]),
    ...(successor !== undefined && !cardFor(cards, successor)
      ? [{ what: 'successor', file: `${successor}, which is no card`, gateway: '–' }]
      : []),
  ];
}

/** Where the cards and the gateway differ. `now` is Unix milliseconds. A retired model that is not served is as it should be, and so not `missing`. */
export function compareModels(cards: readonly ModelCard[], { served, schemas }: GatewayOffer, now: number): Comparison {
  const isServed = ({ id, snapshots }: ModelCard): boolean => [id, ...snapshots].some((one) => served.includes(one));
  const differences = cards.flatMap((card) => {
    const schema = schemas.get(card.id);
    const rows = [...lifeRows(card, isServed(card), cards, now), ...(schema ? schemaRows(card, schema) : [])];
    return rows.map((row): Difference => ({ model: card.id, ...row }));
  });
  return {
    missing: cards.filter((card) => !isServed(card) && !isRetired(card, now)).map(({ id }) => id),
    differences,
    uncarded: served.filter((id) => !cardFor(cards, id)),
  };
}
