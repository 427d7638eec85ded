import type { webApi } from '@slack/bolt';
import type { Level } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { type Origin, spaceKey, workflowMember } from '../../src/domain/origin.ts';
import type { SpaceSettings } from '../../src/domain/settings.ts';
import type { Rights } from '../../src/ports.ts';
import { createMemory } from '../shared/memory.ts';
import type { Api } from './api.ts';
import type { Channels } from './channels.ts';
import { PlaceClosed } from './errors.ts';
import type { Groups } from './groups.ts';

/** Milliseconds that what Slack told of a member is believed, and how many are. */
const believed = 60_000;
const remembered = 10_000;

type User = NonNullable<webApi.UsersInfoResponse['user']>;

/** Who somebody is, as far as Slack tells. */
interface SlackPerson {
  name: string | undefined;
  zone: string | undefined;
  runs: boolean;
  guest: boolean;
  /** The workspace or organisation that they belong to. */
  homes: readonly (string | undefined)[];
  stranger: boolean;
  bot: boolean;
  /** Their account was closed. */
  gone: boolean;
}

/** Slack's own bot, which is told to be none. */
const slackbot = 'USLACKBOT';

const personOf = ({ profile, ...user }: User): SlackPerson => ({
  name: profile?.display_name || profile?.real_name || user.real_name || user.name,
  zone: user.tz,
  runs: user.is_admin === true || user.is_owner === true || user.is_primary_owner === true,
  guest: user.is_restricted === true || user.is_ultra_restricted === true,
  homes: [user.team_id, user.enterprise_user?.enterprise_id, ...(user.enterprise_user?.teams ?? [])],
  stranger: user.is_stranger === true,
  bot: user.is_bot === true || user.id === slackbot,
  gone: user.deleted === true,
});

export interface SlackRights extends Rights {
  /** What somebody is called; nothing where Slack does not tell. */
  name(team: string, user: string): Promise<string | undefined>;
}

/**
 * Who may do what: those who run the workspace, and the user groups that it settled for it. `operators` run the bot: ids of members, or
 * `<workspace>/<member>`. Guests, and people of
 * other workspaces, are let in where the workspace settled that.
 */
export function createRights(
  api: Api,
  channels: Channels,
  groups: Groups,
  settings: Pick<SpaceSettings, 'read'>,
  operators: readonly string[],
): SlackRights {
  const people = createMemory<SlackPerson>(remembered, believed);

  const asking = new Map<string, Promise<SlackPerson>>();

  async function ask(team: string, user: string): Promise<SlackPerson> {
    try {
      const { user: found = {} } = await api.call(team, (client) => client.users.info({ user }));
      const person = personOf(found);
      people.note(`${team} ${user}`, person);
      return person;
    } finally {
      asking.delete(`${team} ${user}`);
    }
  }

  /** Somebody as Slack has them; those who ask at once share one question. */
  async function personIn(team: string, user: string): Promise<SlackPerson> {
    const known = people.read(`${team} ${user}`);
    if (known) return known;
    const asked = asking.get(`${team} ${user}`) ?? ask(team, user);
    asking.set(`${team} ${user}`, asked);
    return asked;
  }

  /** Whether somebody is of another workspace, which this one shares a channel with. */
  async function isStranger(person: SlackPerson, space: string): Promise<boolean> {
    const { enterprise } = await api.installed(space);
    const known = person.homes.filter((home) => home !== undefined);
    const atHome = known.includes(space) || (enterprise !== undefined && known.includes(enterprise));
    return person.stranger || (known.length > 0 && !atHome);
  }

  /** Throws where somebody is not let in. */
  async function letIn(
    person: SlackPerson,
    { space }: Origin,
    open: { guests: boolean; strangers: boolean },
  ): Promise<void> {
    const stranger = await isStranger(person, space);
    if (person.bot) throw new UserError('forbidden', { word: 'member.bot' });
    if (person.gone) throw new UserError('forbidden', { word: 'member.gone' });
    if (stranger && !open.strangers) throw new UserError('forbidden', { word: 'member.stranger' });
    if (!stranger && person.guest && !open.guests) throw new UserError('forbidden', { word: 'member.guest' });
  }

  /** The same; nothing where Slack does not tell of them. */
  async function found(team: string, user: string): Promise<SlackPerson | undefined> {
    try {
      return await personIn(team, user);
    } catch (error) {
      if (error instanceof PlaceClosed) return undefined;
      throw error;
    }
  }

  return {
    name: async (team, user) => (await found(team, user))?.name,
    async roles({ space, user }, among) {
      if (user === workflowMember) return [];
      const held = await Promise.all(among.map(async (group) => (await groups.members(space, group)).includes(user)));
      return among.filter((_, index) => held[index]);
    },
    // Slack tells neither.
    since: async () => ({}),
    async person(where, user) {
      if (!/^[UW][A-Z0-9]+$/.test(user)) return undefined;
      const person = await found(where.space, user);
      if (!person || person.bot || person.gone) return undefined;
      const { strangers } = await settings.read(spaceKey(where));
      if (!strangers && (await isStranger(person, where.space))) return undefined;
      return { name: person.name ?? user, ...(person.zone === undefined ? {} : { zone: person.zone }) };
    },
    async cannotPost(origin) {
      const { space, channel, visibility, step } = origin;
      if (visibility === 'private') return undefined;
      const found = await channels.read(space, channel);
      if (!found) return { word: /^D/.test(channel) ? 'space.others' : 'space.private' };
      if (found.archived) return { word: 'space.archived' };
      if (found.member) return undefined;
      if (found.direct) return { word: 'space.others' };
      if (!found.open) return { word: 'space.private' };
      // Nobody is there who would press a button.
      return { word: step === undefined ? 'space.absent' : 'space.private' };
    },
    async level(origin): Promise<Level> {
      const { space, user } = origin;
      if (user === workflowMember) return 'anyone';
      const { moderators, managers, guests, strangers } = await settings.read(spaceKey(origin));
      let person: SlackPerson;
      try {
        person = await personIn(space, user);
      } catch (error) {
        if (!(error instanceof PlaceClosed)) throw error;
        throw new UserError('forbidden', { word: 'member.stranger' }, { cause: error });
      }
      await letIn(person, origin, { guests, strangers });
      if (operators.includes(user) || operators.includes(`${space}/${user}`)) return 'operator';
      const [managing, moderating] = await Promise.all([
        groups.members(space, managers),
        groups.members(space, moderators),
      ]);
      if (managing.includes(user) || (person.runs && !person.guest)) return 'manager';
      return moderating.includes(user) ? 'moderator' : 'anyone';
    },
  };
}
