import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { told, untouched } from '../away.ts';
import type { SpaceKey } from '../domain/origin.ts';
import { authorCode, voterCode } from '../domain/tally/seal.ts';
import type { Ballot, Votes } from '../domain/vote.ts';
import { spaceKeys } from './keys.ts';
import { run } from './scripts.ts';

const choices = { l: 'left', r: 'right', e: 'neither' } as const;
type Letter = keyof typeof choices;
const letterOf = (choice: Ballot['choice']): Letter => (choice === 'left' ? 'l' : choice === 'right' ? 'r' : 'e');

function pairOf(text: string): [number, number] {
  const [left, right] = z.tuple([z.coerce.number(), z.coerce.number()]).parse(text.split('-').slice(0, 2));
  return [left, right];
}

/** What a voter said, as it is kept: `3-7-l 5-9-e`, or a number alone where one entry is named. */
function ballotsOf(voter: string, text: string): Ballot[] {
  return text
    .split(' ')
    .filter((one) => one.includes('-'))
    .map((one) => {
      const [left, right] = pairOf(one);
      return { voter, left, right, choice: choices[z.enum(['l', 'r', 'e']).parse(one.split('-')[2])] };
    });
}
const namedOf = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined);

/** The ballots of challenges in Redis. Who a voter is, only the challenge's own secret tells. */
export function createVotes(redis: Redis | Cluster): Votes {
  const reading = <T>(work: () => Promise<T>): Promise<T> => told(() => untouched(work));
  const saltOf = (space: SpaceKey, id: string): Promise<string> =>
    reading(async () => z.string().parse(await redis.hget(spaceKeys(space).challenge(id), 'salt')));
  return {
    voter: async (space, id, member) => voterCode(await saltOf(space, id), member),
    author: async (space, id, member) => authorCode(await saltOf(space, id), member),

    of: (space, id, voter) =>
      reading(async () => {
        const keys = spaceKeys(space);
        const [text, asked, seen] = await Promise.all([
          redis.hget(keys.ballots(id), voter),
          redis.hget(keys.offered(id), voter),
          redis.hgetall(keys.seen(id)),
        ]);
        const named = namedOf(text ?? '');
        return {
          ballots: ballotsOf(voter, text ?? ''),
          ...(named === undefined ? {} : { named }),
          ...(asked === null ? {} : { asked: pairOf(asked) }),
          seen: new Map(Object.entries(seen).map(([number, count]) => [Number(number), Number(count)])),
        };
      }),

    offer: (space, id, voter, [left, right], stale) =>
      told(async () =>
        pairOf(
          z
            .string()
            .parse(await run(redis, 'offer', [spaceKeys(space).all], [id, voter, left, right, stale?.join('-') ?? ''])),
        ),
      ),

    cast: (space, id, { voter, left, right, choice }) =>
      told(async () => {
        const done = await run(
          redis,
          'cast',
          [spaceKeys(space).all],
          [id, voter, `${left}-${right}`, letterOf(choice)],
        );
        return z.enum(['taken', 'known', 'other', 'over']).parse(done);
      }),

    name: (space, id, voter, number) =>
      told(async () => {
        const done = await run(redis, 'cast', [spaceKeys(space).all], [id, voter, String(number), '']);
        return z.enum(['taken', 'other', 'over']).parse(done);
      }),

    all: (space, id) =>
      reading(async () => {
        const said = Object.entries(await redis.hgetall(spaceKeys(space).ballots(id))).sort(([a], [b]) =>
          a < b ? -1 : 1,
        );
        return {
          ballots: said.flatMap(([voter, text]) => ballotsOf(voter, text)),
          named: said.flatMap(([voter, text]) => {
            const number = namedOf(text);
            return number === undefined ? [] : [{ voter, number }];
          }),
        };
      }),
  };
}
