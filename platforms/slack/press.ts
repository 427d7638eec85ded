import { findCommand } from '../../src/domain/command.ts';
import { fieldOf, type Given, needsForm } from '../shared/fields.ts';
import { readPress } from '../shared/press.ts';
import type { Way } from './answer.ts';
import { type Around, callOf, carriedFile, type Deed, type Form, originOf, pictureOf, silent } from './deed.ts';
import { joinId, linkId, readFormId, refreshId } from './ids.ts';
import { readCarries } from './mention.ts';
import { type PressPayload, teamOf } from './payload.ts';

/** Where a press was made: a message and its thread, or the page of the bot itself. */
function pressedAt(payload: PressPayload): Way {
  const { container, channel, message, user, response_url: respond, trigger_id: trigger } = payload;
  const team = teamOf(payload);
  const base = { team, user: user?.id ?? '' };
  if (container.type === 'view' || payload.view !== undefined) return { ...base, trigger };
  const ts = container.message_ts ?? message?.ts;
  const root = container.thread_ts ?? message?.thread_ts;
  // The first message of a thread stands in the channel.
  const thread = root === ts ? undefined : root;
  return { ...base, channel: container.channel_id ?? channel?.id, thread, respond };
}

function openedBy(path: string, payload: PressPayload, way: Way, tools: Around): Deed {
  const leaf = findCommand(tools.commands, path);
  if (!leaf) return { is: 'refused', said: { word: 'button.old' }, way };
  const carries = readCarries(payload.actions[0]?.value);
  if (!carries) return { is: 'refused', said: { word: 'button.old' }, way };
  const { text, file, message, thread = way.thread, lost = false } = carries;
  const field = fieldOf(leaf, 'text');
  const files = file && [{ ...file, mimetype: 'image/', file_access: 'check_file_info' }];
  const given: Given = {
    values: text !== undefined && field !== undefined ? { [field]: text } : {},
    files: pictureOf(files, leaf, way.team, tools),
  };
  const asksWhere = way.channel === undefined;
  const carried = asksWhere
    ? {}
    : { channel: way.channel, thread, message, respond: way.respond, ...carriedFile(files, leaf) };
  const there = { ...way, trigger: payload.trigger_id };
  return { is: 'form', form: { path, leaf }, given, carried, asksWhere, lost, origin: originOf(way), way: there };
}

/** The form of a pressed command, which what the button carries goes along with unseen. */
function askedFor(form: Form, values: Record<string, string>, payload: PressPayload, way: Way): Deed {
  const { channel, thread, respond } = way;
  const asksWhere = channel === undefined;
  const there = asksWhere ? {} : { channel, thread, message: payload.message?.ts, respond };
  return {
    ...{ is: 'form', form, given: { values: {}, files: {} }, carried: { ...there, values }, asksWhere, lost: false },
    ...{ origin: originOf(way), way: { ...way, trigger: payload.trigger_id } },
  };
}

export function readButton(payload: PressPayload, tools: Around): Deed {
  const way = pressedAt(payload);
  const { action_id: id = '' } = payload.actions[0] ?? {};
  if (id === linkId) return silent;
  if (id === refreshId) return { is: 'home', team: way.team, user: way.user };
  if (id === joinId) return { is: 'join', channel: way.channel ?? '', way };
  const path = readFormId(id);
  if (path !== undefined) return openedBy(path, payload, way, tools);
  const pressed = readPress(id, tools.commands);
  if (!pressed) return { is: 'refused', said: { word: 'button.old' }, way };
  const { command, values } = pressed;
  const leaf = findCommand(tools.commands, command);
  if (leaf && needsForm(leaf, values)) return askedFor({ path: command, leaf }, values, payload, way);
  // The price tag gives way to what was chosen; everything else that is pressed stays.
  const replace = 'quote' in values && payload.container.is_ephemeral === true;
  const origin = originOf(way, payload.message ? { message: payload.message.ts } : {});
  const name = payload.user?.name ?? payload.user?.username ?? way.user;
  return {
    is: 'call',
    call: callOf(origin, command, { values, files: {} }, payload.trigger_id, name),
    way: { ...way, replace },
  };
}
