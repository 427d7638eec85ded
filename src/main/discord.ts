import { commands } from '../../commands/index.ts';
import { createDiscord, type Discord, registerCommands } from '../../platforms/discord/adapter.ts';
import { isOutOfReach, isTokenRefused } from '../../platforms/discord/errors.ts';
import type { Difference, Registration } from '../../platforms/discord/register.ts';
import { type Config, ConfigError } from '../config.ts';
import type { Desk } from '../domain/desk.ts';
import { TransientError } from '../domain/errors.ts';
import type { SpaceSettings } from '../domain/settings.ts';
import { usualModel } from '../intake/pick.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Fitting, Media } from '../ports.ts';
import { sandboxCards } from '../video/cards.ts';
import type { Catalog } from '../video/catalog.ts';
import type { Linking } from './link.ts';
import { readModels } from './models.ts';

const tokenRefused = 'DISCORD_TOKEN: Discord refuses it; copy it anew from the developer portal';

interface Parts {
  catalog: Pick<Catalog, 'cards' | 'offered' | 'defaults'>;
  desk: Pick<Desk, 'jobsOf'>;
  settings: SpaceSettings;
  media: Pick<Media, 'path'>;
  fitting: Fitting;
  link: Linking;
  metrics: Metrics;
  log: Log;
}

/** Discord, where it is set up. */
export function openDiscord(config: Config, parts: Parts): Discord | undefined {
  const { discord, managers } = config;
  if (!discord) return undefined;
  const { catalog, metrics } = parts;
  return createDiscord({
    ...parts,
    ...discord,
    ...{ commands, managers, cards: catalog.cards, models: catalog.offered },
    usual: (origin) => usualModel(catalog.defaults(origin).model, { ...catalog, models: catalog.cards }),
    acknowledged: (kind, ms) => metrics.acknowledged('discord', kind, ms / 1000),
    limited: () => metrics.limited('discord'),
  });
}

/** Lets Discord's calls in; commands that are not registered as they are here are told to the log. */
export async function listenToDiscord(
  discord: Discord,
  handle: Parameters<Discord['receiver']['listen']>[0],
  { metrics, log }: { metrics: Metrics; log: Log },
): Promise<void> {
  metrics.watchChat('discord', discord.connected);
  try {
    await discord.receiver.listen(handle);
  } catch (error) {
    throw isTokenRefused(error) ? new ConfigError([tokenRefused]) : error;
  }
  const looked = discord.unregistered().then((differences) => {
    const names = differences.map(({ name, is }) => `${name} (${is})`);
    if (names.length > 0)
      log.warn({ commands: names }, "Discord's commands are not those of this program: npm run register");
  });
  looked.catch((err: unknown) => log.warn({ err }, "Discord's commands could not be compared"));
}

const line = ({ name, type, is, what }: Difference): string => {
  const shown = type === 'slash' ? `/${name}` : `"${name}" (on a ${type})`;
  const done = { missing: 'added', changed: 'changed', unknown: 'removed' }[is];
  return `  ${done.padEnd(8)} ${shown}${what.length > 0 ? `: ${what.join(', ')}` : ''}`;
};

const where = (guild: string | undefined): string =>
  guild === undefined ? 'on all servers' : `on the server ${guild}`;

function tellRegistration({ differences, total, twice }: Registration, guild: string | undefined): string {
  const same = total - differences.filter(({ is }) => is !== 'unknown').length;
  return [
    `Commands of this program, ${where(guild)}: ${same} of ${total} stood as they are.`,
    ...differences.map(line),
    ...(twice.length > 0
      ? [
          `Shown twice on that server, for they are registered for all servers too: ${twice.join(', ')}.`,
          'To keep those for all alone: npm run register -- clear, and then unset DISCORD_GUILD_ID.',
        ]
      : []),
    '',
  ].join('\n');
}

/** Shows what differs between the commands here and those that Discord has, and writes only that; with `clear` all of them go. */
export async function registerOnce(config: Config, clear: boolean, log: Log): Promise<void> {
  const { discord } = config;
  if (!discord) throw new ConfigError(['DISCORD_TOKEN: is not set; commands are registered with it']);
  if (clear && discord.guild === undefined) {
    throw new ConfigError([
      "DISCORD_GUILD_ID: is not set; clear takes one server's own commands away, those of all servers stay",
    ]);
  }
  const cards = config.video ? readModels(config).cards : sandboxCards;
  try {
    const options = { ...discord, commands: clear ? [] : commands, cards, log, limited: () => undefined };
    const told = tellRegistration(await registerCommands(options, true), discord.guild);
    process.stdout.write(
      clear ? told.replace(/^.*\n/, `Commands of its own that the server ${discord.guild} had:\n`) : told,
    );
  } catch (error) {
    if (isTokenRefused(error)) throw new ConfigError([tokenRefused]);
    if (error instanceof TransientError) {
      const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
      throw new ConfigError([`Discord: ${error.message}${cause}. Try again later.`]);
    }
    if (!isOutOfReach(error)) throw error;
    const app = 'there is no such application for this token; leave it out, and Discord is asked';
    throw new ConfigError([
      ...(discord.appId === undefined ? [] : [`DISCORD_APP_ID: ${discord.appId} may be another one's: ${app}`]),
      ...(discord.guild === undefined
        ? []
        : [
            `DISCORD_GUILD_ID: the bot cannot register on ${discord.guild}; invite it there first, with the scope applications.commands`,
          ]),
    ]);
  }
}
