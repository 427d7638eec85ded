import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseDocument } from 'yaml';
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

/** The operator's file: the gateway's profile, the cards in order of choice, and the defaults of spaces by `<platform>/<space>`. Throws {@link ModelsError}. */
export function loadModels(path: string): ModelsFile {
  const text = readText(path);
  const refuse = (problems: readonly string[]) =>
    new ModelsError(
      path,
      problems.map((problem) => `${basename(path)}: ${problem}`),
    );
  const document = parseDocument(text, { prettyErrors: false });
  if (document.errors.length > 0) {
    const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
    throw refuse(document.errors.map(({ pos, message }) => `line ${lineOf(pos[0])}: ${message}`));
  }
  const read = readModelsFile(document.toJS());
  if ('problems' in read) throw refuse(read.problems);
  return read.file;
}

/** What the sandbox promises, at its own base URL. */
export function sandboxProfile(baseUrl: string): GatewayProfile {
  return gatewayProfileSchema.parse({
    native: baseUrl,
    lostAnswer: ['repeat', 'reconcile'],
    dryRun: true,
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
