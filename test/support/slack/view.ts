import type { StoredDeed, StoredExecution, StoredFile, StoredMessage, StoredView } from './api.ts';
import { fileObject, viewObject } from './objects.ts';
import type { Deed, Execution, File, Message, StoredModal, World } from './world.ts';

/** What a test reads of a message. */
export function viewMessage(message: Message): StoredMessage {
  const { ts, channel, threadTs, user, botId, text, blocks, metadata, pinged, edits, deleted, ephemeralTo } = message;
  return {
    ...{ ts, channel: channel.id, threadTs, user, botId, text, blocks, metadata },
    files: message.files.map(({ id, name, size, title, sha256, mimetype }) => {
      return { id, name, size, title, sha256, mimetype };
    }),
    pinged: { users: [...pinged.users], groups: [...pinged.groups], everyone: pinged.everyone },
    ...{ edits, deleted, ephemeralTo, deed: message.deed?.id ?? null },
  };
}

const msOf = ({ ts }: Message) => Math.floor(Number(ts.replace('.', '')) / 1000);

export function viewDeed(world: World, deed: Deed): StoredDeed {
  const { id, kind, team, user, at, payload, sent, ack, shown, answers, views } = deed;
  const theirs = [...world.deeds.values()].filter((one) => user !== null && one.user === user);
  const next = theirs[theirs.indexOf(deed) + 1]?.at ?? Number.POSITIVE_INFINITY;
  const ephemerals = world.ephemerals.filter(
    (one) => one.deed === null && one.ephemeralTo === user?.id && msOf(one) >= at && msOf(one) < next,
  );
  const timedOut = ack === null && sent.length > 0 && world.clock.now() - deed.sentAt > world.settings.ackMs;
  return {
    ...{ id, kind, team: team.id, user: user?.id ?? null, at, payload, sent, ack, timedOut },
    shown: shown ?? (timedOut && payload.type !== 'event_callback' ? 'operation_timeout' : null),
    answers: answers.map(viewMessage),
    ...{ viewsOpened: views, ephemerals: ephemerals.map(viewMessage) },
  };
}

export function viewView(world: World, modal: StoredModal): StoredView {
  const { id, type, team, user, state, errors, previous } = modal;
  const shape = { id, type, team: team.id, user: user.id, state, errors, previous: previous?.id ?? null };
  return { ...shape, view: viewObject(world, modal) };
}

export function viewFile(world: World, file: File): StoredFile {
  const { id, team, user, name, title, mimetype, size, sha256, state } = file;
  return {
    ...{ id, team: team.id, user, name, title, mimetype, size, sha256, state },
    shares: file.shares
      .filter(({ message }) => !message.deleted)
      .map(({ channel, message }) => ({ channel: channel.id, ts: message.ts, threadTs: message.threadTs })),
    urlPrivate: String(fileObject(world, file).url_private),
  };
}

export function viewExecution(execution: Execution): StoredExecution {
  const { id, team, callback, inputs, token, status, outputs, error, completedCalls, deed } = execution;
  const shape = { id, team: team.id, callback, inputs, token, status, outputs, error, completedCalls };
  return { ...shape, deed: deed?.id ?? '' };
}
