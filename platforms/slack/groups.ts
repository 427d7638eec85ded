import { TransientError } from '../../src/domain/errors.ts';
import { createMemory } from '../shared/memory.ts';
import type { Api } from './api.ts';
import { codeOf, isUngranted } from './errors.ts';

/** Milliseconds that what Slack told of a group is believed, and how many are. */
const believed = 60_000;
const remembered = 10_000;

/** The user groups that a workspace's settings name. */
export interface Groups {
  /** Ids of its members; nobody is in one that is not set, is gone, or cannot be read. */
  members(team: string, group: string | undefined): Promise<readonly string[]>;
}

export function createGroups(api: Api): Groups {
  const memory = createMemory<readonly string[]>(remembered, believed);
  return {
    async members(team, group) {
      if (group === undefined || group === 'nobody') return [];
      let members = memory.read(`${team} ${group}`);
      if (!members) {
        try {
          members = (await api.call(team, (client) => client.usergroups.users.list({ usergroup: group }))).users ?? [];
        } catch (error) {
          // Who runs the workspace can mend the settings all the same.
          if (!isUngranted(error) && (error instanceof TransientError || codeOf(error) === undefined)) throw error;
          members = [];
        }
        memory.note(`${team} ${group}`, members);
      }
      return members;
    },
  };
}
