import { setTimeout as wait } from 'node:timers/promises';
import type { Call, Command, Reply } from '../../src/domain/command.ts';
import type { Desk } from '../../src/domain/desk.ts';
import type { ModelCard } from '../../src/domain/model.ts';
import type { Origin } from '../../src/domain/origin.ts';
import type { SpaceSettings } from '../../src/domain/settings.ts';
import type { Shards } from '../../src/domain/shards.ts';
import type { Media, Poster, Receiver, Rights } from '../../src/ports.ts';
import { createAnswers } from './answer.ts';
import { createAttachments } from './attachment.ts';
import type { FilmTools } from './films.ts';
import { createGateway } from './gateway.ts';
import type { Deed } from './parse.ts';
import { reopen } from './places.ts';
import { createPoster } from './post.ts';
import { createTaking } from './receive.ts';
import { type Difference, type Registration, register } from './register.ts';
import { createRest, type RestOptions } from './rest.ts';
import { createRights } from './rights.ts';

/** What commands are registered with. */
export interface RegistrarOptions extends RestOptions {
  /** Where: on one server, or on all. */
  guild: string | undefined;
  commands: readonly Command[];
  /** All models of the operator's file. */
  cards: readonly ModelCard[];
}

/** Attachments are fetched from `api`'s own host too, where it is another Discord than the real one. */
export interface DiscordOptions extends RegistrarOptions, Pick<FilmTools, 'fitting' | 'link'> {
  shards: Shards;
  /** The models that members may choose now, and the one that makes a film where none is named. */
  models(): readonly ModelCard[];
  usual(origin: Origin): ModelCard | undefined;
  desk: Pick<Desk, 'jobsOf'>;
  settings: Pick<SpaceSettings, 'read'>;
  media: Pick<Media, 'path'>;
  /** Ids of members who run the bot. */
  managers: readonly string[];
  /** Milliseconds until Discord had the first answer to an interaction. */
  acknowledged(kind: Deed['is'], ms: number): void;
}

/** Milliseconds that calls under way have when the bot stops, and the answers after that. */
const closeWithin = 5_000;
const lastWord = 1_000;

/** Discord, as the flow sees it. Poster and rights work in any process, the receiver in the one that is connected to the gateway. */
export interface Discord {
  receiver: Receiver;
  poster: Poster;
  rights: Rights;
  /** Whether all shards of this process are connected. */
  connected(): boolean;
  /** What differs between the commands here and those that Discord has. */
  unregistered(): Promise<Difference[]>;
  close(): Promise<void>;
}

export function createDiscord(options: DiscordOptions): Discord {
  const { token, api, log } = options;
  const rest = createRest(options);
  const rights = createRights(rest, options.settings, options.managers);
  const poster = createPoster({ ...options, rest });

  const stopping = new AbortController();
  let handle: ((call: Call) => Promise<Reply>) | undefined;
  const underWay = new Set<Promise<void>>();
  const take = createTaking(
    {
      ...options,
      ...{ rights, answers: createAnswers(rest.answers), stopping: stopping.signal },
      reopen: (channel) => reopen(rest, channel),
      me: () => gateway.me(),
      file: createAttachments(api === undefined ? undefined : new URL(api).origin),
    },
    () => handle,
  );
  const gateway = createGateway({
    ...{ token, api, log, shards: options.shards },
    take: (interaction) => {
      const taken: Promise<void> = take(interaction).finally(() => underWay.delete(taken));
      underWay.add(taken);
    },
  });
  return {
    poster,
    rights,
    connected: gateway.connected,
    receiver: {
      async listen(given) {
        handle = given;
        await gateway.connect();
      },
      async close() {
        // What comes now is refused in plain words, until what came before is answered; new refusals are not waited for.
        handle = undefined;
        const before = [...underWay];
        await Promise.race([Promise.all(before), wait(closeWithin, undefined, { ref: false })]);
        stopping.abort();
        await gateway.close();
        await Promise.race([Promise.all(underWay), wait(lastWord, undefined, { ref: false })]);
      },
    },
    unregistered: async () => (await register(rest, options, false)).differences,
    async close() {
      rest.close();
    },
  };
}

/** Milliseconds for one exchange of the registration: an operator waits for it. */
const registerWithin = 15_000;

/** Makes Discord's commands the same as the program's; `write: false` only looks. See {@link register}. */
export async function registerCommands(options: RegistrarOptions, write: boolean): Promise<Registration> {
  const rest = createRest({ ...options, timeout: registerWithin });
  try {
    return await register(rest, options, write);
  } finally {
    rest.close();
  }
}
