import { controllerOf, Impossible } from '../controller.ts';
import type { Verbs } from './api.ts';
import * as deeds from './deeds.ts';
import type { Faults } from './faults.ts';
import type { createGateway } from './gateway.ts';
import { Refused } from './refusals.ts';
import type { createRest } from './rest.ts';
import { dmOf } from './routes-channels.ts';
import * as scenery from './scenery.ts';
import { submit } from './submit.ts';
import { viewChannel, viewInteraction, viewMessage } from './view.ts';
import type { World } from './world.ts';
import { remove } from './write.ts';

type Control = { [Verb in keyof Verbs]: (given: Parameters<Verbs[Verb]>[0]) => Awaited<ReturnType<Verbs[Verb]>> };

interface Parts {
  world: World;
  faults: Faults;
  gateway: ReturnType<typeof createGateway>;
  rest: ReturnType<typeof createRest>;
}

const all = <Row>(rows: Map<string, Row>): Row[] => [...rows.values()];

/** The verbs themselves. */
function createControl({ world, faults, gateway, rest }: Parts): Control {
  const userBy = (id: string) => {
    const user = world.users.get(id);
    if (!user) throw new Impossible(`there is no user ${id}`);
    return user;
  };
  return {
    makeGuild: (given) => scenery.makeGuild(world, given),
    makeRole: (given) => scenery.makeRole(world, given),
    makeMember: (given) => scenery.makeMember(world, given),
    makeChannel: (given) => scenery.makeChannel(world, given),
    openDm: (user) => dmOf(world, userBy(user)).id,
    changeGuild: (given) => scenery.changeGuild(world, given),
    changeChannel: (given) => scenery.changeChannel(world, given),
    deleteChannel: (channel) => scenery.deleteChannel(world, channel),
    deleteMessage: (message) => remove(deeds.messageBy(world, message)),
    leave: (given) => scenery.leave(world, given),

    slash: (given) => deeds.slash(world, given),
    messageCommand: (given) => deeds.messageCommand(world, given),
    press: (given) => deeds.press(world, given),
    submit: (given) => submit(world, given),
    autocomplete: (given) => deeds.autocomplete(world, given),
    repeat: (interaction) => deeds.repeat(world, interaction),
    say: (given) => deeds.say(world, given),

    dropGateway: (given) => gateway.drop(given),
    invalidateSession: (given) => gateway.invalidate(given),
    reconnect: () => gateway.reconnect(),

    fail: (fault) => faults.add(fault),
    faultsLeft: () => faults.left(),
    forgetFaults: () => faults.forget(),
    advance: (ms) => world.clock.advance(ms),
    configure: (options) => void Object.assign(world.settings, options),

    interaction: (id) => viewInteraction(world, deeds.interactionBy(world, id)),
    interactions: () => all(world.interactions).map((one) => viewInteraction(world, one)),
    messages: (channel) =>
      (world.channels.get(channel)?.messages ?? [])
        .filter(({ ephemeral, loading }) => !ephemeral && !loading)
        .map((one) => viewMessage(world, one)),
    message: (id) => {
      const message = world.messages.get(id);
      if (!message) throw new Impossible(`there is no message ${id}`);
      return viewMessage(world, message);
    },
    channel: (id) => {
      const channel = world.channels.get(id);
      return channel ? viewChannel(channel) : null;
    },
    commands: (guild) => world.commands.get(guild ?? '') ?? [],
    requests: () => rest.requests,
    sessions: () => gateway.sessions(),
    stats: () => ({ ...rest.stats, ...gateway.stats, connected: gateway.connected() }),
  };
}

/** Does what `POST /control/<verb>` asks for. */
export const createController = (parts: Parts) =>
  controllerOf(createControl(parts), (error) =>
    error instanceof Refused ? `Discord would refuse it: ${JSON.stringify(error.answer.body)}` : undefined,
  );
