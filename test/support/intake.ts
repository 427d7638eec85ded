import type { Redis } from 'ioredis';
import { beforeEach } from 'vitest';
import { commands } from '../../commands/index.ts';
import { createBlocks } from '../../src/desk/blocks.ts';
import { createChallenges } from '../../src/desk/challenges.ts';
import { createLedger } from '../../src/desk/ledger.ts';
import { createPots } from '../../src/desk/pots.ts';
import { createQuotes } from '../../src/desk/quotes.ts';
import { createReports } from '../../src/desk/reports.ts';
import { createRules } from '../../src/desk/rules.ts';
import { createSeasons } from '../../src/desk/seasons.ts';
import { createSettings } from '../../src/desk/settings.ts';
import { createSlow } from '../../src/desk/slow.ts';
import { createTrail } from '../../src/desk/trail.ts';
import { createVotes } from '../../src/desk/votes.ts';
import { createWishes } from '../../src/desk/wishes.ts';
import type { Call, FileRef, Part, Reply } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { type JobRef, jobIds } from '../../src/domain/job.ts';
import { type Origin, spaceKey } from '../../src/domain/origin.ts';
import { usualPolicy } from '../../src/domain/policy.ts';
import { createIntake, type IntakeTools } from '../../src/intake.ts';
import type { Flag, Log, Pictures, Stored, WakeUp } from '../../src/ports.ts';
import { sandboxCards } from '../../src/video/cards.ts';
import { deskOn } from '../desk/rig.ts';
import { createFakeChat } from './chat.ts';
import type { RedisKind } from './redis.ts';
import { useRedis } from './suite.ts';

/** Pictures as wide and high as their names say: `640x480.png`; one without is none. Cropped when the shape differs. */
function createFakePictures(): Pictures & Stored & { stored: string[]; renewed: string[] } {
  const stored: string[] = [];
  const renewed: string[] = [];
  return {
    stored,
    renewed,
    renew: async (name) => {
      if (stored.includes(name)) renewed.push(name);
      return stored.includes(name);
    },
    open: async (file) => {
      for await (const chunk of file.open()) void chunk;
      const [, width, height] = (/^(\d+)x(\d+)/.exec(file.name) ?? []).map(Number);
      if (!width || !height) throw new UserError('invalid', { word: 'picture.unreadable' }, { field: 'image' });
      return {
        width,
        height,
        fit: async (size) => {
          const [wide = 1, high = 1] = size.split('x').map(Number);
          const name = `${size}-${file.name}`;
          stored.push(name);
          return { name, cropped: Math.abs(width / height / (wide / high) - 1) > 0.01 };
        },
      };
    },
  };
}

/** A budget with no bound but `funds.left`, that remembers what was asked of it. */
function createFakeBudget() {
  const reserved = new Map<string, number>();
  const funds = { left: undefined as number | undefined };
  return {
    reserved,
    funds,
    reserve: async (jobs: readonly { ref: JobRef; money: number }[]) => {
      const sum = jobs.reduce((all, { money }) => all + money, 0);
      if (sum > (funds.left ?? sum))
        throw new UserError('unavailable', { word: 'budget.small', with: { window: 'month' } });
      for (const { ref, money } of jobs) reserved.set(ref.id, money);
      return jobs.map(({ ref }) => ref);
    },
    keep: async () => undefined,
    left: async () => funds.left,
    giveBack: async (refs: readonly JobRef[]) => {
      for (const { id } of refs) reserved.delete(id);
    },
  };
}

/** Keeps what was logged. */
export function createFakeLog() {
  const lines: { level: string; fields: Record<string, unknown>; message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields: { ...fields }, message });
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { log, lines, errors: () => lines.filter((line) => line.level === 'error') };
}

let calls = 0;

/** The way in, over a real desk, a chat in memory, and queues that only remember what they were told. */
export function intakeOn(redis: Redis, change: Partial<IntakeTools> = {}) {
  const rig = deskOn(redis);
  const chat = createFakeChat();
  const { log, lines, errors } = createFakeLog();
  const pictures = createFakePictures();
  const budget = createFakeBudget();
  const policy = usualPolicy({ credits: 60, window: 'week', timeZone: 'UTC' }, 0);
  const [rules, ledger, pots] = [createRules(redis), createLedger(redis), createPots(redis)];
  const [challenges, votes, seasons] = [createChallenges(redis), createVotes(redis), createSeasons(redis)];
  const settings = createSettings(redis);
  const blocks = createBlocks(redis);
  const slow = createSlow(redis);
  const looked: string[] = [];
  const verdicts = { next: (_text: string): Flag | undefined => undefined };
  const woken: { step: string; wakeUps: readonly WakeUp[] }[] = [];
  const hastened: { step: string; ref: JobRef }[] = [];
  const counts: [string, string | undefined][] = [];
  let nudges = 0;
  const intake = createIntake({
    commands,
    models: sandboxCards,
    offered: () => change.models ?? sandboxCards,
    defaults: () => ({ extras: {} }),
    desk: rig.desk,
    quotes: createQuotes(redis),
    records: rig.records,
    lists: rig.lists,
    wakeUps: {
      add: async (step, wakeUps) => void woken.push({ step, wakeUps }),
      hasten: async (step, ref) => void hastened.push({ step, ref }),
    },
    budget,
    prices: { money: async ({ seconds }) => seconds * 100_000 },
    pictures,
    stored: pictures,
    wishes: createWishes(redis),
    settings,
    trail: createTrail(redis),
    blocks,
    slow,
    moderation: {
      look: async (text) => {
        looked.push(text);
        return verdicts.next(text);
      },
    },
    reports: createReports(redis),
    rights: () => chat.rights,
    poster: () => chat.poster,
    base: async (space) => ({ ...policy, workflowCredits: (await settings.read(space)).workflowCredits }),
    ...{ rules, ledger, pots, challenges, votes, seasons },
    seasonPage: (id) => `https://films.example.org/s/${id}`,
    nudge: () => {
      nudges += 1;
    },
    counted: (command, refusal) => void counts.push([command, refusal]),
    log,
    ...change,
  });

  /** What a member does; each call has a key of its own unless one is given. */
  const callOf = (
    command: string,
    values: Record<string, unknown> = {},
    more: {
      user?: string;
      key?: string;
      origin?: Partial<Origin>;
      files?: Record<string, FileRef>;
      asks?: boolean;
    } = {},
  ): Call => {
    calls += 1;
    const { user = 'ada', key = `web:call-${calls}` } = more;
    const origin: Origin = {
      ...{ platform: 'web', space: 'atelier', channel: 'films', thread: 'today', visibility: 'thread' },
      user,
      ...more.origin,
    };
    return {
      key,
      origin,
      who: { id: user, name: user.toUpperCase() },
      command,
      values,
      files: more.files ?? {},
      asks: more.asks ?? false,
    };
  };
  const ask = (...given: Parameters<typeof callOf>): Promise<Reply> => intake.handle(callOf(...given));
  /** The refusal that a call comes to. */
  const refused = async (...given: Parameters<typeof callOf>): Promise<UserError> => {
    const error = await ask(...given).catch((caught: unknown) => caught);
    if (!(error instanceof UserError)) throw new Error('it was not refused', { cause: error });
    return error;
  };
  /** A film asked for, and its card posted. */
  const film = async (...given: Partial<Parameters<typeof callOf>>): Promise<JobRef> => {
    const [command = 'video', values = { prompt: 'a boat' }, more = {}] = given;
    const call = callOf(command, values, more);
    const { jobs } = await intake.handle(call);
    const [id = ''] = jobs;
    await chat.until(() => chat.cards(id).length === 1);
    return { space: spaceKey(call.origin), id };
  };
  return {
    ...{
      ...rig,
      intake,
      chat,
      lines,
      log,
      errors,
      pictures,
      budget,
      ...{ policy, rules, ledger, pots, challenges, votes, seasons },
      settings,
      blocks,
      slow,
      looked,
      verdicts,
      woken,
      hastened,
      counts,
      callOf,
      ask,
      refused,
      film,
    },
    nudges: () => nudges,
    idOf: (call: Call) => jobIds(call.key, 1)[0] as string,
  };
}
export type IntakeRig = ReturnType<typeof intakeOn>;

/** The way in, anew for each test of a suite, over one Redis; `boss` manages, `mod` moderates, `root` operates. To be called where tests are declared. */
export function useIntake(kind: RedisKind) {
  const engine = useRedis(kind);
  let now: IntakeRig | undefined;
  beforeEach(() => {
    now = intakeOn(engine.redis);
    now.chat.promote('boss', 'manager');
    now.chat.promote('mod', 'moderator');
    now.chat.promote('root', 'operator');
  });
  const rig = new Proxy({} as IntakeRig, {
    get: (_, name) => {
      if (!now) throw new Error('the suite has not begun');
      return Reflect.get(now, name);
    },
  });
  return { engine, rig };
}

/** All words of a reply, a line each. */
export function textOf(reply: Pick<Reply, 'parts'>): string {
  const lines = (part: Part): string[] => {
    switch (part.kind) {
      case 'text':
        return [part.text];
      case 'facts':
        return part.facts.map(({ label, value }) => `${label}: ${value}`);
      case 'cards':
        return part.cards.map((card) => `${card.job}: ${card.line} [${card.actions.join(' ')}]`);
      case 'place':
        return [`${part.label}: ${part.origin.thread} ${part.post?.ref ?? ''}`.trim()];
      case 'buttons':
        return part.buttons.map(
          ({ label, command, job, quote, challenge }) =>
            `[${label}: ${command} ${[job, quote, challenge].filter((one) => one !== undefined).join(' ')}]`,
        );
      case 'table':
        return [part.title ?? '', ...[part.head, ...part.rows].map((row) => row.join(' | '))];
      case 'file':
        return [`[${part.name}]`, part.text];
    }
  };
  return reply.parts.flatMap(lines).join('\n');
}

/** A file of a name, with a byte in it. */
export const file = (name: string): FileRef => ({
  name,
  open: async function* () {
    yield new Uint8Array(1);
  },
});
