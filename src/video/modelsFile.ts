import { z } from 'zod';
import { isTaken, type Json, type SpaceDefaults, takenBy } from '../domain/extras.ts';
import { type GatewayProfile, gatewayProfileSchema } from '../domain/gateway.ts';
import { cardFor, type ModelCard, modelCardSchema, ratioOf, tierOf } from '../domain/model.ts';

const spaceSchema = z.strictObject({
  model: z.string().min(1).optional(),
  extras: z.record(z.string(), z.json()).default({}),
});
const fileSchema = z.strictObject({
  gateway: gatewayProfileSchema.prefault({}),
  models: z.array(modelCardSchema).nonempty(),
  spaces: z
    .record(z.string().regex(/^(default|(web|discord|slack)\/.+)$/, 'takes default or <platform>/<space>'), spaceSchema)
    .default({}),
});

/** What the operator says of gateway, models and spaces. `spaces` is by `<platform>/<space>`, and `default`. */
export interface ModelsFile {
  profile: GatewayProfile;
  cards: readonly ModelCard[];
  spaces: Readonly<Record<string, SpaceDefaults>>;
}

type Path = readonly PropertyKey[];
const pathOf = (path: Path): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '') || 'the file';

/** What stands at a path, short; what may be a key is not shown. */
function shown(file: unknown, path: Path): string {
  let value = file;
  for (const part of path) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (value as Record<PropertyKey, unknown>)[part]
        : undefined;
  }
  if (value === undefined) return 'nothing';
  const isHidden = typeof value === 'string' && /^https?:.*[@?#]/i.test(value);
  if (isHidden || path.some((part) => /key|secret|token/i.test(String(part)))) return 'something (not shown)';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The names that a place of the file takes. */
function namesAt(path: Path): string[] {
  const [section, , inner] = path;
  if (section === undefined) return Object.keys(fileSchema.shape);
  if (section === 'spaces') return Object.keys(spaceSchema.shape);
  if (section === 'gateway')
    return path.length === 1
      ? Object.keys(gatewayProfileSchema.shape)
      : Object.keys(gatewayProfileSchema.shape.limits.unwrap().shape);
  if (inner === 'sizes') return Object.keys(modelCardSchema.shape.sizes.element.shape);
  if (inner === 'extras') return Object.keys(modelCardSchema.shape.extras.unwrap().valueType.shape);
  return Object.keys(modelCardSchema.shape);
}

function problemOf(issue: z.core.$ZodIssue, file: unknown): string[] {
  if (issue.code === 'unrecognized_keys') {
    const takes = namesAt(issue.path).join(', ');
    return issue.keys.map((key) => `${pathOf([...issue.path, key])}: is not known, takes one of ${takes}`);
  }
  const path = issue.code === 'invalid_key' ? issue.path.slice(0, -1) : issue.path;
  const message =
    issue.code === 'invalid_key' ? `${String(issue.path.at(-1))}: ${issue.issues[0]?.message}` : issue.message;
  return [`${pathOf(path)}: got ${shown(file, path)}; ${message}`];
}

/** Names that every film has, or that the program fills in: an extra parameter of such a name would be lost. */
const taken = [
  ...['model', 'prompt', 'seconds', 'duration', 'size', 'aspect_ratio', 'resolution', 'n'],
  ...['input_reference', 'idempotency_key', 'user', 'webhook_url'],
];
/** Its value stands in the environment alone. */
const openaiKey = 'openai_api_key';

function extraProblems(card: ModelCard, at: string): string[] {
  return Object.entries(card.extras).flatMap(([name, extra]) => {
    const here = `${at}.extras.${name}`;
    if (taken.includes(name)) return [`${here}: every film has its own ${name}; an extra takes another name`];
    if (name === openaiKey && (extra.value !== undefined || extra.by !== 'operator'))
      return [`${here}: takes no value here and is the operator's alone; its value belongs in VIDEO_OPENAI_API_KEY`];
    if (extra.value !== undefined && !isTaken(extra, extra.value))
      return [`${here}.value: got ${JSON.stringify(extra.value)}, takes ${takenBy(extra)}`];
    return [];
  });
}

function cardProblems(card: ModelCard, index: number, all: readonly ModelCard[]): string[] {
  const at = `models[${index}]`;
  const ids = all.slice(0, index).flatMap((other) => [other.id, ...other.snapshots]);
  const double = [card.id, ...card.snapshots].filter((id, place, own) => ids.includes(id) || own.indexOf(id) < place);
  const ascending = card.seconds.every((length, place) => place === 0 || length > (card.seconds[place - 1] as number));
  return [
    ...double.map((id) => `${at}: got the id ${JSON.stringify(id)} a second time, takes each once`),
    ...(ascending ? [] : [`${at}.seconds: got ${JSON.stringify(card.seconds)}, takes lengths in ascending order`]),
    ...(card.seconds.includes(card.defaultSeconds)
      ? []
      : [`${at}.defaultSeconds: got ${card.defaultSeconds}, takes one of ${card.seconds.join(', ')}`]),
    ...card.sizes.flatMap(({ size, shape, resolution }, place) => {
      const here = `${at}.sizes[${place}]`;
      const off = Math.abs(Math.log((ratioOf(shape) ?? 0) / (ratioOf(size) as number)));
      return [
        ...(off < 0.01
          ? []
          : [`${here}.shape: got ${JSON.stringify(shape)}, takes the ratio of ${size}, such as "16:9"`]),
        ...(tierOf(resolution) === undefined
          ? [`${here}.resolution: got ${JSON.stringify(resolution)}, takes a tier such as "1K", "720p" or "0.25"`]
          : []),
      ];
    }),
    ...extraProblems(card, at),
  ];
}

function spaceProblems(name: string, space: SpaceDefaults, cards: readonly ModelCard[]): string[] {
  const at = `spaces.${name}`;
  const ids = cards.flatMap((card) => [card.id, ...card.snapshots]);
  const extras = Object.entries(space.extras).flatMap(([extra, value]) => {
    const here = `${at}.extras.${extra}`;
    if (extra === openaiKey) return [`${here}: takes no value here; it belongs in VIDEO_OPENAI_API_KEY`];
    const listed = cards.flatMap((card) => (Object.hasOwn(card.extras, extra) ? (card.extras[extra] ?? []) : []));
    if (listed.length === 0) return [`${here}: no model of this file lists it under extras`];
    const wrong = listed.find((one) => !isTaken(one, value));
    return wrong ? [`${here}: got ${JSON.stringify(value)}, takes ${takenBy(wrong)}`] : [];
  });
  const known = space.model === undefined || cardFor(cards, space.model) !== undefined;
  return [
    ...(known ? [] : [`${at}.model: got ${JSON.stringify(space.model)}, takes one of ${ids.join(', ')}`]),
    ...extras,
  ];
}

/** A models file as it was parsed, checked as a whole; or a line for each thing that is wrong, with its path. */
export function readModelsFile(raw: unknown): { file: ModelsFile } | { problems: string[] } {
  const parsed = fileSchema.safeParse(raw ?? {});
  if (!parsed.success) return { problems: parsed.error.issues.flatMap((issue) => problemOf(issue, raw)) };
  const { gateway: profile, models: cards, spaces } = parsed.data;
  const problems = [
    ...cards.flatMap(cardProblems),
    ...Object.entries(spaces).flatMap(([name, space]) => spaceProblems(name, space, cards)),
  ];
  return problems.length > 0 ? { problems } : { file: { profile, cards, spaces } };
}

/** What a space's operator chose for it, over what is chosen for all. */
export function defaultsOf(
  spaces: ModelsFile['spaces'],
  origin: { platform: string; space: string },
): { model: string | undefined; extras: Record<string, Json> } {
  const own = spaces[`${origin.platform}/${origin.space}`];
  const all = spaces.default;
  return { model: own?.model ?? all?.model, extras: { ...all?.extras, ...own?.extras } };
}
