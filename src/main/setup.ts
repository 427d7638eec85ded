import { join } from 'node:path';
import type { Config } from '../config.ts';
import { type Dialect, gatewayProfileSchema } from '../domain/gateway.ts';
import type { Log } from '../log.ts';
import { startSandbox } from '../sandbox/server.ts';
import { sandboxCards, sandboxProfile } from '../video/cards.ts';
import type { ModelsFile } from '../video/modelsFile.ts';
import type { Closing } from './closing.ts';
import { readModels } from './models.ts';
import { type Serving, works } from './role.ts';

/** What a gateway is reached by, and what the operator says of it. Without a `url` it is the sandbox of another process. */
export interface Setup extends ModelsFile {
  url: string | undefined;
  key: string;
  name: string;
  dialect: Dialect;
  openaiKey: string | undefined;
  webhookSecret: string | undefined;
  describe: string;
}

/** The gateway of the settings; without one a sandbox, in the process that works. The others only need to know its models. */
export async function setUpGateway(role: Serving, config: Config, log: Log, closing: Closing): Promise<Setup> {
  if (config.video)
    return { ...config.video, ...readModels(config), name: config.video.url, describe: config.video.url };
  const own = { key: 'sandbox', name: 'sandbox', dialect: 'output', openaiKey: undefined, spaces: {} } as const;
  const setup = { ...own, webhookSecret: undefined, cards: sandboxCards };
  if (!works(role)) {
    // Nothing is asked of it from here.
    const profile = gatewayProfileSchema.parse({});
    return { ...setup, url: undefined, profile, describe: 'the sandbox of the worker' };
  }
  const dir = join(config.dataDir, 'sandbox');
  const { url, close } = await startSandbox({ cards: sandboxCards, key: own.key, dir, log });
  closing.add('sandbox', close);
  const describe = `a sandbox in this process, which makes real films for nothing (${url})`;
  return { ...setup, url, profile: sandboxProfile(url), describe };
}
