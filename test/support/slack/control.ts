import { controllerOf, Impossible } from '../controller.ts';
import type { Verbs } from './api.ts';
import * as deeds from './deeds.ts';
import type { Faults } from './faults.ts';
import { installOf } from './install.ts';
import { modalsOf } from './modals.ts';
import { press, pressHome, pressView } from './press.ts';
import { Refused } from './refusals.ts';
import * as scenery from './scenery.ts';
import type { createSockets } from './sockets.ts';
import { step } from './steps.ts';
import { closeView, submit } from './submit.ts';
import { endInstallation } from './uninstall.ts';
import { viewDeed, viewExecution, viewFile, viewMessage, viewView } from './view.ts';
import { mention, say } from './words.ts';
import type { World } from './world.ts';

type Control = { [Verb in keyof Verbs]: (given: Parameters<Verbs[Verb]>[0]) => Awaited<ReturnType<Verbs[Verb]>> };

interface Parts {
  world: World;
  faults: Faults;
  sockets: ReturnType<typeof createSockets>;
}

const { by, userBy, channelBy, teamBy } = scenery;
const all = <Row>(rows: Map<string, Row>): Row[] => [...rows.values()];

/** What a test reads. */
function createReads({ world, sockets }: Parts) {
  return {
    deed: (id) => viewDeed(world, by(world.deeds, id, 'deed')),
    deeds: () => all(world.deeds).map((one) => viewDeed(world, one)),
    view: (id) => viewView(world, by(world.views, id, 'view')),
    viewOf(user) {
      const modal = modalsOf(world, userBy(world, user)).at(-1);
      return modal ? viewView(world, modal) : null;
    },
    home(id) {
      const user = userBy(world, id);
      const modal = world.homes.get(`${user.team.id} ${user.id}`);
      return modal ? viewView(world, modal) : null;
    },
    messages: (channel) =>
      channelBy(world, channel)
        .messages.filter(({ deleted }) => !deleted)
        .map(viewMessage),
    message({ channel, ts }) {
      const inside = [...channelBy(world, channel).messages, ...world.ephemerals];
      const message = inside.find((one) => one.ts === ts && one.channel.id === channel);
      if (!message) throw new Impossible(`there is no message ${ts} in ${channel}`);
      return viewMessage(message);
    },
    ephemerals: (given) =>
      world.ephemerals
        .filter(({ deleted, ephemeralTo, channel }) => {
          const { user = ephemeralTo, channel: place = channel.id } = given ?? {};
          return !deleted && user === ephemeralTo && place === channel.id;
        })
        .map(viewMessage),
    dm(id) {
      const user = userBy(world, id);
      return scenery.dmFor(world, user, user.team.install?.botUserId ?? '')?.id ?? null;
    },
    files: () => all(world.files).map((one) => viewFile(world, one)),
    file: (id) => viewFile(world, by(world.files, id, 'file')),
    executions: () => all(world.executions).map(viewExecution),
    execution: (id) => viewExecution(by(world.executions, id, 'execution')),
    requests: () => world.requests,
    sessions: () => sockets.sessions(),
    stats: () => ({
      requests: world.requests.length,
      ratelimited: world.requests.filter(({ status }) => status === 429).length,
      deeds: world.deeds.size,
      deliveries: all(world.deeds).reduce((sum, { sent }) => sum + sent.length, 0),
      ...sockets.stats(),
      uploaded: world.uploaded,
    }),
  } satisfies Partial<Control>;
}

/** The verbs themselves. */
function createControl(parts: Parts): Control {
  const { world, faults, sockets } = parts;
  const end = (team: string | undefined, state: 'revoked' | 'uninstalled') =>
    endInstallation(world, installOf(teamBy(world, team)), state).map(({ id }) => id);
  return {
    ...createReads(parts),
    makeTeam: (given) => scenery.makeTeam(world, given),
    makeUser: (given) => scenery.makeUser(world, given),
    changeUser: (given) => scenery.changeUser(world, given),
    makeChannel: (given) => scenery.makeChannel(world, given),
    makeGroupDm: (given) => scenery.makeGroupDm(world, given),
    changeChannel: (given) => scenery.changeChannel(world, given),
    makeGroup: (given) => scenery.makeGroup(world, given),
    changeGroup: (given) => scenery.changeGroup(world, given),
    changeScopes({ team, scopes }) {
      installOf(teamBy(world, team)).scopes = scopes;
    },
    deleteMessage: (given) => deeds.deleteMessage(world, given),

    slash: (given) => deeds.slash(world, given),
    messageShortcut: (given) => deeds.messageShortcut(world, given),
    globalShortcut: (given) => deeds.globalShortcut(world, given),
    openHome: (given) => deeds.openHome(world, given),
    press: (given) => press(world, given),
    pressHome: (given) => pressHome(world, given),
    pressView: (given) => pressView(world, given),
    submit: (given) => submit(world, given),
    closeView: (given) => closeView(world, given),
    mention: (given) => mention(world, given),
    say: (given) => say(world, given),
    step: (given) => step(world, given),
    repeat: (given) => deeds.repeat(world, given),
    uninstall: (given) => end(given?.team, 'uninstalled'),
    revoke: (given) => end(given?.team, 'revoked'),
    openDm(id) {
      const user = userBy(world, id);
      return scenery.dmOf(world, user, installOf(user.team).botUserId).id;
    },

    dropSockets: (given) => sockets.drop(given?.reason ?? 'refresh_requested'),
    configure: (options) => void Object.assign(world.settings, options),
    advance: (ms) => world.clock.advance(ms),
    fail: (fault) => faults.add(fault),
    faultsLeft: () => faults.left(),
    forgetFaults: () => faults.forget(),
  };
}

/** Does what `POST /control/<verb>` asks for. */
export const createController = (parts: Parts) =>
  controllerOf(createControl(parts), (error) =>
    error instanceof Refused ? `Slack would refuse it: ${error.code}` : undefined,
  );
