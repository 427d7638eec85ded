import { findCommand } from '../../src/domain/command.ts';
import { fieldOf, type Given, isAskedFor } from '../shared/fields.ts';
import { readPress } from '../shared/press.ts';
import type { Way } from './answer.ts';
import { type Around, callOf, carriedFile, type Deed, originOf, pictureOf } from './deed.ts';
import { readShortcut as readShortcutId } from './manifest.ts';
import { type ShortcutPayload, type SlackMessage, teamOf } from './payload.ts';
import { readable } from './text.ts';

const isOwn = (message: SlackMessage, { me, commands }: Around): boolean =>
  (message.user !== undefined && message.user === me) ||
  (message.blocks ?? []).some(({ elements = [] }) =>
    elements.some(({ action_id }) => action_id !== undefined && readPress(action_id, commands) !== undefined),
  );

/** A message's words become the first text field, its first picture the first image field; the film goes to its thread. */
function readMessage(payload: ShortcutPayload, tools: Around): Deed {
  const { callback_id, channel, message, user, trigger_id: trigger, response_url: respond } = payload;
  const { path = '' } = readShortcutId(callback_id) ?? {};
  const leaf = findCommand(tools.commands, path);
  const team = teamOf(payload);
  const thread = message?.thread_ts ?? message?.ts;
  const way: Way = { team, user: user?.id ?? '', channel: channel?.id, thread: message?.thread_ts, respond };
  if (!leaf || !message || !channel) return { is: 'refused', said: { word: 'button.old' }, way };
  if (isOwn(message, tools)) return { is: 'refused', said: { word: 'message.own' }, way };
  // A forwarded message has no words of its own.
  const [forwarded] = message.attachments ?? [];
  const words = readable(message.text || forwarded?.text || '', tools.names);
  const files = [...(message.files ?? []), ...(forwarded?.files ?? [])];
  const text = fieldOf(leaf, 'text');
  const given = {
    values: words !== '' && text !== undefined ? { [text]: words } : {},
    files: pictureOf(files, leaf, team, tools),
  };
  if (words === '' && Object.keys(given.files).length === 0)
    return { is: 'refused', said: { word: 'message.empty' }, way };
  const origin = originOf({ ...way, thread }, { message: message.ts });
  if (!isAskedFor(leaf, given)) {
    return { is: 'call', call: callOf(origin, path, given, trigger, user?.name ?? way.user), way };
  }
  const carried = { channel: channel.id, thread, message: message.ts, respond, ...carriedFile(files, leaf) };
  return {
    is: 'form',
    form: { path, leaf },
    given,
    carried,
    asksWhere: false,
    lost: false,
    origin,
    way: { ...way, trigger },
  };
}

export function readShortcut(payload: ShortcutPayload, tools: Around): Deed {
  if (payload.type === 'message_action') return readMessage(payload, tools);
  const { path = '' } = readShortcutId(payload.callback_id) ?? {};
  const leaf = findCommand(tools.commands, path);
  const way: Way = { team: teamOf(payload), user: payload.user?.id ?? '', trigger: payload.trigger_id };
  if (!leaf) return { is: 'refused', said: { word: 'button.old' }, way };
  const given: Given = { values: {}, files: {} };
  return {
    is: 'form',
    form: { path, leaf },
    given,
    carried: {},
    asksWhere: true,
    lost: false,
    origin: originOf(way),
    way,
  };
}
