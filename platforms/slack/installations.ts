import type { Installation, InstallationQuery, InstallationStore } from '@slack/oauth';
import type { Vault } from '../../src/ports.ts';
import { type Installed, NotInstalled } from './installed.ts';

/** Who added the app: a workspace, or a whole organisation. */
export type Owner =
  | { team: string; enterprise?: never }
  /** For all of its workspaces. */
  | { enterprise: string; team?: never };

export const ownerName = ({ team, enterprise }: Owner): string =>
  team === undefined ? `slack:enterprise:${enterprise}` : `slack:team:${team}`;
const orgOf = (team: string): string => `slack:org-of:${team}`;

/** What is kept of one. `expiresAt` in Unix seconds, where the workspace's tokens do not last. */
export interface Kept {
  installed: Installed;
  expiresAt: number | undefined;
}

const ownerOf = ({ team, enterprise, isEnterpriseInstall }: Installation): Owner => {
  if (isEnterpriseInstall && enterprise) return { enterprise: enterprise.id };
  if (!team) throw new Error('Slack named neither a workspace nor an organisation');
  return { team: team.id };
};

/** Of whoever installed it nothing is kept but who it was: the bot acts for nobody but itself. */
function essence({ user, bot, ...installation }: Installation): Installation {
  const { team, enterprise, appId, tokenType, isEnterpriseInstall, authVersion } = installation;
  if (!bot) throw new Error('Slack gave no token of a bot');
  const kept = { team, enterprise, appId, tokenType, isEnterpriseInstall, authVersion, bot };
  return { ...kept, user: { token: undefined, scopes: undefined, id: user.id } } as Installation;
}

/** The installations in the vault, and as Slack's library wants to have them. `changed` is called after each that was written or forgotten. */
export function createInstallations(vault: Vault, changed: () => void) {
  async function find(owner: Owner): Promise<Installation | undefined> {
    const text = await vault.open(ownerName(owner));
    return text === undefined ? undefined : (JSON.parse(text) as Installation);
  }

  const asked = ({ teamId, enterpriseId, isEnterpriseInstall }: InstallationQuery<boolean>): Owner => {
    if (isEnterpriseInstall && enterpriseId !== undefined) return { enterprise: enterpriseId };
    if (teamId === undefined) throw new NotInstalled('Slack named no workspace');
    return { team: teamId };
  };

  async function drop(owner: Owner): Promise<void> {
    await vault.drop(ownerName(owner));
    changed();
  }

  const store: InstallationStore = {
    async storeInstallation(installation) {
      const owner = ownerOf(installation);
      await vault.keep(ownerName(owner), JSON.stringify(essence(installation)));
      changed();
    },
    async fetchInstallation(query) {
      const owner = asked(query);
      const found = await find(owner);
      if (!found) throw new NotInstalled(`the app is not installed in ${ownerName(owner)}`);
      return found;
    },
    deleteInstallation: (query) => drop(asked(query)),
  };

  return {
    store,
    /** How the library asks for one. */
    queryOf: ({ team, enterprise }: Owner): InstallationQuery<boolean> =>
      team === undefined
        ? { teamId: undefined, enterpriseId: enterprise, isEnterpriseInstall: true }
        : { teamId: team, enterpriseId: undefined, isEnterpriseInstall: false },
    async read(owner: Owner): Promise<Kept | undefined> {
      const found = await find(owner);
      if (!found?.bot) return undefined;
      const { token, userId: botUserId, id: botId, expiresAt, refreshToken } = found.bot;
      return {
        installed: { token, botUserId, botId, appId: found.appId, enterprise: found.enterprise?.id },
        expiresAt: refreshToken === undefined ? undefined : expiresAt,
      };
    },
    /** Whose installation serves a workspace: its own, else that of its organisation. */
    async ownerOf(team: string, enterprise: string | undefined): Promise<Owner | undefined> {
      if (await vault.open(ownerName({ team }))) return { team };
      const org = enterprise ?? (await vault.open(orgOf(team)));
      return org !== undefined && (await vault.open(ownerName({ enterprise: org }))) ? { enterprise: org } : undefined;
    },
    /** Notes of which organisation a workspace is; not over another one that has the app. */
    async rememberOrg(team: string, enterprise: string): Promise<void> {
      const known = await vault.open(orgOf(team));
      const stands = known !== undefined && (await vault.open(ownerName({ enterprise: known }))) !== undefined;
      if (known !== enterprise && !stands) await vault.keep(orgOf(team), enterprise);
    },
    forget: drop,
    /** A workspace is of no organisation that is known. */
    forgetOrg: (team: string): Promise<void> => vault.drop(orgOf(team)),
  };
}
