import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type Call, type Command, commandsOn, type Reply } from '../../src/domain/command.ts';
import type { Desk } from '../../src/domain/desk.ts';
import { jobIds } from '../../src/domain/job.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import { pathsOf } from '../../src/domain/paths.ts';
import type { SpaceSettings } from '../../src/domain/settings.ts';
import type { Log, Poster, Receiver, Rights, Workflows } from '../../src/ports.ts';
import type { ModelTools } from '../shared/fields.ts';
import { createAnswers } from './answer.ts';
import { createApi } from './api.ts';
import { createSendFiles } from './attach.ts';
import { createChannels } from './channels.ts';
import { createGateway, type Events } from './gateway.ts';
import { createGroups } from './groups.ts';
import { TokenRefused, type Tokens } from './installs.ts';
import { createPictures } from './pictures.ts';
import { createPoster, type PosterOptions } from './post.ts';
import { createTaking } from './receive.ts';
import { spokenAs } from './render.ts';
import { createRights } from './rights.ts';
import { stepCallbacks } from './steps.ts';
import { createWorkflows } from './workflow.ts';

export interface SlackOptions extends ModelTools, Pick<PosterOptions, 'media' | 'fitting' | 'link' | 'patience'> {
  events: Events;
  tokens: Tokens;
  /** Slack itself when it is not set; its own host may give and take files then. */
  api: string | undefined;
  commands: readonly Command[];
  /** The slash command for everything, and one that makes a film at once. */
  command: string;
  short: string | undefined;
  settings: Pick<SpaceSettings, 'read'>;
  desk: Pick<Desk, 'job'>;
  /** Ids of members who run the bot. */
  managers: readonly string[];
  log: Log;
  /** Milliseconds until Slack had the first answer to a payload. */
  acknowledged(kind: string, ms: number): void;
  /** Counts for the metrics. */
  limited(): void;
}

/** Milliseconds that what is under way has when the bot stops. */
const closeWithin = 5_000;

/** Slack, as the flow sees it. Poster, rights and workflows work in any process, the receiver where Slack's payloads come. */
export interface Slack {
  receiver: Receiver;
  poster: Poster;
  rights: Rights;
  workflows: Workflows;
  /** Whether this process hears from Slack. */
  connected(): boolean;
  /** Takes a request of Slack's, where it comes by HTTP. */
  serve: ((req: IncomingMessage, res: ServerResponse) => void) | undefined;
}

export function createSlack(options: SlackOptions): Slack {
  const { tokens, api: address, log, command } = options;
  const origin = address === undefined ? undefined : new URL(address).origin;
  const commands = commandsOn('slack', options.commands);
  const typed = pathsOf(commands).filter(({ leaf }) => leaf.surfaces.includes('slash'));
  const spoken = spokenAs(command, [...new Set(typed.map(({ path }) => path.split(' ')[0] ?? ''))]);
  const api = createApi({ tokens, api: address, log, limited: options.limited });
  const channels = createChannels(api);
  const groups = createGroups(api);
  const rights = createRights(api, channels, groups, options.settings, options.managers);
  const workflows = createWorkflows(api, log);
  const poster = createPoster({ ...options, api, groups, origin, spoken });

  let handle: ((call: Call) => Promise<Reply>) | undefined;
  const underWay = new Set<Promise<void>>();
  const take = createTaking(
    {
      ...options,
      ...{ commands, channels, rights, workflows, spoken, forget: tokens.forget },
      taken: async ({ key, origin }) => {
        const [id = ''] = jobIds(key, 1);
        return (await options.desk.job({ space: spaceKey(origin), id })) !== undefined;
      },
      answers: createAnswers(api, origin, log),
      sendFiles: createSendFiles(api, origin, log),
      file: createPictures(api, origin),
    },
    () => handle,
  );
  const gateway = createGateway({
    ...{ events: options.events, tokens, api: address, log, steps: stepCallbacks(commands) },
    take: (...given) => {
      const taken: Promise<void> = take(...given).finally(() => underWay.delete(taken));
      underWay.add(taken);
      return taken;
    },
  });

  return {
    ...{ poster, rights, workflows, connected: gateway.connected, serve: gateway.serve },
    receiver: {
      async listen(given) {
        await tokens
          .authorize({ teamId: undefined, enterpriseId: undefined, isEnterpriseInstall: false })
          .catch((error) => {
            // What is amiss is the operator's to mend; a Slack that is away is not, and many workspaces are none of it.
            if (error instanceof TokenRefused) throw error;
          });
        handle = given;
        await gateway.connect();
      },
      async close() {
        // What comes now is refused in plain words, until what came before is answered; new refusals are not waited for.
        handle = undefined;
        const before = [...underWay];
        await Promise.race([Promise.all(before), wait(closeWithin, undefined, { ref: false })]);
        await gateway.close();
      },
    },
  };
}
