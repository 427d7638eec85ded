import { isShared } from './who.ts';
import type { Channel, Deed, Row, Team, World } from './world.ts';

type New = Pick<Deed, 'kind' | 'team' | 'user' | 'payload'> & Partial<Deed>;

/** A new deed, which has still to be dispatched. */
export function deedOf(world: World, given: New): Deed {
  const deed: Deed = {
    ...{ id: world.ids.next('X'), channel: null, at: world.clock.now(), sent: [], ack: null, shown: null, sentAt: 0 },
    ...{ answers: [], views: [], onAck: null, ...given },
  };
  world.deeds.set(deed.id, deed);
  return deed;
}

/** An event in the wrapper of the Events API. */
export function eventPayload(world: World, team: Team, event: Row, channel: Channel | null): Row {
  const { install, enterprise } = team;
  const { verificationToken, appId } = world.app;
  const org = install !== null && install.team === null;
  return {
    ...{ token: verificationToken, team_id: team.id, api_app_id: appId, event, type: 'event_callback' },
    ...{ context_team_id: team.id, context_enterprise_id: enterprise?.id ?? null },
    ...(enterprise && { enterprise_id: enterprise.id }),
    event_id: world.ids.next('Ev'),
    event_time: Math.floor(world.clock.now() / 1000),
    authorizations: [
      {
        ...{ enterprise_id: enterprise?.id ?? null, team_id: org ? null : team.id, user_id: install?.botUserId ?? '' },
        ...{ is_bot: true, is_enterprise_install: org },
      },
    ],
    is_ext_shared_channel: channel !== null && isShared(channel),
    event_context: `4-${Buffer.from(`${team.id}${channel?.id ?? ''}`).toString('base64')}`,
  };
}

/** What every interaction's payload has. */
export function interactionBase(world: World, team: Team, user: NonNullable<Deed['user']>): Row {
  const { enterprise, install } = team;
  const { verificationToken, appId } = world.app;
  const org = install !== null && install.team === null;
  return {
    token: verificationToken,
    api_app_id: appId,
    // With an installation for the whole enterprise there is no team in these payloads.
    team: org
      ? null
      : {
          ...{ id: team.id, domain: team.domain },
          ...(enterprise && { enterprise_id: enterprise.id, enterprise_name: enterprise.name }),
        },
    user: { id: user.id, username: user.name, name: user.name, team_id: user.team.id },
    enterprise: enterprise && { id: enterprise.id, name: enterprise.name },
    is_enterprise_install: org,
  };
}
