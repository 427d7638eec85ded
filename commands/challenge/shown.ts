import type { Challenge, Entry } from '../../src/domain/challenge.ts';
import type { Context, Part } from '../../src/domain/command.ts';
import { say } from '../../src/domain/words.ts';

/** What of a challenge is shown by its number, and still is there. */
export async function shownOf({ id }: Challenge, { challenges, space }: Context): Promise<Entry[]> {
  const entries = await challenges.entries(space, id);
  return entries.filter(({ state, number, shown }) => state === 'in' && number !== undefined && shown !== undefined);
}

export const numberWord = (number: number): string => say({ word: 'challenge.number.n', with: { number } });

/** A film where it is shown. */
export function placeOf({ number = 0, shown = '' }: Entry, { said, place }: Challenge, { call }: Context): Part {
  const { platform, space, channel, thread } = said.voting?.place ?? place;
  const where = { platform, space, channel, ...(thread === undefined ? {} : { thread }) };
  const origin = { ...where, user: call.origin.user, visibility: 'thread' } as const;
  return { kind: 'place', label: numberWord(number), origin, post: { ref: shown, place: 'asked' } };
}
