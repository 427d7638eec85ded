import { webApi } from '@slack/bolt';
import type { InstallProvider } from '@slack/oauth';
import type { Log, Vault } from '../../src/ports.ts';
import { createMemory } from '../shared/memory.ts';
import { clientOptions } from './client.ts';
import { isUnauthorized } from './errors.ts';
import { createInstallations, type Owner, ownerName } from './installations.ts';
import { authorized, type Installed, NotInstalled, type Tokens } from './installed.ts';
import { createInstaller, createProvider, type InstallerOptions, type InstallRoutes } from './installer.ts';

export { type Installed, NotInstalled, TokenRefused, type Tokens } from './installed.ts';
export type { InstallerOptions, InstallRoutes } from './installer.ts';
export { oneToken } from './oneToken.ts';

/** Milliseconds that a token is believed without looking: another process may have been told that it is no more. */
const believed = 60_000;
const most = 10_000;

/** Many workspaces, each of which added the app by itself; their tokens lie in the vault, so that all processes have them. */
export function manyTokens(vault: Vault, options: InstallerOptions): Tokens & { routes: InstallRoutes } {
  let memory = createMemory<Installed>(most, believed);
  const clear = () => {
    memory = createMemory(most, believed);
  };
  const installations = createInstallations(vault, clear);
  const provider = createProvider(installations.store, options);
  const read = createReading(provider, installations, options.log);
  const orgsKnown = createMemory<true>(most, believed);

  async function of(team: string, enterprise?: string): Promise<Installed> {
    const known = memory.read(team);
    if (known) return known;
    const before = memory;
    const owner = await installations.ownerOf(team, enterprise);
    if (!owner) throw new NotInstalled(`the app is not installed in ${team}`);
    const installed = await read(owner);
    // Where something was written or forgotten meanwhile, what was read before that is not believed.
    before.note(team, installed);
    return installed;
  }

  /** Whether a token still works; one that cannot be asked about now is taken to. */
  async function isGood(owner: Owner, token: string): Promise<boolean> {
    try {
      await new webApi.WebClient(token, clientOptions(options.api, options.log)).auth.test();
      return true;
    } catch (err) {
      if (isUnauthorized(err)) return false;
      options.log.warn({ platform: 'slack', installation: ownerName(owner), err }, 'a token that may be void is kept');
      return true;
    }
  }

  /** A worker knows the workspace alone, so what its organisation is has to be written down when Slack says it. */
  async function rememberOrg(team: string, enterprise: string): Promise<void> {
    const known = `${team} ${enterprise}`;
    if (orgsKnown.read(known)) return;
    await installations.rememberOrg(team, enterprise);
    orgsKnown.note(known, true);
  }

  /** What Slack tells does not always say whose installation it is about: those go whose tokens are worth nothing. */
  async function forget(team: string | undefined, enterprise: string | undefined): Promise<void> {
    const owners: Owner[] = [...(team ? [{ team }] : []), ...(enterprise ? [{ enterprise }] : [])];
    for (const owner of owners) {
      const before = await installations.read(owner);
      if (before && (await isGood(owner, before.installed.token))) continue;
      // Meanwhile it may have been added anew.
      const now = await installations.read(owner);
      if (now && now.installed.token !== before?.installed.token) continue;
      await installations.forget(owner);
      if (owner.enterprise === undefined || team === undefined) continue;
      orgsKnown.drop(`${team} ${enterprise}`);
      await installations.forgetOrg(team);
    }
  }

  return {
    of: (team) => of(team),
    authorize: async ({ teamId, enterpriseId, isEnterpriseInstall }, body) => {
      if (isEnterpriseInstall && enterpriseId !== undefined) {
        const installed = await read({ enterprise: enterpriseId });
        if (teamId !== undefined) await rememberOrg(teamId, enterpriseId);
        return authorized(installed, teamId, enterpriseId);
      }
      const teams = [teamId, ...teamsIn(body)].filter((team) => team !== undefined);
      let missing = new NotInstalled('Slack named no workspace');
      for (const team of teams) {
        try {
          const installed = await of(team, enterpriseId);
          if (enterpriseId !== undefined) await rememberOrg(team, enterpriseId);
          return authorized(installed, team, enterpriseId);
        } catch (error) {
          if (!(error instanceof NotInstalled)) throw error;
          missing = error;
        }
      }
      throw missing;
    },
    forget,
    refused: forget,
    routes: createInstaller(provider, options),
  };
}

/**
 * The other workspaces that a payload may be served for: what somebody of another one does in a channel that both share comes with theirs,
 * and the bot's own stands with the channel, or with the bot's message that was pressed.
 */
function teamsIn(body: unknown): (string | undefined)[] {
  const { context_team_id, type, message } = (body ?? {}) as Record<string, unknown>;
  const pressed = type === 'block_actions' ? (message as { team?: unknown } | undefined)?.team : undefined;
  return [context_team_id, pressed].map((team) => (typeof team === 'string' ? team : undefined));
}

/** An error of Slack's library hides ours, which says what is to be done. */
const unwrapped = (error: unknown): unknown =>
  error instanceof Error && 'original' in error && error.original instanceof Error ? error.original : error;

/**
 * Reads what is kept, and has a token that will soon expire renewed: one renewal at a time for each installation, for Slack takes what it
 * renews with once. Another process may renew it meanwhile; then ours is refused, and what that one kept is read after a minute.
 */
function createReading(
  provider: InstallProvider,
  installations: ReturnType<typeof createInstallations>,
  log: Log,
): (owner: Owner) => Promise<Installed> {
  const underWay = new Map<string, Promise<Installed>>();

  async function fresh(owner: Owner): Promise<Installed> {
    const kept = await installations.read(owner);
    if (!kept) throw new NotInstalled(`the app is not installed: ${ownerName(owner)}`);
    const { installed, expiresAt } = kept;
    if (expiresAt === undefined) return installed;
    const renewed = await provider.authorize(installations.queryOf(owner)).catch((error: unknown) => {
      throw unwrapped(error);
    });
    const token = renewed.botToken ?? installed.token;
    if (token === installed.token && expiresAt * 1_000 - Date.now() < 3_600_000) {
      log.warn(
        { platform: 'slack', installation: ownerName(owner) },
        "a workspace's token expires soon and could not be renewed",
      );
    }
    return { ...installed, token };
  }

  return (owner) => {
    const name = ownerName(owner);
    const reading = underWay.get(name) ?? fresh(owner).finally(() => underWay.delete(name));
    underWay.set(name, reading);
    return reading;
  };
}
