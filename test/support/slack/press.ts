import { Impossible } from '../controller.ts';
import type { GivenPress } from './api.ts';
import { type Block, type Element, findElement } from './blocks.ts';
import { channelName, seenMessage, teamOfApp } from './deeds.ts';
import { deedOf, interactionBase } from './event.ts';
import { installOf } from './install.ts';
import { messageObject, viewObject } from './objects.ts';
import { responseUrl } from './respond.ts';
import { by, userBy } from './scenery.ts';
import { initialOf, stateOf, stateValues } from './state.ts';
import { triggerFor } from './triggers.ts';
import type { Row, StoredModal, User, World } from './world.ts';

function located(blocks: readonly Block[], action: string, value?: string): { block: Block; element: Element } {
  const found = findElement(blocks, action, value);
  if (!found) throw new Impossible(`there is nothing to press with the action_id ${action}`);
  const { block, element } = found;
  if (block.type === 'input' && !block.dispatch_action) throw new Impossible(`${action} is an input`);
  if (element.type === 'button' && value !== undefined && element.value !== value)
    throw new Impossible(`no button ${action} has the value ${value}`);
  return found;
}

function actionOf(world: World, user: User, { block, element }: { block: Block; element: Element }, value?: string) {
  const { action_id, type, text, style } = element;
  const shape = { action_id, block_id: block.block_id, type, action_ts: world.ids.ts() };
  if (type !== 'button') return { ...shape, ...stateOf(world, user, element, value ?? null) };
  return {
    ...shape,
    text,
    ...(element.value !== undefined && { value: element.value }),
    ...(style !== undefined && { style }),
  };
}

export function press(world: World, given: GivenPress): string {
  const user = userBy(world, given.user);
  const message = seenMessage(world, user, given);
  const { channel, execution } = message;
  const team = user.team.install ? teamOfApp(user, channel) : channel.team;
  if (message.botId !== installOf(team).botId) throw new Impossible('that message is not of the app');
  const found = located(message.blocks, given.action, given.value);
  const ephemeral = message.ephemeralTo !== null;
  const deed = deedOf(world, { kind: 'press', team, user, channel, payload: {} });
  const values = stateValues(world, user, message.blocks, (element) =>
    element === found.element ? (given.value ?? null) : initialOf(element, null),
  );
  deed.payload = {
    ...{ type: 'block_actions', ...interactionBase(world, team, user), trigger_id: triggerFor(world, deed) },
    container: {
      ...{ type: 'message', message_ts: message.ts, channel_id: channel.id, is_ephemeral: ephemeral },
      ...(message.threadTs !== null && { thread_ts: message.threadTs }),
    },
    channel: { id: channel.id, name: channelName(channel) },
    ...(!ephemeral && { message: messageObject(world, message) }),
    ...{ state: { values }, response_url: responseUrl(world, { deed, channel, user, original: message }) },
    ...(execution && {
      function_data: {
        execution_id: execution.id,
        function: { callback_id: execution.callback },
        inputs: execution.inputs,
      },
      bot_access_token: execution.token,
    }),
    actions: [actionOf(world, user, found, given.value)],
  };
  world.dispatch(deed);
  return deed.id;
}

function pressIn(world: World, modal: StoredModal, given: { action: string; value?: string }): string {
  const { user, team, json, channel } = modal;
  const found = located(json.blocks, given.action, given.value);
  const deed = deedOf(world, { kind: 'press', team, user, channel, payload: {} });
  const values = stateValues(world, user, json.blocks, (element) =>
    element === found.element ? (given.value ?? null) : initialOf(element, modal),
  );
  const payload: Row = {
    ...{ type: 'block_actions', ...interactionBase(world, team, user) },
    trigger_id: triggerFor(world, deed, modal.type === 'modal' ? modal : null),
    ...{ container: { type: 'view', view_id: modal.id }, view: viewObject(world, modal, values) },
    actions: [actionOf(world, user, found, given.value)],
  };
  deed.payload = payload;
  world.dispatch(deed);
  return deed.id;
}

export function pressView(world: World, given: { user: string; view: string; action: string; value?: string }): string {
  const modal = by<StoredModal>(world.views, given.view, 'view');
  if (modal.user.id !== given.user) throw new Impossible(`view ${given.view} is another member's`);
  if (modal.state === 'closed') throw new Impossible(`view ${given.view} is closed`);
  return pressIn(world, modal, given);
}

export function pressHome(world: World, given: { user: string; action: string; value?: string }): string {
  const user = userBy(world, given.user);
  const home = world.homes.get(`${user.team.id} ${user.id}`);
  if (!home) throw new Impossible(`nothing is published to the home of ${user.name}`);
  return pressIn(world, home, given);
}
