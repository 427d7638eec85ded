import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { audit } from '../desk/audit.ts';
import { checkpoint, createArchive } from '../desk/checkpoint.ts';
import { tellDifference } from '../desk/difference.ts';
import { spacesWithBooks } from '../desk/found.ts';
import { dailies } from '../desk/keys.ts';
import { createUpkeep } from '../desk/upkeep.ts';
import { nextStep } from '../domain/job.ts';
import type { Log } from '../log.ts';
import { sideBySide } from '../worker/challenge/rounds.ts';
import type { ChallengeTools } from '../worker/challenge/tools.ts';
import { atOnce as challengesAtOnce, lookAfterChallenges } from '../worker/challenges.ts';
import { lookAfterSeasons } from '../worker/seasons.ts';
import { upkeep } from '../worker/upkeep.ts';
import type { Closing } from './closing.ts';
import type { Parts } from './wire.ts';

const minute = 60_000;
/** Milliseconds between looks after what time does, between audits, and from the start to the first of them. */
const keptUpEvery = minute;
/** Milliseconds between looks after challenges and seasons: so late may what is due of one be. */
const challengesEvery = 3_000;
const auditedEvery = 6 * 60 * minute;
const firstAudit = 5 * minute;
/** Differences of one audit that are told to the log, each. */
const toldMost = 100;

/** What of the parts looks after challenges. */
type ChallengeParts = Pick<Parts, 'challenges' | 'votes' | 'seasons' | 'desk' | 'ledger' | 'blocks' | 'media'> & {
  pageLinking: Pick<Parts['pageLinking'], 'challenge'>;
  shared: Pick<Parts['shared'], 'lists' | 'wakeUps' | 'poster'> & Pick<ChallengeTools, 'log'>;
};

/** Work again and again, never twice at once; what fails is told, and done the next time. Returns what ends it. */
function repeated(
  every: number,
  first: number,
  work: () => Promise<void>,
  failed: (err: unknown) => void,
): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let ended = false;
  let timer: NodeJS.Timeout;
  const next = (after: number): void => {
    timer = setTimeout(() => {
      running = work()
        .catch(failed)
        .then(() => {
          if (!ended) next(every);
        });
    }, after).unref();
  };
  next(first);
  return async () => {
    ended = true;
    clearTimeout(timer);
    await running;
  };
}

/** Audits the books; a space in order whose window has closed gets a checkpoint, where what is archived outlives the process. */
async function auditOnce({ redis, metrics, house }: Parts, dataDir: string, log: Log): Promise<void> {
  // One process at a time: all of them would find the same.
  const mine = await redis.set(dailies.auditing, String(process.pid), 'PX', auditedEvery / 2, 'NX');
  if (mine === null) return;
  const { differences, spaces, lines } = await audit(redis);
  metrics.audited(differences.length);
  for (const one of differences.slice(0, toldMost)) {
    log.error({ space: one.space, what: one.what }, `the books disagree: ${tellDifference(one)}`);
  }
  log.info({ spaces, lines, differences: differences.length }, 'the books were audited');
  if (house.kind === 'embedded') return;
  const wrong = new Set(differences.map(({ space }) => space));
  const archive = createArchive(join(dataDir, 'ledger'));
  for (const space of (await spacesWithBooks(redis)).keys()) {
    if (wrong.has(space)) continue;
    const gone = await checkpoint(redis, space, archive);
    if (gone > 0) log.info({ space, lines: gone }, 'a window has closed: its lines are in the archive');
  }
}

/** What looking after challenges takes, until `stopping` is aborted. */
export function challengeTools(
  { shared, pageLinking, challenges, votes, seasons, desk, ledger, blocks, media }: ChallengeParts,
  stopping: AbortSignal,
): ChallengeTools {
  const { lists, wakeUps, poster, log } = shared;
  const done = new Map<string, number>();
  return {
    ...{ challenges, votes, seasons, desk, ledger, blocks, media, poster, log, stopping },
    stored: media,
    page: pageLinking.challenge,
    leads: lists.leads,
    every: (ms, name) => {
      const now = Date.now();
      if (now - (done.get(name) ?? 0) < ms) return false;
      done.set(name, now);
      return true;
    },
    wake: async (space, id) => {
      const ref = { space, id };
      const job = await desk.job(ref);
      if (job) await wakeUps.add(nextStep(job) ?? 'deliver', [{ ref, generation: job.generation }]);
    },
    now: Date.now,
  };
}

/** What time asks of challenges: one process at a time looks after them, for films are shown in a row. Returns what ends it. */
function startChallenges(parts: ChallengeParts, log: Log): () => Promise<void> {
  const stopping = new AbortController();
  const tools = challengeTools(parts, stopping.signal);
  const rounds = sideBySide(challengesAtOnce);
  const failed = (err: unknown) => log.error({ err }, 'challenges were not looked after; next time');
  // A look does not wait for what takes long: the next one comes in its time.
  const look = async () => {
    const looked = lookAfterChallenges(tools, rounds);
    await Promise.race([looked, wait(challengesEvery, undefined, { ref: false })]);
    looked.catch(failed);
  };
  const end = repeated(challengesEvery, challengesEvery, look, failed);
  return async () => {
    stopping.abort();
    await end();
    await rounds.done();
  };
}

/** What time asks of seasons, beside the challenges: none of them waits until films are shown. */
function startSeasons({ shared: { lists, poster }, seasons, pageLinking }: Parts, log: Log) {
  const tools = { seasons, poster, log, seasonPage: pageLinking.season, leads: lists.leads, now: Date.now };
  const failed = (err: unknown) => log.error({ err }, 'seasons were not looked after; next time');
  return repeated(challengesEvery, challengesEvery, () => lookAfterSeasons(tools), failed);
}

/** What time does to credits, challenges and seasons, and the audit of the books, as long as this process works. */
export function startUpkeep(config: Config, parts: Parts, log: Log, closing: Closing): void {
  const { redis, ledger, pots, rules, settings, base, on } = parts;
  const tools = {
    ...{ ledger, pots, rules, settings, log, upkeep: createUpkeep(redis) },
    timeZone: async (space: Parameters<typeof base>[0]) => {
      const { zone } = (await rules.read(space)).get('space') ?? {};
      return zone ?? (await base(space)).timeZone;
    },
    poster: (platform: Parameters<typeof on>[0]) => on(platform).poster,
  };
  closing.add('challenges', startChallenges(parts, log));
  closing.add('seasons', startSeasons(parts, log));
  const failed = (what: string) => (err: unknown) => log.error({ err }, `${what}; next time`);
  closing.add(
    'upkeep',
    repeated(keptUpEvery, keptUpEvery / 4, () => upkeep(tools), failed('spaces were not looked after')),
  );
  closing.add(
    'audit',
    repeated(
      auditedEvery,
      firstAudit,
      () => auditOnce(parts, config.dataDir, log),
      failed('the books were not audited'),
    ),
  );
}
