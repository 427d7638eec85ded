import { cardOf } from './domain/card.ts';
import {
  type Again,
  type Call,
  type Command,
  type Context,
  findCommand,
  type Leaf,
  type Level,
  levels,
  type Part,
  type Reply,
  readValues,
  type Wanted,
} from './domain/command.ts';
import type { Desk, Receipt } from './domain/desk.ts';
import { TransientError, UserError } from './domain/errors.ts';
import { type JobRef, type JobRequest, jobIds, nextStep } from './domain/job.ts';
import { chooseSize, type ModelCard, priceOf } from './domain/model.ts';
import { type Platform, type SpaceKey, spaceKey } from './domain/origin.ts';
import { type Policy, type QuotaWindow, windowAt } from './domain/policy.ts';
import { digest, type Recipe } from './domain/recipe.ts';
import { say, word } from './domain/words.ts';
import type { Lists, Pictures, Rights, WakeUps } from './ports.ts';
import { type ShowTools, show } from './show.ts';

/** What intake works with. */
export interface IntakeTools extends ShowTools {
  commands: readonly Command[];
  models: readonly ModelCard[];
  desk: Desk;
  lists: Pick<Lists, 'enlist'>;
  wakeUps: Pick<WakeUps, 'add' | 'hasten'>;
  pictures: Pictures;
  rights(platform: Platform): Rights;
  policy(space: SpaceKey): Promise<Policy>;
  /** Tells the admission that there is work. */
  nudge(): void;
  counted(command: string, refusal: string | undefined): void;
}

function mayRun(leaf: Leaf, level: Level): boolean {
  // Whether somebody owns a film is known only once it is read: the command itself asks.
  return leaf.who === 'owner' || levels.indexOf(level) >= levels.indexOf(leaf.who);
}

/** The model, size and length that a wish comes to; what the model lacks is a {@link UserError} that says what it takes. */
async function cook(wanted: Wanted, tools: IntakeTools): Promise<{ recipe: Recipe; cropped: boolean }> {
  const { models } = tools;
  const model = models.find((card) => card.id === wanted.model) ?? (models[0] as ModelCard);
  const seconds = wanted.seconds ?? model.defaultSeconds;
  if (!model.seconds.includes(seconds)) {
    const said = { word: 'seconds.unknown', with: { model: model.label, takes: model.seconds, got: seconds } } as const;
    throw new UserError('invalid', said, { field: 'seconds' });
  }
  const got = [...wanted.prompt].length;
  if (got > model.promptMax) {
    const said = { word: 'prompt.long', with: { model: model.label, max: model.promptMax, got } } as const;
    throw new UserError('invalid', said, { field: 'prompt' });
  }
  if (wanted.image && model.image === 'none') {
    throw new UserError('invalid', { word: 'picture.none', with: { model: model.label } }, { field: 'image' });
  }
  const recipe = { model: model.id, prompt: wanted.prompt, seconds, size: chooseSize(model, wanted) };
  if (!wanted.image) return { recipe, cropped: false };
  const picture = await tools.pictures.open(wanted.image);
  const size = chooseSize(model, wanted, picture.width / picture.height);
  const { name, cropped } = await picture.fit(size);
  return { recipe: { ...recipe, size, image: name }, cropped };
}

function acceptedReply(receipt: Receipt, recipe: Recipe, cropped: boolean): Reply {
  const { jobs, price, left } = receipt;
  const { size, seconds } = recipe;
  const amount = (credits: number) => say({ word: 'amount.credits', with: { credits } });
  const parts: Part[] = [
    { kind: 'text', text: say({ word: 'accepted', with: { count: jobs.length, price, left, size, seconds } }) },
    ...(cropped ? [{ kind: 'text', text: word('accepted.cropped') } as const] : []),
    {
      kind: 'facts',
      facts: [
        { label: word('accepted.id'), value: jobs.join(', ') },
        { label: word('accepted.price'), value: amount(price) },
        { label: word('accepted.left'), value: amount(left) },
      ],
    },
    { kind: 'buttons', buttons: jobs.map((job) => ({ label: word('film.cancel'), command: 'film cancel', job })) },
  ];
  return { to: 'private', parts, jobs };
}

/** From a checked order to accepted jobs: rights, price, hold, card, and the words that tell of it. */
async function make(order: Wanted | Again, call: Call, basis: Basis, tools: IntakeTools, later: Later): Promise<Reply> {
  const { origin } = call;
  if (!(await tools.rights(origin.platform).canPost(origin))) {
    throw new UserError('forbidden', { word: 'space.cannotPost' });
  }
  const { recipe, cropped } =
    'recipe' in order ? { recipe: again(order, tools.models), cropped: false } : await cook(order, tools);
  const model = tools.models.find((card) => card.id === recipe.model) as ModelCard;
  const count = 'recipe' in order ? 1 : order.count;
  const requests = jobIds(call.key, count).map(
    (id): JobRequest => ({
      id,
      origin,
      requester: call.who.name,
      recipe,
      price: priceOf(model, recipe.seconds),
      payer: { member: origin.user, window: basis.window.id },
      ...('parent' in order ? { parent: order.parent } : {}),
    }),
  );
  const receipt = await tools.desk.accept({
    space: basis.space,
    call: {
      key: call.key,
      digest: digest({ recipe, count, channel: origin.channel, thread: origin.thread }).toString('hex'),
    },
    member: origin.user,
    jobs: requests,
    window: basis.window,
    allowance: basis.policy.credits,
    timeZone: basis.policy.timeZone,
  });
  if (!receipt.repeated) await announce(receipt.jobs, basis.space, tools, later);
  return acceptedReply(receipt, recipe, cropped);
}

function again(order: Again, models: readonly ModelCard[]): Recipe {
  if (models.some((card) => card.id === order.recipe.model)) return order.recipe;
  const takes = models.map((card) => card.id);
  throw new UserError(
    'invalid',
    { word: 'model.unknown', with: { got: order.recipe.model, takes } },
    { field: 'model' },
  );
}

/** Work that goes on after the answer. */
type Later = (work: Promise<void>) => void;

/**
 * The admission is told, and the cards are posted while the member already has the answer. Whatever fails here, the jobs are
 * accepted: the sweep and the worker make up for it.
 */
async function announce(jobs: string[], space: SpaceKey, tools: IntakeTools, later: Later): Promise<void> {
  try {
    await tools.lists.enlist(space);
    tools.nudge();
  } catch (error) {
    tools.log.warn({ jobs, space, err: error }, 'accepted; the sweep will hand it over');
  }
  for (const id of jobs) later(postCard({ space, id }, tools));
}

async function postCard(ref: JobRef, tools: IntakeTools): Promise<void> {
  try {
    const [job, position] = await Promise.all([tools.desk.job(ref), tools.desk.position(ref)]);
    if (!job) throw new Error('the record is gone');
    tools.log.info({ job: ref.id, space: ref.space, price: job.request.price, position }, 'accepted');
    await show(job, position, tools);
  } catch (error) {
    tools.log.warn({ job: ref.id, space: ref.space, err: error }, 'accepted; the worker will post the card');
  }
}

interface Basis {
  space: SpaceKey;
  policy: Policy;
  window: QuotaWindow;
}

function contextOf(call: Call, level: Level, basis: Basis, tools: IntakeTools, later: Later): Context {
  return {
    ...basis,
    call,
    level,
    models: tools.models,
    commands: tools.commands,
    desk: tools.desk,
    make: (order) => make(order, call, basis, tools, later),
    card: async (job) => cardOf(job, await tools.desk.position({ space: basis.space, id: job.request.id })),
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
    const leaf = findCommand(tools.commands, call.command);
    if (!leaf) throw new UserError('unknown', { word: 'command.unknown', with: { got: call.command.slice(0, 40) } });
    const level = await tools.rights(call.origin.platform).level(call.origin);
    if (!mayRun(leaf, level)) throw new UserError('forbidden', { word: 'command.forbidden' });
    const values = readValues(leaf, call, tools.models);
    const space = spaceKey(call.origin);
    const policy = await tools.policy(space);
    const window = windowAt(Date.now(), policy.window, policy.timeZone);
    return leaf.run(values, contextOf(call, level, { space, policy, window }, tools, later));
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
