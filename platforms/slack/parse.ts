import { type Given, isAskedFor } from '../shared/fields.ts';
import type { Way } from './answer.ts';
import { type Around, callOf, type Deed, main, originOf, silent, typedIn } from './deed.ts';
import { readMention } from './mention.ts';
import { type EventPayload, type Payload, type SlashPayload, teamOf } from './payload.ts';
import { readButton } from './press.ts';
import { readStep } from './readStep.ts';
import { readShortcut } from './shortcut.ts';
import { readSubmit } from './submit.ts';
import { readable } from './text.ts';

function readSlash(payload: SlashPayload, { commands, short, names }: Around): Deed {
  const { text = '', user_id: user, user_name: name = user, channel_id: channel, trigger_id: trigger } = payload;
  const way: Way = { team: teamOf(payload), user, channel, respond: payload.response_url, typed: true };
  const { path: filmed = '' } = main(commands) ?? {};
  const own = text.trim().toLowerCase() === 'help' ? `help ${filmed}` : `${filmed} ${text}`;
  const words = payload.command === short ? own : text.trim() || 'help';
  const typed = typedIn(words, commands, names);
  if (!typed) {
    const got = readable(words.split(/\s/)[0] ?? '', names).slice(0, 40);
    return { is: 'refused', said: { word: 'command.unknown', with: { got } }, way };
  }
  const { path, leaf, values } = typed;
  const given: Given = { values, files: {} };
  const origin = originOf(way);
  if (!isAskedFor(leaf, given)) return { is: 'call', call: callOf(origin, path, given, trigger, name), way };
  const carried = { channel, respond: payload.response_url };
  const form = { path, leaf };
  return { is: 'form', form, given, carried, asksWhere: false, lost: false, origin, way: { ...way, trigger } };
}

function readEvent(payload: EventPayload, tools: Around): Deed {
  const { event, team_id, enterprise_id } = payload;
  const team = teamOf(payload);
  const gone: Deed = { is: 'gone', team: team_id, enterprise: enterprise_id ?? undefined };
  switch (event.type) {
    case 'app_mention':
    case 'message':
      return readMention(event, team, tools);
    case 'function_executed':
      return readStep(event, team, tools);
    case 'app_home_opened':
      return event.tab === 'home' ? { is: 'home', team, user: event.user } : silent;
    case 'tokens_revoked':
      return (event.tokens?.bot ?? []).length > 0 ? gone : silent;
    case 'app_uninstalled':
      return gone;
    default:
      return silent;
  }
}

/** What a payload asks for. Reads it and nothing else, for the first answer has three seconds. */
export function readPayload(payload: Payload, tools: Around): Deed {
  if ('command' in payload) return readSlash(payload, tools);
  switch (payload.type) {
    case 'event_callback':
      return readEvent(payload, tools);
    case 'block_actions':
      return readButton(payload, tools);
    case 'view_submission':
      return readSubmit(payload, tools);
    case 'shortcut':
    case 'message_action':
      return readShortcut(payload, tools);
    default:
      return silent;
  }
}
