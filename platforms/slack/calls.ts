import { setTimeout as wait } from 'node:timers/promises';
import { type Call, type Command, findCommand, type Reply } from '../../src/domain/command.ts';
import { type Refusal, UserError } from '../../src/domain/errors.ts';
import { isNobodys } from '../../src/domain/origin.ts';
import type { Said } from '../../src/domain/words.ts';
import type { Log } from '../../src/ports.ts';
import { wroteIn } from '../shared/fields.ts';
import type { Answers, Way } from './answer.ts';
import type { SendFiles } from './attach.ts';
import type { Message } from './blocks.ts';
import type { Channels } from './channels.ts';
import { channelBlock } from './form.ts';
import { joinId } from './ids.ts';
import { type Payload, teamOf, textOf } from './payload.ts';
import { renderRefusal, renderReply, type Spoken, threadsHint } from './render.ts';
import type { SlackRights } from './rights.ts';
import { idsIn, type Names } from './text.ts';
import { say } from './words.ts';

export interface CallTools {
  commands: readonly Command[];
  answers: Answers;
  sendFiles: SendFiles;
  channels: Channels;
  rights: Pick<SlackRights, 'name'>;
  spoken: Spoken;
  log: Log;
}

/** Who takes calls. */
export type Handle = (call: Call) => Promise<Reply>;

/** What came of a call; `bug`: what nobody foresaw, and what is to be logged. */
export type Outcome = { reply: Reply } | { said: Said; field: string | undefined; refusal: Refusal; bug?: unknown };

const stopped = new UserError('unavailable', { word: 'service.stopping' });

/** Milliseconds for the names of those whom a message mentions. */
const namesWithin = 900;
/** How many of them are asked for: the rest is somebody. */
const namesMost = 20;

/** Calls as they are made, and what whoever made them is told. `handle` is who takes them now; nobody while the bot starts or stops. */
export function createCalls(tools: CallTools, handle: () => Handle | undefined) {
  const { answers, sendFiles, channels, rights, spoken, log } = tools;

  async function nameOf(team: string, user: string): Promise<string | undefined> {
    return rights.name(team, user).catch((err: unknown) => {
      log.debug({ space: team, err }, 'a name could not be read');
      return undefined;
    });
  }

  /** Names of those whom a payload mentions by ids alone, and of who wrote it; those that are known in time. */
  async function namesIn(payload: Payload): Promise<Names> {
    const team = teamOf(payload);
    const author = 'event' in payload && 'user' in payload.event ? [payload.event.user] : [];
    const mentioned = [...new Set([...author, ...idsIn(textOf(payload))])];
    const ids = mentioned.flatMap((id) => (id === undefined ? [] : [id])).slice(0, namesMost);
    const names: Record<string, string> = {};
    const asked = ids.map(async (id) => {
      const name = await nameOf(team, id);
      if (name !== undefined) names[id] = name;
    });
    await Promise.race([Promise.all(asked), wait(namesWithin, undefined, { ref: false })]);
    return { ...names };
  }

  /** The call as it is made: where it was, as its channel tells, and by whom. `chosen`: its channel was picked from a list. */
  async function made(call: Call, chosen = false): Promise<Outcome> {
    try {
      const { origin, who } = call;
      if (chosen && !(await channels.isSeenBy(origin.space, origin.channel, origin.user)))
        throw new UserError('forbidden', { word: 'channel.outside' }, { field: channelBlock });
      const isMember = who.id === origin.user && !isNobodys(origin);
      const [placed, name] = await Promise.all([
        channels.placed(origin),
        isMember ? nameOf(origin.space, who.id) : undefined,
      ]);
      const take = handle();
      if (!take) throw stopped;
      return { reply: await take({ ...call, origin: placed, who: { ...who, name: name ?? who.name } }) };
    } catch (error) {
      if (error instanceof UserError) return { said: error.said, field: error.field, refusal: error.refusal };
      return { said: { word: 'service.unshown' }, field: undefined, refusal: 'conflict', bug: error };
    }
  }

  const wroteBy = (call: Call): string | undefined => {
    const leaf = findCommand(tools.commands, call.command);
    return leaf?.surfaces.includes('form') ? wroteIn(leaf, call.values) : undefined;
  };

  const refusal = (said: Said, wrote: string | undefined): Message =>
    renderRefusal(
      said,
      spoken,
      wrote,
      said.word === 'space.absent' ? [{ label: say('join.button'), actionId: joinId }] : [],
    );

  /** How it is done in a thread, for those who ask, or typed what cannot be typed there. */
  const hinted = (message: Message, call: Call, way: Way, jobs: readonly string[], me: string | undefined): Message => {
    const wanted = call.command === 'help' || (way.typed && jobs.length > 0);
    return wanted && me !== undefined ? { ...message, blocks: [...message.blocks, threadsHint(me)] } : message;
  };

  async function tellOutcome(call: Call, way: Way, outcome: Outcome, me: string | undefined): Promise<void> {
    if ('reply' in outcome) {
      const { reply } = outcome;
      const unsent = await sendFiles(way, reply.parts);
      const message = renderReply(reply, spoken, unsent);
      await answers.tell(way, hinted(message, call, way, reply.jobs, me)).catch((err: unknown) => {
        // What was taken stands: its card tells of it, and so do the lists of films.
        const fields = { call: call.key, command: call.command, jobs: reply.jobs, space: way.team };
        log.warn({ ...fields, platform: 'slack', err }, 'a call was not answered');
      });
      return;
    }
    // The price tag keeps its other choices.
    await answers.tell({ ...way, replace: false }, refusal(outcome.said, wroteBy(call)));
    if (outcome.bug !== undefined) throw outcome.bug;
  }

  return { namesIn, made, refusal, tellOutcome };
}
