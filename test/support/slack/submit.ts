import { Impossible } from '../controller.ts';
import type { GivenSubmit } from './api.ts';
import type { View } from './blocks.ts';
import { checkView } from './check-view.ts';
import { deedOf, interactionBase } from './event.ts';
import { fieldsOf } from './fields.ts';
import { closeAll, createModal, modalsOf, putView } from './modals.ts';
import { viewObject } from './objects.ts';
import { responseUrl } from './respond.ts';
import { by } from './scenery.ts';
import { stateValues } from './state.ts';
import { triggerFor } from './triggers.ts';
import type { Deed, Row, StoredModal, World } from './world.ts';

function openModal(world: World, given: { user: string; view: string }): StoredModal {
  const modal = by<StoredModal>(world.views, given.view, 'view');
  if (modal.user.id !== given.user) throw new Impossible(`view ${given.view} is another member's`);
  if (modal.type !== 'modal') throw new Impossible(`view ${given.view} is no modal`);
  if (modal.state === 'closed') throw new Impossible(`view ${given.view} is closed`);
  if (modalsOf(world, modal.user).at(-1) !== modal) throw new Impossible(`view ${given.view} is under another one`);
  return modal;
}

/** What the ack of a submission does to the views; gives what the member sees where it is none. */
function applyAck(world: World, modal: StoredModal, deed: Deed, body: unknown): string | null {
  const empty = body === null || body === undefined || body === '';
  const row = (typeof body === 'object' && body !== null ? body : {}) as Row;
  if (empty || (typeof body === 'object' && Object.keys(row).length === 0)) {
    modal.state = 'closed';
    return null;
  }
  const view = row.view as View;
  switch (row.response_action) {
    case 'clear':
      closeAll(world, modal.user);
      return null;
    case 'errors': {
      const errors = (row.errors ?? {}) as Record<string, string>;
      const inputs = modal.json.blocks.filter(({ type }) => type === 'input').map(({ block_id }) => block_id);
      const keys = Object.keys(errors);
      if (keys.length === 0 || keys.some((key) => !inputs.includes(key))) return 'invalid_response';
      modal.state = 'errors';
      modal.errors = errors;
      return null;
    }
    case 'update':
      if (checkView(view, 'modal').length > 0) return 'invalid_response';
      putView(world, modal, view);
      return null;
    case 'push': {
      if (checkView(view, 'modal').length > 0 || modalsOf(world, modal.user).length >= 3) return 'invalid_response';
      const { team, user, channel } = modal;
      deed.views.push(createModal(world, { team, user, json: view, previous: modal, channel }).id);
      return null;
    }
    default:
      return 'invalid_response';
  }
}

/** The response_urls of the conversations that were chosen where the app asked for them. */
function responseUrls(world: World, deed: Deed, modal: StoredModal, values: Record<string, Row>): Row[] {
  return modal.json.blocks.flatMap(({ block_id = '', element }) => {
    if (!element?.response_url_enabled) return [];
    const action_id = element.action_id ?? '';
    const state = values[block_id]?.[action_id] as Row | undefined;
    const channel = world.channels.get(String(state?.selected_conversation ?? state?.selected_channel));
    if (!channel) return [];
    const response_url = responseUrl(world, { deed, channel, user: modal.user });
    return [{ block_id, action_id, channel_id: channel.id, response_url }];
  });
}

export function submit(world: World, given: GivenSubmit): string {
  const modal = openModal(world, given);
  const { team, user, json, channel } = modal;
  if (!json.submit) throw new Impossible(`view ${given.view} has nothing to submit`);
  const values = stateValues(world, user, json.blocks, fieldsOf(world, modal, given));
  const deed = deedOf(world, { kind: 'submit', team, user, channel, payload: {} });
  deed.payload = {
    ...{ type: 'view_submission', ...interactionBase(world, team, user) },
    ...{ trigger_id: triggerFor(world, deed, modal), view: viewObject(world, modal, values) },
    response_urls: responseUrls(world, deed, modal, values),
  };
  deed.onAck = (body) => (modal.state === 'closed' ? null : applyAck(world, modal, deed, body));
  world.dispatch(deed);
  return deed.id;
}

export function closeView(world: World, given: { user: string; view: string }): string | null {
  const modal = openModal(world, given);
  const { team, user, json } = modal;
  const cleared = json.clear_on_close === true;
  const shown = viewObject(world, modal);
  if (cleared) closeAll(world, user);
  else modal.state = 'closed';
  if (!json.notify_on_close) return null;
  const payload = { type: 'view_closed', ...interactionBase(world, team, user), view: shown, is_cleared: cleared };
  const deed = deedOf(world, { kind: 'close', team, user, channel: modal.channel, payload });
  world.dispatch(deed);
  return deed.id;
}
