import { setTimeout as wait } from 'node:timers/promises';
import type { Call, Leaf } from '../../src/domain/command.ts';
import { type Said, say as sayToMember } from '../../src/domain/words.ts';
import { fieldOf, likelyModels, type ModelTools, wroteIn } from '../shared/fields.ts';
import { createMemory } from '../shared/memory.ts';
import type { Way } from './answer.ts';
import { type CallTools, createCalls, type Handle, type Outcome } from './calls.ts';
import { type Deed, main, type ParseTools } from './deed.ts';
import { isUngranted, PlaceClosed } from './errors.ts';
import { channelBlock, formOf } from './form.ts';
import { homeAway, homeOf } from './home.ts';
import { formId } from './ids.ts';
import { NotInstalled } from './installed.ts';
import { readPayload } from './parse.ts';
import { kindOf, type Payload, teamOf } from './payload.ts';
import { renderRefusal, renderReply, renderWords } from './render.ts';
import { say } from './words.ts';

export interface ReceiveTools extends ParseTools, ModelTools, CallTools {
  workflows: { fail(team: string, step: string, why: string): Promise<void> };
  /** Whether a call was accepted, by whatever process, and so has a job. */
  taken(call: Call): Promise<boolean>;
  /** A workspace has the bot no more. */
  forget(team: string | undefined, enterprise: string | undefined): Promise<void>;
  /** Milliseconds until Slack had its answer. */
  acknowledged(kind: string, ms: number): void;
}

/** Tells Slack that a payload was taken; with a body where a form is answered. */
export type Ack = (body?: object) => Promise<void>;

/** What is known of a payload besides itself: the bot's own id as a user, and how often Slack has tried it again. */
export interface Heard {
  me: string | undefined;
  retry: number;
  /** Why there is no token to serve it with. */
  trouble?: unknown;
}

/** Slack tries an event three times more: at once, after a minute, after five. */
const lastRetry = 3;

/** Milliseconds of Slack's three seconds in which a form that is not right can be shown again with what is wrong. */
const submitWithin = 1_900;
/** Milliseconds that a message is known to have been taken: it may come under several events. */
const takenFor = 600_000;
const remembered = 10_000;

/** The part of a form that a refusal is about. */
function blockOf(
  { said, field }: Extract<Outcome, { said: Said }>,
  leaf: Leaf,
  blocks: readonly string[],
): string | undefined {
  const about = said.word.startsWith('picture.')
    ? fieldOf(leaf, 'image')
    : /^(?:space|channel)\./.test(said.word)
      ? channelBlock
      : field;
  return blocks.find((name) => name === about);
}

/** Takes payloads as they come. `handle` is who takes calls now; nobody while the bot starts or stops. Never throws. */
export function createTaking(tools: ReceiveTools, handle: () => Handle | undefined) {
  const { answers, channels, spoken, log } = tools;
  const { namesIn, made, refusal, tellOutcome } = createCalls(tools, handle);
  const known = createMemory<true>(remembered, takenFor);
  const steps = new Map<string, Promise<Outcome>>();

  /** A form that is sent: what is wrong stands in it, as long as Slack waits; nothing that was written is lost. */
  async function submit({ leaf, call, way, blocks, chosen }: Deed & { is: 'submitted' }, ack: Ack): Promise<void> {
    const making = made(call, chosen);
    const first = await Promise.race([making, wait(submitWithin, undefined, { ref: false })]);
    const [top = ''] = blocks;
    if (first && !('reply' in first) && first.said.word !== 'space.absent') {
      const block = blockOf(first, leaf, blocks) ?? top;
      await ack({ response_action: 'errors', errors: { [block]: spoken(sayToMember(first.said)) } });
      if (first.bug !== undefined) throw first.bug;
      return;
    }
    await ack();
    const outcome = first ?? (await making);
    if ('reply' in outcome) return tellOutcome(call, way, outcome, undefined);
    await answers.tell(way, refusal(outcome.said, wroteIn(leaf, call.values)));
    if (outcome.bug !== undefined) throw outcome.bug;
  }

  async function open({ form, given, carried, asksWhere, lost, origin, way }: Deed & { is: 'form' }): Promise<void> {
    const offer = { models: tools.models(), likely: likelyModels(origin, given.values.model, tools) };
    const view = formOf(form, given, offer, { carried, asksWhere, lost });
    try {
      await answers.open(way.team, way.trigger ?? '', view);
    } catch (err) {
      log.warn({ space: way.team, platform: 'slack', err }, 'a form was not opened');
      const { trigger: _over, ...left } = way;
      await answers.tell(left, renderRefusal({ word: 'form.late' }, spoken, wroteIn(form.leaf, given.values)));
    }
  }

  /** The page of the bot, made of the answers to two commands, as whoever opened it would get them. */
  async function home(team: string, user: string): Promise<void> {
    const origin = { platform: 'slack', space: team, channel: user, user, visibility: 'private' } as const;
    const asked = async (command: string): Promise<Outcome> =>
      made({
        ...{ key: `slack:${team}:${user}:home:${command}`, origin, who: { id: user, name: user }, command },
        ...{ values: {}, files: {}, asks: true },
      });
    const [quota, jobs] = await Promise.all([asked('quota'), asked('jobs')]);
    const path = main(tools.commands)?.path;
    const view =
      'reply' in quota && 'reply' in jobs
        ? homeOf(path, renderReply(quota.reply, spoken), renderReply(jobs.reply, spoken))
        : homeAway('said' in quota ? spoken(sayToMember(quota.said)) : say('home.away'));
    await answers.home(team, user, view);
  }

  /** One making of a step's call, however often its event comes meanwhile. */
  function madeOnce(call: Call): Promise<Outcome> {
    const running = steps.get(call.key) ?? made(call).finally(() => steps.delete(call.key));
    steps.set(call.key, running);
    return running;
  }

  /**
   * A workflow's step. One that was taken is told how it ended by the worker; one that only has bad luck now is left to Slack, which tries
   * it again, for nobody is there who would.
   */
  async function step({ call, refused }: Deed & { is: 'step' }, ack: Ack, retry: number): Promise<void> {
    const outcome: Outcome = refused ? { said: refused, field: undefined, refusal: 'invalid' } : await madeOnce(call);
    if ('reply' in outcome) return ack();
    const fields = { call: call.key, space: call.origin.space, platform: 'slack', said: outcome.said.word };
    const passing = outcome.refusal === 'unavailable' && retry < lastRetry;
    if (passing) return void log.info({ ...fields, retry }, 'a step is left to Slack, which tries it again');
    if (await tools.taken(call)) return ack();
    const said: Said = outcome.bug === undefined ? outcome.said : { word: 'service.broken' };
    await tools.workflows.fail(call.origin.space, call.origin.step ?? '', spoken(sayToMember(said)));
    await ack();
    if (outcome.bug !== undefined) throw outcome.bug;
  }

  async function join(channel: string, way: Way): Promise<void> {
    try {
      await answers.join(way.team, channel);
      channels.forget(way.team, channel);
      await answers.tell(way, renderWords(say('join.done')));
    } catch (error) {
      if (error instanceof PlaceClosed || isUngranted(error))
        return answers.tell(way, renderWords(say('join.refused')));
      await answers.tell({ ...way, replace: false }, renderRefusal({ word: 'service.chat' }, spoken));
      throw error;
    }
  }

  async function carryOut(deed: Deed, ack: Ack, { me, retry }: Heard): Promise<void> {
    switch (deed.is) {
      case 'silent':
        return;
      case 'refused':
        return answers.tell(deed.way, renderRefusal(deed.said, spoken));
      case 'form':
        return open(deed);
      case 'offer': {
        const { path, why, carries, way } = deed;
        const label = say(why === 'offer.text' ? 'offer.button' : 'home.new');
        const button = { label, actionId: formId(path), value: carries };
        return answers.tell(way, renderWords(say(why), [button]));
      }
      case 'join':
        return join(deed.channel, deed.way);
      case 'home':
        return home(deed.team, deed.user);
      case 'gone':
        log.info({ platform: 'slack', space: deed.team, enterprise: deed.enterprise }, 'the app was removed there');
        return tools.forget(deed.team, deed.enterprise);
      case 'step':
        return step(deed, ack, retry);
      case 'submitted':
        return submit(deed, ack);
      case 'call':
        await tellOutcome(deed.call, deed.way, await made(deed.call), me);
        // What was pressed on the bot's page stands there as it was before.
        if (deed.way.trigger !== undefined) await home(deed.way.team, deed.way.user);
        return;
    }
  }

  /** Whether a payload brings a message that was taken already, under another event. */
  function isAgain(payload: Payload): boolean {
    if (!('event' in payload) || !('ts' in payload.event)) return false;
    const { channel, ts } = payload.event;
    const key = `${teamOf(payload)} ${channel} ${ts}`;
    if (known.read(key)) return true;
    known.note(key, true);
    return false;
  }

  /** What comes while nobody knows its token: nothing is taken, what was written stays, and a step comes again. */
  async function unserved(payload: Payload, ack: Ack, trouble: unknown): Promise<void> {
    const fields = { platform: 'slack', space: teamOf(payload), kind: kindOf(payload), err: trouble };
    log.warn(fields, 'a payload came for which there is no token now');
    if ('event' in payload) return trouble instanceof NotInstalled ? ack() : undefined;
    const said: Said = { word: 'service.chat' };
    if (!('command' in payload) && payload.type === 'view_submission') {
      const [top = ''] = payload.view.blocks.flatMap(({ type, block_id }) => (type === 'input' ? [block_id] : []));
      return ack({ response_action: 'errors', errors: { [top]: spoken(sayToMember(said)) } });
    }
    await ack();
    const { response_url: respond } = payload as { response_url?: string };
    const user = 'user_id' in payload ? payload.user_id : (payload.user?.id ?? '');
    if (respond !== undefined)
      await answers.tell({ team: teamOf(payload), user, respond }, renderRefusal(said, spoken));
  }

  /** What has an answer of its own, or has to be done before Slack may forget it, is acknowledged then. */
  const acksLater = (payload: Payload): boolean =>
    'event' in payload
      ? payload.event.type === 'function_executed'
      : !('command' in payload) && payload.type === 'view_submission';

  return async (payload: Payload, ack: Ack, heard: Heard): Promise<void> => {
    const { me, trouble } = heard;
    const began = performance.now();
    const kind = kindOf(payload);
    const acked: Ack = async (body) => {
      await ack(body);
      tools.acknowledged(kind, performance.now() - began);
    };
    try {
      if (trouble !== undefined) return await unserved(payload, acked, trouble);
      const later = acksLater(payload);
      // Slack's three seconds are over soon; events were acknowledged by the library.
      if (!later && !('event' in payload)) await acked();
      // What runs nothing asks for nothing, and does not count: a message may be told of before its mention is.
      const nameless = readPayload(payload, { ...tools, me, names: {} });
      if (nameless.is !== 'silent' && isAgain(payload)) return;
      const deed =
        nameless.is === 'silent' ? nameless : readPayload(payload, { ...tools, me, names: await namesIn(payload) });
      if (later && deed.is !== 'submitted' && deed.is !== 'step') await acked();
      await carryOut(deed, acked, heard);
    } catch (err) {
      log.warn({ platform: 'slack', space: teamOf(payload), kind, err }, 'a payload was not answered');
    }
  };
}
