import { findCommand, isIdKind } from '../../src/domain/command.ts';
import { type Given, sentDeed } from '../shared/fields.ts';
import type { Way } from './answer.ts';
import { type Around, callOf, type Deed, originOf } from './deed.ts';
import { channelBlock, readCarried } from './form.ts';
import { readViewId } from './ids.ts';
import { type SubmitPayload, teamOf } from './payload.ts';
import { idIn } from './text.ts';

export function readSubmit(payload: SubmitPayload, tools: Around): Deed {
  const { view, user } = payload;
  const team = teamOf(payload);
  const path = readViewId(view.callback_id);
  const leaf = path === undefined ? undefined : findCommand(tools.commands, path);
  const carried = readCarried(view.private_metadata);
  const to: Way = { team, user: user?.id ?? '' };
  if (path === undefined || !leaf || !carried) return { is: 'refused', said: { word: 'form.old' }, way: to };
  const entered = Object.entries(view.state.values).map(
    ([block, fields]) => [block, Object.values(fields)[0] ?? { type: '' }] as const,
  );
  const chosen = entered.find(([block]) => block === channelBlock)?.[1].selected_conversation ?? undefined;
  const answers = payload.response_urls?.[0]?.response_url;
  const kept = Object.entries(carried.files ?? {}).map(
    ([name, file]) => [name, tools.file(team, file, { channel: carried.channel ?? chosen, user: to.user })] as const,
  );
  const given: Given = { values: { ...carried.values }, files: Object.fromEntries(kept) };
  for (const [name, { value, selected_option, selected_user, selected_conversation, files }] of entered) {
    const [file] = files ?? [];
    if (name === channelBlock) continue;
    const chosen = selected_option?.value ?? selected_user ?? selected_conversation;
    const kind = leaf.fields[name]?.kind;
    if (file) given.files[name] = tools.file(team, file);
    else if (chosen !== undefined && chosen !== null) given.values[name] = chosen;
    else if (typeof value === 'string' && value.trim() !== '')
      given.values[name] = isIdKind(kind) ? idIn(kind, value) : value;
  }
  const way: Way = {
    ...to,
    channel: carried.channel ?? chosen,
    thread: carried.thread,
    respond: carried.respond ?? answers,
  };
  const origin = originOf(way, carried.message === undefined ? {} : { message: carried.message });
  const call = callOf(origin, path, given, sentDeed(view.id, given), user?.name ?? user?.username ?? to.user);
  const blocks = view.blocks.filter(({ type }) => type === 'input').map(({ block_id }) => block_id);
  return { is: 'submitted', leaf, call, way, blocks, chosen: carried.channel === undefined && chosen !== undefined };
}
