import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Document, parseDocument } from 'yaml';
import { type GatewayProfile, gatewayProfileSchema } from '../domain/gateway.ts';
import { type ModelCard, modelCardSchema } from '../domain/model.ts';
import { type ModelsFile, readModelsFile } from './modelsFile.ts';

/** The models file is not usable; `problems` holds a line for each thing that is wrong: where, what it got and what it takes. */
export class ModelsError extends Error {
  override readonly name = 'ModelsError';
  readonly problems: readonly string[];

  constructor(path: string, problems: readonly string[], more: { cause?: unknown } = {}) {
    super([`The models file ${path} cannot be used:`, ...problems.map((problem) => `  ${problem}`)].join('\n'), more);
    this.problems = problems;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new ModelsError(
      path,
      [`MODELS_FILE: got ${JSON.stringify(path)}, which cannot be read (${why}); takes the path of a YAML file`],
      {
        cause: error,
      },
    );
  }
}

/** How deep a file's values may lie in one another. */
const deepest = 100;

function isDeeper(value: unknown, most: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return most === 0 || Object.values(value).some((inner) => isDeeper(inner, most - 1));
}

/** What a document says, its aliases followed; one that leads nowhere, or back to itself, or multiplies without measure is refused. */
function resolved(document: Document, refuse: (problem: string, cause?: unknown) => ModelsError): unknown {
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw refuse(
      `got an alias that cannot be followed (${error.message}); takes aliases of anchors before them`,
      error,
    );
  }
  if (isDeeper(value, deepest))
    throw refuse(`got values nested more than ${deepest} deep, or an alias that leads back to itself; takes neither`);
  return value;
}

/** The operator's file: the gateway's profile, the cards in order of choice, and the defaults of spaces by `<platform>/<space>`. Throws {@link ModelsError}. */
export function loadModels(path: string): ModelsFile {
  const text = readText(path);
  const refuse = (problems: readonly string[], more: { cause?: unknown } = {}) =>
    new ModelsError(
      path,
      problems.map((problem) => `${basename(path)}: ${problem}`),
      more,
    );
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'error' });
  if (document.errors.length > 0) {
    const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
    throw refuse([...new Set(document.errors.map(({ pos, message }) => `line ${lineOf(pos[0])}: ${message}`))]);
  }
  const read = readModelsFile(resolved(document, (problem, cause) => refuse([problem], { cause })));
  if ('problems' in read) throw refuse(read.problems);
  return read.file;
}

/** What the sandbox promises, at its own base URL. */
export function sandboxProfile(baseUrl: string): GatewayProfile {
  return gatewayProfileSchema.parse({
    native: baseUrl,
    lostAnswer: ['repeat', 'reconcile'],
    dryRun: true,
    moderation: true,
    webhooks: true,
  });
}

const sora2 = {
  id: 'sora-2',
  snapshots: ['sora-2-2025-10-06', 'sora-2-2025-12-08'],
  label: 'Sora 2',
  seconds: [4, 8, 12, 16, 20],
  defaultSeconds: 4,
  sizes: [
    { size: '1365x768', shape: '16:9', resolution: '1K' },
    { size: '768x1365', shape: '9:16', resolution: '1K' },
  ],
  weight: 1,
  money: 0.1,
  promptMax: 32_000,
  image: 'first_frame',
  repeatWithin: 600,
  usual: 3,
  extras: {
    character_ids: { takes: 'texts', most: 2 },
    delete_video: { takes: 'boolean' },
    detect_and_block_ip: { takes: 'boolean', by: 'member' },
    openai_api_key: { takes: 'text' },
  },
};

const sandboxMini = {
  ...sora2,
  id: 'sandbox-mini',
  snapshots: [],
  label: 'Sandbox mini',
  seconds: [2, 4, 8],
  weight: 0.5,
  money: 0.05,
  sizes: [
    { size: '854x480', shape: '16:9', resolution: '0.5K' },
    { size: '480x854', shape: '9:16', resolution: '0.5K' },
    { size: '480x480', shape: '1:1', resolution: '0.5K' },
  ],
  extras: { ...sora2.extras, character_ids: { takes: 'texts', most: 2, by: 'member' } },
};

/** The models of the sandbox, which keeps its keys for ten minutes: `sora-2` as the gateway's page has it, and a small one. */
export const sandboxCards: readonly ModelCard[] = [sora2, sandboxMini].map((card) => modelCardSchema.parse(card));
