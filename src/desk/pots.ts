import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { told, untouched } from '../away.ts';
import { UserError } from '../domain/errors.ts';
import type { SpaceKey } from '../domain/origin.ts';
import { endowedMax, type Pot, type Pots, potAboutSchema, potsMax, type Share, sharesMax } from '../domain/pot.ts';
import { keep, spaceKeys } from './keys.ts';
import { checked, madeBy, verb } from './ledger.ts';
import { readLot } from './quota.ts';
import { run } from './scripts.ts';

const answerSchema = z.tuple([z.string()]).rest(z.string());
const closedAtOnce = 50;

/** What of a pot came from whom: several of a member's lots and windows are one share of theirs. */
function sharesOf(fields: Record<string, string>): Share[] {
  const found = new Map<string, Share>();
  for (const [id, text] of Object.entries(fields)) {
    const name = id.slice(0, id.lastIndexOf('/'));
    const share = found.get(name) ?? { member: name === '' ? undefined : name, left: 0, held: 0 };
    const { left, held } = readLot(text);
    found.set(name, { ...share, left: share.left + left, held: share.held + held });
  }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, share]) => share);
}

function potOf(id: string, is: Record<string, string>, fields: Record<string, string>): Pot | undefined {
  if (is.about === undefined) return undefined;
  const shares = sharesOf(fields);
  const sum = (of: 'left' | 'held') => shares.reduce((all, share) => all + share[of], 0);
  return {
    id,
    ...potAboutSchema.parse(JSON.parse(is.about)),
    deadline: Number(is.deadline),
    ...(is.closed === undefined ? {} : { closed: Number(is.closed) }),
    ...{ left: sum('left'), held: sum('held'), shares },
  };
}

/** Pots in Redis. */
export function createPots(redis: Redis | Cluster): Pots {
  const find = async (space: SpaceKey, id: string): Promise<Pot | undefined> => {
    const keys = spaceKeys(space);
    const [is, shares] = await Promise.all([redis.hgetall(keys.pot(id)), redis.hgetall(keys.shares(id))]);
    return potOf(id, is, shares);
  };
  const reading = <T>(work: () => Promise<T>): Promise<T> => told(() => untouched(work));
  const refused = (why: string, left: number): UserError | undefined => {
    if (why === 'closed') return new UserError('unknown', { word: 'pot.closed' }, { field: 'pot' });
    if (why === 'full') return new UserError('busy', { word: 'pot.full' }, { field: 'pot' });
    if (why !== 'balance') return undefined;
    return new UserError('balance', { word: 'pledge.short', with: { left } }, { field: 'credits', balance: left });
  };
  const close = async (space: SpaceKey, pot: string, early: boolean): Promise<number | undefined> => {
    const args = [pot, early ? '1' : '0', keep.record, keep.record];
    const [outcome, given] = answerSchema.parse(await run(redis, 'close_pot', [spaceKeys(space).all], args));
    return outcome === 'done' ? Number(given) : undefined;
  };

  return {
    open: (space, key, { deadline, ...about }) =>
      told(async () => {
        const args = [madeBy('p', key, 5), JSON.stringify(about), deadline, potsMax, 0, '', ''];
        // The deadline is reckoned from the call, and a repetition comes later.
        return verb(redis, 'open_pot', { space, key, what: { about } }, args, (why) => {
          if (why === 'many') return new UserError('busy', { word: 'pots.many', with: { most: potsMax } });
          return why === 'over' ? new UserError('invalid', { word: 'pot.past' }, { field: 'days' }) : undefined;
        });
      }),

    endow: (space, key, { deadline, credits, ...about }) =>
      told(async () => {
        const made = [checked(credits), `/${madeBy('f', key, 8)}`, about.by];
        const args = [madeBy('p', key, 5), JSON.stringify(about), deadline, endowedMax, ...made];
        // What it is for may have another title by the time it is asked for again.
        return verb(redis, 'open_pot', { space, key, what: { for: about.for, credits } }, args, (why) => {
          if (why === 'many') return new UserError('busy', { word: 'pots.many', with: { most: endowedMax } });
          return why === 'over' ? new UserError('invalid', { word: 'pot.past' }) : undefined;
        });
      }),

    pledge: (space, key, { pot, member, credits, terms: { window, allowance } }) =>
      told(async () => {
        const { id, startsAt, endsAt } = window;
        const args = [
          keep.record,
          pot,
          member,
          checked(credits),
          id,
          startsAt,
          endsAt,
          allowance,
          keep.quota,
          sharesMax,
        ];
        const what = { pot, member, credits };
        return Number(await verb(redis, 'pledge', { space, key, what }, [...args, '', ''], refused));
      }),

    fund: (space, key, { pot, credits, by }) =>
      told(async () => {
        const args = [
          keep.record,
          pot,
          '',
          checked(credits),
          '',
          0,
          0,
          0,
          keep.quota,
          sharesMax,
          `/${madeBy('f', key, 8)}`,
          by,
        ];
        return Number(await verb(redis, 'pledge', { space, key, what: { pot, credits, by } }, args, refused));
      }),

    close: (space, pot) => told(() => close(space, pot, true)),
    closeDue: (space) =>
      told(async () => {
        const { pots, endowed } = spaceKeys(space);
        const dueIn = (key: string) => redis.zrangebyscore(key, '-inf', Date.now(), 'LIMIT', 0, closedAtOnce);
        let closed = 0;
        for (const pot of [...(await dueIn(pots)), ...(await dueIn(endowed))])
          if ((await close(space, pot, false)) !== undefined) closed += 1;
        return closed;
      }),
    find: (space, pot) => reading(() => find(space, pot)),
    list: (space) =>
      reading(async () => {
        const ids = await redis.zrange(spaceKeys(space).pots, '0', '-1');
        const found = await Promise.all(ids.map((id) => find(space, id)));
        return found.filter((pot) => pot !== undefined);
      }),
  };
}
