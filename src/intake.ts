import type { Blocks } from './domain/blocks.ts';
import { cardOf } from './domain/card.ts';
import type { Challenges } from './domain/challenge.ts';
import {
  type Call,
  type Command,
  type Context,
  commandsOn,
  findCommand,
  type Leaf,
  type Level,
  levels,
  type Reply,
} from './domain/command.ts';
import { CannotPost, TransientError, UserError } from './domain/errors.ts';
import { nextStep } from './domain/job.ts';
import type { Ledger } from './domain/ledger.ts';
import { type Origin, type SpaceKey, spaceKey } from './domain/origin.ts';
import { windowAt } from './domain/policy.ts';
import type { Pots } from './domain/pot.ts';
import type { Reports } from './domain/reports.ts';
import type { Rules } from './domain/rules.ts';
import type { Seasons } from './domain/season.ts';
import type { SpaceSettings } from './domain/settings.ts';
import type { Deed, Trail } from './domain/trail.ts';
import { readValues } from './domain/values.ts';
import type { Votes } from './domain/vote.ts';
import type { Wishes } from './domain/wishes.ts';
import { choose, decline } from './intake/choose.ts';
import { make } from './intake/make.ts';
import { type PolicyTools, policyFor, policyOf } from './intake/policy.ts';
import type { QuoteTools } from './intake/quote.ts';
import type { Basis, Later } from './intake/take.ts';
import { question } from './intake/welcome.ts';
import type { Notice, WakeUps } from './ports.ts';
import { tellStaff } from './staff.ts';

/** What intake works with. */
export interface IntakeTools extends QuoteTools, PolicyTools {
  commands: readonly Command[];
  wakeUps: Pick<WakeUps, 'add' | 'hasten'>;
  wishes: Wishes;
  settings: SpaceSettings;
  trail: Trail;
  rules: Rules;
  ledger: Ledger;
  pots: Pots;
  challenges: Challenges;
  votes: Votes;
  seasons: Seasons;
  blocks: Blocks;
  reports: Reports;
  seasonPage: Context['seasonPage'];
  counted(command: string, refusal: string | undefined): void;
}

/** What a picture is cut to that is shown with what the bot says. */
const shownSize = '1280x720';

function mayRun(leaf: Leaf, level: Level): boolean {
  // Whether somebody owns a film is known only once it is read: the command itself asks.
  return leaf.who === 'owner' || levels.indexOf(level) >= levels.indexOf(leaf.who);
}

/** Whether every use of a command is noted: those of moderators, managers and operators. */
const isWatched = (leaf: Leaf): boolean => leaf.who !== 'anyone' && leaf.who !== 'owner';

/** What was given, as a note of it keeps it; `reason` is why. */
function givenIn({ reason, ...values }: Record<string, unknown>): Pick<Deed, 'why' | 'after'> {
  const text = JSON.stringify(values);
  return { ...(typeof reason === 'string' ? { why: reason } : {}), ...(text === '{}' ? {} : { after: text }) };
}

/** It is done by now, and its answer goes out whatever becomes of the note: the log has it then. */
async function note(call: Call, did: Omit<Deed, 'who'>, space: SpaceKey, tools: IntakeTools): Promise<void> {
  const deed: Deed = { who: call.origin.user, ...did };
  try {
    await tools.trail.note(space, call.key, deed);
  } catch (err) {
    tools.log.error({ call: call.key, space, deed, err }, 'what somebody did is not on the trail');
  }
}

/** Who set a workflow going, nobody tells: in whosever name it asks, it may do what anyone may. */
async function levelFor({ origin }: Call, { rights }: Pick<IntakeTools, 'rights'>): Promise<Level> {
  const level = await rights(origin.platform).level(origin);
  return origin.step === undefined ? level : 'anyone';
}

async function levelOf(origin: Origin, { rights }: Pick<IntakeTools, 'rights'>): Promise<Level> {
  try {
    return await rights(origin.platform).level(origin);
  } catch (error) {
    // Who may not even ask is above nobody.
    if (error instanceof UserError && error.refusal === 'forbidden') return 'anyone';
    throw error;
  }
}

async function tellMember(member: string, notice: Notice, { origin, key }: Call, tools: IntakeTools): Promise<boolean> {
  const { platform, space } = origin;
  try {
    return (await tools.poster(platform).direct({ platform, space }, member, notice)) !== undefined;
  } catch (err) {
    const foreseen = err instanceof TransientError || err instanceof CannotPost;
    const fields = { call: key, platform, space, member, notice: notice.key, err };
    tools.log[foreseen ? 'warn' : 'error'](fields, 'a member was not told in private');
    return false;
  }
}

function contextOf(call: Call, basis: Basis, tools: IntakeTools, later: Later): Context {
  const rights = tools.rights(call.origin.platform);
  return {
    ...basis,
    call,
    models: tools.models,
    commands: commandsOn(call.origin.platform, tools.commands),
    desk: tools.desk,
    wishes: tools.wishes,
    settings: tools.settings,
    trail: tools.trail,
    policyOf: (asked) => policyOf(asked, call, basis.space, tools),
    rules: tools.rules,
    ledger: tools.ledger,
    pots: tools.pots,
    challenges: tools.challenges,
    votes: tools.votes,
    seasons: tools.seasons,
    blocks: tools.blocks,
    levelOf: (member) => levelOf({ ...call.origin, user: member }, tools),
    reports: tools.reports,
    seasonPage: tools.seasonPage,
    note: (did) => note(call, did, basis.space, tools),
    tell: (notice) => tellStaff(basis.space, 'moderators', notice, tools),
    tellMember: (member, notice) => tellMember(member, notice, call, tools),
    make: (order) => make(order, call, basis, tools, later),
    choose: (quote) => choose(quote, call, basis, tools, later),
    decline: (quote) => decline(quote, call, basis, tools),
    roles: (among) => rights.roles(call.origin, among),
    since: () => rights.since(call.origin),
    person: (member) => rights.person(call.origin, member),
    card: async (job) => cardOf(job, await tools.desk.position({ space: basis.space, id: job.request.id })),
    picture: async (file) => (await (await tools.pictures.open(file)).fit(shownSize)).name,
    wake: async (ref) => {
      try {
        const job = await tools.desk.job(ref);
        if (!job) return;
        const step = nextStep(job) ?? 'deliver';
        await tools.wakeUps.hasten(step, ref);
        if (job.admittedAt !== undefined || step === 'deliver') {
          await tools.wakeUps.add(step, [{ ref, generation: job.generation }]);
        }
      } catch (error) {
        tools.log.warn({ job: ref.id, space: ref.space, err: error }, 'not woken; the sweep will do it');
      }
    },
  };
}

/** The way in. `handle` answers every call with a reply or a {@link UserError}, and never with anything else. */
export interface Intake {
  handle(call: Call): Promise<Reply>;
  /** Takes nothing new, and ends what is under way. */
  close(): Promise<void>;
}

export function createIntake(tools: IntakeTools): Intake {
  const underWay = new Set<Promise<unknown>>();
  let closing = false;
  const track = <T>(work: Promise<T>): Promise<T> => {
    const ended: Promise<unknown> = work.then(
      () => underWay.delete(ended),
      () => underWay.delete(ended),
    );
    underWay.add(ended);
    return work;
  };
  const later: Later = (work) => void track(work);

  const run = async (call: Call): Promise<Reply> => {
    const commands = commandsOn(call.origin.platform, tools.commands);
    const leaf = findCommand(commands, call.command);
    if (!leaf) throw new UserError('unknown', { word: 'command.unknown', with: { got: call.command.slice(0, 40) } });
    const level = await levelFor(call, tools);
    if (!mayRun(leaf, level)) throw new UserError('forbidden', { word: 'command.forbidden' });
    const values = readValues(leaf, call, tools.models, tools.offered());
    const space = spaceKey(call.origin);
    const { policy, ...why } = await policyFor(call, space, tools);
    const window = await tools.desk.window(space, (at) => windowAt(at, policy.window, policy.timeZone));
    const basis = { space, level, policy, window, why };
    const reply = await leaf.run(values, contextOf(call, basis, tools, later));
    if (isWatched(leaf)) await note(call, { what: call.command, ...givenIn(values) }, space, tools);
    return { ...reply, parts: [...reply.parts, ...(await question(reply, call, basis, tools))] };
  };
  const handle = async (call: Call): Promise<Reply> => {
    try {
      if (closing) throw new UserError('unavailable', { word: 'service.stopping' }, { retryAfter: 20 });
      const reply = await run(call);
      tools.counted(call.command, undefined);
      return reply;
    } catch (error) {
      const { platform, space, user } = call.origin;
      const fields = { call: call.key, command: call.command.slice(0, 40), platform, space, user };
      if (error instanceof UserError) {
        tools.counted(findCommand(tools.commands, call.command) ? call.command : 'unknown', error.refusal);
        const level = error.refusal === 'unavailable' ? 'warn' : 'info';
        tools.log[level]({ ...fields, refusal: error.refusal, said: error.said.word, field: error.field }, 'refused');
        throw error;
      }
      if (error instanceof TransientError) {
        tools.counted(call.command, 'unavailable');
        tools.log.warn({ ...fields, err: error }, 'the chat did not answer');
        throw new UserError('unavailable', { word: 'service.chat' }, { retryAfter: 60, cause: error });
      }
      tools.counted(call.command, 'broken');
      tools.log.error({ ...fields, err: error }, 'a call broke');
      throw new UserError('unavailable', { word: 'service.broken' }, { cause: error });
    }
  };

  return {
    handle: (call) => track(handle(call)),
    close: async () => {
      closing = true;
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
