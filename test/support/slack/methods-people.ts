import { type Call, type Methods, userOf } from './method.ts';
import { groupObject, userObject } from './objects.ts';
import { Refused } from './refusals.ts';

const groupsOf = ({ world, team }: Call) => [...world.groups.values()].filter((one) => one.team === team);

export const people: Methods = {
  'auth.test': {
    run({ world, install, team }) {
      const { enterprise } = install;
      return {
        ...{ url: `https://${team.domain}.slack.com/`, team: team.name, user: 'dailies', team_id: team.id },
        ...{ user_id: install.botUserId, bot_id: install.botId, app_id: world.app.appId },
        ...(enterprise && { enterprise_id: enterprise.id }),
        is_enterprise_install: install.team === null,
      };
    },
  },
  'users.info': {
    scopes: ['users:read'],
    run: (call) => ({ user: userObject(userOf(call, call.args.need('user')), call.team) }),
  },
  'usergroups.list': {
    scopes: ['usergroups:read'],
    run(call) {
      const shown = groupsOf(call).filter(({ disabled }) => !disabled || call.args.flag('include_disabled'));
      const users = (one: { users: string[] }) => (call.args.flag('include_users') ? { users: one.users } : {});
      return { usergroups: shown.map((one) => ({ ...groupObject(one), ...users(one) })) };
    },
  },
  'usergroups.users.list': {
    scopes: ['usergroups:read'],
    run(call) {
      const id = call.args.need('usergroup');
      const group = groupsOf(call).find((one) => one.id === id);
      if (!group) throw new Refused('no_such_subteam');
      if (group.disabled && !call.args.flag('include_disabled')) throw new Refused('subteam_disabled');
      return { users: group.users };
    },
  },
  'team.info': {
    scopes: ['team:read'],
    run({ team }) {
      const { id, name, domain, enterprise } = team;
      const more = enterprise && { enterprise_id: enterprise.id, enterprise_name: enterprise.name };
      return { team: { id, name, domain, email_domain: '', icon: {}, ...more } };
    },
  },
  'bots.info': {
    scopes: ['users:read'],
    run({ world, args, install }) {
      if ((args.text('bot') ?? install.botId) !== install.botId) throw new Refused('bot_not_found');
      const { botId: id, botUserId: user_id } = install;
      return { bot: { id, deleted: false, name: 'dailies', updated: 0, app_id: world.app.appId, user_id, icons: {} } };
    },
  },
};
