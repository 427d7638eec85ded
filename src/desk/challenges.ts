import { randomBytes } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { told, untouched } from '../away.ts';
import {
  type Challenge,
  type Challenges,
  type ChallengeTerms,
  challengesMax,
  type Entry,
  entriesMax,
  entryStates,
  isLive,
  phases,
  sayings,
  termsSchema,
} from '../domain/challenge.ts';
import { UserError } from '../domain/errors.ts';
import type { SpaceKey } from '../domain/origin.ts';
import { dailies, spaceKeys } from './keys.ts';
import { madeBy, verb } from './ledger.ts';
import { saidIn, spacesWith } from './said.ts';
import { run } from './scripts.ts';

const time = z.coerce.number();
const fieldsSchema = z.object({
  terms: z.string(),
  version: z.coerce.number(),
  edition: z.coerce.number(),
  phase: z.enum(phases),
  seed: z.string(),
  made: time,
  turned: time,
  why: z.string().exactOptional(),
  calledOffBy: z.string().exactOptional(),
  few: z.coerce.number().exactOptional(),
  order: z.string().exactOptional(),
  seal: z.string().exactOptional(),
  tally: z.string().exactOptional(),
});
const entrySchema = z.object({
  job: z.string(),
  member: z.string(),
  name: z.string(),
  at: z.number(),
  state: z.enum(entryStates),
  number: z.int().exactOptional(),
  film: z.string().exactOptional(),
  author: z.string().exactOptional(),
  nonce: z.string().exactOptional(),
  commitment: z.string().exactOptional(),
  untold: z.literal(true).exactOptional(),
  asset: z
    .object({ name: z.string(), bytes: z.number(), seconds: z.number(), width: z.number(), height: z.number() })
    .exactOptional(),
  spoiler: z.literal(true).exactOptional(),
  paid: z
    .object({ member: z.string().exactOptional(), window: z.string(), allowance: z.number(), granted: z.number() })
    .exactOptional(),
  prize: z.number().exactOptional(),
  brought: z.literal(true).exactOptional(),
  why: z.string().exactOptional(),
  shown: z.string().exactOptional(),
  attempt: z.string().exactOptional(),
  mark: z.string().exactOptional(),
}) satisfies z.ZodType<Entry>;

function challengeOf(id: string, is: Record<string, string>): Challenge | undefined {
  if (is.terms === undefined) return undefined;
  const { terms, made, turned, order, ...rest } = fieldsSchema.parse(is);
  return {
    ...termsSchema.parse(JSON.parse(terms)),
    ...{ id, ...rest, madeAt: made, turnedAt: turned, said: saidIn(is, sayings) },
    ...(order === undefined ? {} : { order: order.split(' ') }),
  };
}

const entryOf = (text: string): Entry => entrySchema.parse(JSON.parse(text));

const timesOf = ({ opensAt, closesAt, votesUntil, most }: ChallengeTerms): number[] => [
  opensAt,
  closesAt,
  votesUntil,
  most,
];
const wrongTimes = (): UserError => new UserError('invalid', { word: 'challenge.times' }, { field: 'closes' });

/** Challenges in Redis. */
export function createChallenges(redis: Redis | Cluster): Challenges {
  const reading = <T>(work: () => Promise<T>): Promise<T> => told(() => untouched(work));

  return {
    open: (space, key, terms) =>
      told(async () => {
        await redis.sadd(dailies.contests, space);
        const id = madeBy('c', key, 5);
        await redis.set(dailies.challenge(id), space);
        const secret = () => randomBytes(16).toString('hex');
        const args = [id, JSON.stringify(terms), ...timesOf(terms), secret(), secret(), challengesMax, terms.voting];
        // When it opens and closes is reckoned from the call, and a repetition comes later.
        const { opensAt: _, closesAt: __, votesUntil: ___, ...what } = terms;
        return verb(redis, 'open_challenge', { space, key, what }, args, (why) => {
          if (why === 'many') return new UserError('busy', { word: 'challenge.many', with: { most: challengesMax } });
          return why === 'over' ? wrongTimes() : undefined;
        });
      }),

    change: (space, id, version, terms) =>
      told(async () => {
        const args = [id, version, JSON.stringify(terms), ...timesOf(terms), terms.voting];
        const done = await run(redis, 'change_challenge', [spaceKeys(space).all], args);
        if (done === 'over') throw wrongTimes();
        if (done !== 'done') throw new UserError('conflict', { word: 'challenge.changed' });
      }),

    find: (space, id) => reading(async () => challengeOf(id, await redis.hgetall(spaceKeys(space).challenge(id)))),

    where: (id) =>
      reading(async () => {
        const found = await redis.get(dailies.challenge(id));
        return found === null ? undefined : (found as SpaceKey);
      }),

    list: (space) =>
      reading(async () => {
        const keys = spaceKeys(space);
        const ids = await redis.zrevrange(keys.challenges, 0, 99);
        const all = await Promise.all(ids.map(async (id) => challengeOf(id, await redis.hgetall(keys.challenge(id)))));
        return all.filter((one) => one !== undefined);
      }),

    entries: (space, id) =>
      reading(async () => {
        const all = Object.values(await redis.hgetall(spaceKeys(space).entries(id))).map(entryOf);
        return all.sort((one, other) => one.at - other.at || (one.job < other.job ? -1 : 1));
      }),

    entry: (space, id, job) =>
      reading(async () => {
        const text = await redis.hget(spaceKeys(space).entries(id), job);
        return text === null ? undefined : entryOf(text);
      }),

    enter: (space, id, entry) =>
      told(async () => {
        const { edition, ...given } = entry;
        const kept: Entry = { ...given, at: Date.now(), state: 'asked' };
        const brought = entry.brought ? '1' : '';
        const args = [id, entry.job, entry.member, JSON.stringify(kept), entriesMax, edition, brought];
        const done = z.enum(['entered', 'known', 'closed', 'changed', 'most', 'full', 'elsewhere']);
        const outcome = done.parse(await run(redis, 'enter', [spaceKeys(space).all], args));
        switch (outcome) {
          case 'changed':
            throw new UserError('conflict', { word: 'challenge.other' }, { field: 'challenge' });
          case 'closed':
            throw new UserError('forbidden', { word: 'challenge.closed' }, { field: 'challenge' });
          case 'most':
            throw new UserError('busy', { word: 'challenge.most' }, { field: 'challenge' });
          case 'elsewhere':
            throw new UserError('conflict', { word: 'challenge.submit.elsewhere' }, { field: 'film' });
          case 'full':
            throw new UserError('busy', { word: 'challenge.full' }, { field: 'challenge' });
          default:
            return outcome === 'entered';
        }
      }),

    leave: (space, id, job) =>
      told(async () => {
        await swap(space, id, job, (entry) => (entry.state === 'asked' ? 'gone' : undefined));
      }),

    note: (space, id, job, from, change) =>
      told(() =>
        swap(space, id, job, (entry) =>
          from.includes(entry.state) ? entryOf(JSON.stringify({ ...entry, ...change })) : undefined,
        ),
      ),

    attempt: (space, id, job, attempt) =>
      told(async () => {
        let before: Entry | undefined;
        const begun = await swap(space, id, job, (entry) => {
          before = entry;
          return entry.state === 'in' && entry.shown === undefined ? { ...entry, attempt } : undefined;
        });
        return begun ? before : undefined;
      }),

    mark: (space, id, job, attempt, mark) =>
      told(() => swap(space, id, job, (entry) => (entry.attempt === attempt ? { ...entry, mark } : undefined))),

    shows: (space, id, job, ref) =>
      told(() =>
        swap(space, id, job, (entry) =>
          entry.state === 'in' && (entry.shown ?? ref) === ref ? { ...entry, shown: ref } : undefined,
        ),
      ),

    broughtTo: (space, job) => reading(async () => (await redis.hget(spaceKeys(space).brought, job)) ?? undefined),

    arriving: (space, id) => reading(() => redis.smembers(spaceKeys(space).arriving(id))),

    spaces: () => reading(() => spacesWith(redis, 'deadlines')),

    underWay: (space) =>
      reading(async () => {
        const flat = await redis.zrange(spaceKeys(space).deadlines, '0', '-1', 'WITHSCORES');
        return flat.flatMap((id, index) => (index % 2 === 0 ? [{ id, due: Number(flat[index + 1]) }] : []));
      }),

    tally: (space, id) => reading(async () => (await redis.get(spaceKeys(space).tally(id))) ?? undefined),
    keepTally: (space, id, text) => told(async () => void (await redis.set(spaceKeys(space).tally(id), text))),

    keep: (space, id, saying, said) =>
      told(async () => {
        await redis.hset(spaceKeys(space).challenge(id), `said:${saying}`, JSON.stringify(said));
      }),

    turn: (space, id, { from, to, due, version, fields = {} }) =>
      told(async () => {
        // It came to its phase when it entered it, however often it is looked at in it.
        const set = { ...(from === to ? {} : { turned: Date.now() }), ...fields };
        const args = [id, from, to, due ?? '', version ?? '', ...Object.entries(set).flat()];
        return (await run(redis, 'turn', [spaceKeys(space).all], args)) === 1;
      }),
  };

  /** Makes another of an entry, of what it is when that is written. */
  async function swap(
    space: SpaceKey,
    id: string,
    job: string,
    make: (entry: Entry) => Entry | 'gone' | undefined,
  ): Promise<boolean> {
    const keys = spaceKeys(space);
    for (;;) {
      const seen = await redis.hget(keys.entries(id), job);
      const entry = seen === null ? undefined : entryOf(seen);
      const next = entry && make(entry);
      if (seen === null || !entry || next === undefined) return false;
      const text = next === 'gone' ? '' : JSON.stringify(next);
      const stays = next !== 'gone' && isLive(next);
      const waits = next !== 'gone' && (next.state === 'asked' || next.state === 'made' || next.untold === true);
      const args = [id, job, seen, text, entry.member, isLive(entry) && !stays ? '1' : '0', waits ? '1' : '0'];
      if ((await run(redis, 'swap_entry', [keys.all], args)) === 1) return true;
    }
  }
}
