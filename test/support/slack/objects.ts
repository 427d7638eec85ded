import { repliesOf } from './messages.ts';
import { botIn, isShared } from './who.ts';
import type { Channel, File, Group, Message, Row, StoredModal, Team, User, World } from './world.ts';

const seconds = (ms: number) => Math.floor(ms / 1000);

/** A file as the API and events show it. */
export function fileObject(world: World, file: File): Row {
  const path = `${world.origin}/files-pri/${file.team.id}-${file.id}`;
  const name = encodeURIComponent(file.name.toLowerCase().replaceAll(' ', '_'));
  const { id, title, mimetype, size, user } = file;
  const shares: { public: Row; private: Row } = { public: {}, private: {} };
  const channels: Record<'channels' | 'groups' | 'ims', string[]> = { channels: [], groups: [], ims: [] };
  for (const { channel, message } of file.shares) {
    if (message.deleted) continue;
    const { kind } = channel;
    const side = shares[kind === 'public' ? 'public' : 'private'] as Record<string, Row[]>;
    const share: Row = {
      ...{ ts: message.ts, channel_name: channel.name, team_id: channel.team.id, share_user_id: message.user },
      ...{ reply_users: [], reply_users_count: 0, reply_count: 0, source: 'UNKNOWN' },
      ...(message.threadTs !== null && { thread_ts: message.threadTs }),
    };
    side[channel.id] = [...(side[channel.id] ?? []), share];
    channels[kind === 'public' ? 'channels' : kind === 'im' ? 'ims' : 'groups'].push(channel.id);
  }
  return {
    ...{ id, created: seconds(file.created), timestamp: seconds(file.created), name: file.name, title, mimetype },
    ...{ filetype: file.name.split('.').pop() ?? '', user, user_team: file.team.id, size, mode: 'hosted' },
    ...{ editable: false, is_external: false, external_type: '', is_public: channels.channels.length > 0 },
    ...{ public_url_shared: false, display_as_bot: false, username: '', file_access: 'visible' },
    url_private: `${path}/${name}`,
    url_private_download: `${path}/download/${name}`,
    permalink: `${world.origin}/files/${user}/${id}/${name}`,
    shares: Object.fromEntries(Object.entries(shares).filter(([, side]) => Object.keys(side).length > 0)),
    ...channels,
  };
}

/** A message as the API, events and actions show it. */
export function messageObject(world: World, message: Message, withMetadata = true): Row {
  const { ts, text, blocks, user, threadTs, botId, subtype, metadata, files, editedTs } = message;
  const replies = threadTs === null ? repliesOf(message) : [];
  const inThread = threadTs !== null || replies.length > 0;
  return {
    ...{ type: 'message', ts, user, team: message.team.id, text },
    ...(subtype !== null && { subtype }),
    ...(botId !== null && { bot_id: botId, app_id: world.app.appId }),
    ...(blocks.length > 0 && { blocks }),
    ...(inThread && { thread_ts: threadTs ?? ts }),
    ...(threadTs !== null && { parent_user_id: parentUser(message) }),
    ...(replies.length > 0 && { reply_count: replies.length, latest_reply: replies.at(-1)?.ts }),
    ...(files.length > 0 && { files: files.map((file) => fileObject(world, file)), upload: false }),
    ...(withMetadata && metadata !== null && { metadata }),
    ...(editedTs !== null && { edited: { user, ts: editedTs } }),
  };
}

const parentUser = ({ channel, threadTs }: Message): string | undefined =>
  channel.messages.find(({ ts }) => ts === threadTs)?.user;

export function channelObject(channel: Channel, botUserId: string): Row {
  const { id, kind, name, archived, team } = channel;
  const shape = {
    ...{ id, created: 0, is_archived: archived, is_im: kind === 'im', is_mpim: kind === 'mpim' },
    ...{ is_channel: kind === 'public', is_group: kind === 'private', context_team_id: team.id },
    ...{ is_private: kind !== 'public', is_shared: isShared(channel), is_ext_shared: isShared(channel) },
    is_org_shared: false,
  };
  if (kind === 'im') return { ...shape, user: [...channel.members].find((one) => one !== botUserId), is_open: true };
  return {
    ...{ ...shape, name, name_normalized: name, is_general: false, is_member: botIn(channel, botUserId) },
    ...{ shared_team_ids: [team.id, ...channel.shared.map((one) => one.id)], is_read_only: channel.readOnly },
    ...{ topic: { value: '', creator: '', last_set: 0 }, purpose: { value: '', creator: '', last_set: 0 } },
  };
}

/** A user as a team sees them. */
export function userObject(user: User, seenFrom: Team): Row {
  const { id, name, deleted, realName, displayName, tz, admin, owner, guest, bot, locale } = user;
  const flags = {
    ...{ is_admin: admin || owner, is_owner: owner, is_primary_owner: false, is_bot: bot, is_app_user: false },
    ...{ is_restricted: guest !== null, is_ultra_restricted: guest === 'single', is_email_confirmed: true },
  };
  const stranger = user.team !== seenFrom && (!user.team.enterprise || user.team.enterprise !== seenFrom.enterprise);
  return {
    ...{ id, team_id: user.team.id, name, deleted, real_name: realName, tz, tz_label: tz, tz_offset: 0, locale },
    profile: { real_name: realName, display_name: displayName, team: user.team.id, avatar_hash: '', image_72: '' },
    ...(deleted ? { is_bot: bot } : flags),
    ...(stranger && { is_stranger: true }),
    updated: 0,
    ...(user.team.enterprise && {
      enterprise_user: { id, enterprise_id: user.team.enterprise.id, teams: [user.team.id], is_admin: admin },
    }),
  };
}

export function groupObject({ id, team, handle, users, disabled }: Group): Row {
  return {
    ...{ id, team_id: team.id, is_usergroup: true, name: handle, description: '', handle, is_external: false },
    ...{ date_delete: disabled ? 1 : 0, auto_type: null, user_count: users.length },
  };
}

/** A view as methods answer it and payloads bring it. */
export function viewObject(world: World, modal: StoredModal, values: Row = {}): Row {
  const { id, type, json, hash, team, previous, root } = modal;
  const install = team.install;
  return {
    ...{ id, team_id: team.id, type, blocks: json.blocks, private_metadata: json.private_metadata ?? '' },
    ...{ callback_id: json.callback_id ?? '', state: { values }, hash, title: json.title ?? null },
    ...{ clear_on_close: json.clear_on_close ?? false, notify_on_close: json.notify_on_close ?? false },
    ...{ close: json.close ?? null, submit: json.submit ?? null, previous_view_id: previous?.id ?? null },
    ...{ root_view_id: root, app_id: world.app.appId, external_id: json.external_id ?? '' },
    ...{ app_installed_team_id: install?.enterprise && !install.team ? install.enterprise.id : team.id },
    bot_id: install?.botId ?? '',
  };
}
