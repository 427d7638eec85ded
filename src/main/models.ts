import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, ConfigError } from '../config.ts';
import { TransientError } from '../domain/errors.ts';
import type { ModelCard } from '../domain/model.ts';
import type { Log } from '../log.ts';
import { type GatewayInfo, Refused } from '../ports.ts';
import { startSandbox } from '../sandbox/server.ts';
import { loadModels, ModelsError, sandboxCards, sandboxProfile } from '../video/cards.ts';
import { createVideoApi } from '../video/client.ts';
import { type Comparison, compareModels, type Difference, type GatewayOffer, type Schema } from '../video/compare.ts';
import type { ModelsFile } from '../video/modelsFile.ts';

/** Milliseconds for all that is asked of the gateway. */
const patience = 60_000;

/** The operator's models file; what is wrong with it is a {@link ConfigError}. */
export function readModels({ modelsFile }: Pick<Config, 'modelsFile'>): ModelsFile {
  try {
    return loadModels(modelsFile);
  } catch (error) {
    if (error instanceof ModelsError) throw new ConfigError(error.problems);
    throw error;
  }
}

async function offerOf(cards: readonly ModelCard[], info: GatewayInfo): Promise<GatewayOffer & { mute: string[] }> {
  const signal = AbortSignal.timeout(patience);
  const served = await info.models(signal);
  const schemas = new Map<string, Schema>();
  const mute: string[] = [];
  for (const { id } of cards) {
    if (!served.includes(id)) continue;
    const schema = await info.schema(id, signal).catch((error: unknown) => {
      if (error instanceof TransientError) return undefined;
      throw error;
    });
    if (schema) schemas.set(id, schema);
    else mute.push(id);
  }
  return { served, schemas, mute };
}

function table(rows: readonly Difference[]): string[] {
  const lines = [{ model: 'model', what: 'what', file: 'file', gateway: 'gateway' }, ...rows];
  const width = (name: keyof Difference) => Math.max(...lines.map((line) => line[name].length));
  const [model, what, file] = [width('model'), width('what'), width('file')];
  return lines.map((line) =>
    [line.model.padEnd(model), line.what.padEnd(what), line.file.padEnd(file), line.gateway].join('  ').trimEnd(),
  );
}

/** What was found, for an operator. */
function tellComparison(comparison: Comparison, cards: readonly ModelCard[], mute: readonly string[]): string {
  const { differences, uncarded, missing } = comparison;
  const lines = [
    ...(differences.length > 0 ? [...table(differences), ''] : []),
    ...(uncarded.length > 0 ? [`Served, and not in the file: ${uncarded.join(', ')}`] : []),
    ...(mute.length > 0 ? [`The gateway tells no parameters of: ${mute.join(', ')}`] : []),
    ...(missing.length > 0 ? [`In the file, and not served: ${missing.join(', ')}`] : []),
    `${cards.length} models, ${differences.length} differences`,
  ];
  return `${lines.join('\n')}\n`;
}

async function compareWith(cards: readonly ModelCard[], info: GatewayInfo): Promise<void> {
  const { mute, ...offer } = await offerOf(cards, info);
  const comparison = compareModels(cards, offer, Date.now());
  process.stdout.write(tellComparison(comparison, cards, mute));
  if (comparison.missing.length > 0) process.exitCode = 1;
}

/** The sandbox has models of its own: they are held against one that is started for the purpose. */
async function compareSandbox(log: Log): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'dailies-models-'));
  const sandbox = await startSandbox({ cards: sandboxCards, key: 'sandbox', dir, log });
  const { url } = sandbox;
  const api = createVideoApi({ baseUrl: url, key: 'sandbox', dialect: 'output', profile: sandboxProfile(url) });
  try {
    await compareWith(sandboxCards, api);
  } finally {
    await api.close();
    await sandbox.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Prints where the models file and the gateway differ. The exit code is 1 when a model of the file should be served and is not. */
export async function modelsOnce(config: Config, log: Log): Promise<void> {
  const { profile, cards } = readModels(config);
  if (!config.video) {
    process.stdout.write(
      `${config.modelsFile} can be used: ${cards.length} models. VIDEO_API_URL is not set, so the sandbox's own models are compared.\n\n`,
    );
    return compareSandbox(log);
  }
  const { url, key, dialect } = config.video;
  const api = createVideoApi({ baseUrl: url, key, dialect, profile, cards });
  try {
    process.stdout.write(`${config.modelsFile}, held against ${url}\n\n`);
    await compareWith(cards, api);
  } catch (error) {
    if (error instanceof Refused) throw new ConfigError([`VIDEO_API_KEY: the gateway refuses it (${error.message})`]);
    if (error instanceof TransientError) throw new ConfigError([`VIDEO_API_URL: ${error.message}`]);
    throw error;
  } finally {
    await api.close();
  }
}
