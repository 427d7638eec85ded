import { type Challenge, challengePattern, type Entry } from '../../src/domain/challenge.ts';
import { type Button, type Context, command, type Part, type Reply } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { nextPair } from '../../src/domain/pairs.ts';
import { say, word } from '../../src/domain/words.ts';
import { answer } from '../answer.ts';
import { meant, which } from './which.ts';

const closed = (): UserError => new UserError('forbidden', { word: 'challenge.vote.closed' }, { field: 'challenge' });

/** What of a challenge can be voted for: those that are shown, and are still there. */
async function shownOf({ id }: Challenge, { challenges, space }: Context): Promise<Entry[]> {
  const entries = await challenges.entries(space, id);
  return entries.filter(({ state, number, shown }) => state === 'in' && number !== undefined && shown !== undefined);
}

/** A film where it is shown. */
function placeOf({ number = 0, shown = '' }: Entry, { said, place }: Challenge, { call }: Context): Part {
  const { platform, space, channel, thread } = said.voting?.place ?? place;
  const where = { platform, space, channel, ...(thread === undefined ? {} : { thread }) };
  const origin = { ...where, user: call.origin.user, visibility: 'thread' } as const;
  const label = say({ word: 'challenge.number.n', with: { number } });
  return { kind: 'place', label, origin, post: { ref: shown, place: 'asked' } };
}

const numberWord = (number: number): string => say({ word: 'challenge.number.n', with: { number } });

/** The next question to a voter, or thanks. */
async function question(challenge: Challenge, context: Context): Promise<Part[]> {
  const { votes, space, call } = context;
  const { id, seed } = challenge;
  const shown = await shownOf(challenge, context);
  const mine = shown.filter(({ member }) => member === call.origin.user);
  const others = shown.filter((entry) => !mine.includes(entry));
  const voter = await votes.voter(space, id, call.origin.user);
  const { ballots, asked, seen } = await votes.of(space, id, voter);
  const pairs = ballots.map(({ left, right }): [number, number] => [left, right]);
  const isThere = (number: number) => others.some((entry) => entry.number === number);
  const candidates = others.map(({ number = 0 }) => ({ id: String(number), seen: seen.get(number) ?? 0 }));
  const next = asked?.every(isThere)
    ? asked
    : nextOf(candidates, pairs, `${seed} ${voter}`);
  if (next === undefined) {
    const said = others.length < 2 ? 'challenge.vote.few' : undefined;
    const text = said ? word(said) : say({ word: 'challenge.voted.all', with: { count: ballots.length } });
    return [{ kind: 'text', text }];
  }
  const [left, right] = asked === next ? next : await votes.offer(space, id, voter, next);
  const button = (label: string, letter: string): Button => ({
    ...{ label, command: 'challenge choose', challenge: `${id}-${left}-${right}-${letter}` },
  });
  return [
    { kind: 'text', text: word('challenge.which.one') },
    ...others.filter(({ number }) => number === left).map((entry) => placeOf(entry, challenge, context)),
    ...others.filter(({ number }) => number === right).map((entry) => placeOf(entry, challenge, context)),
    {
      kind: 'buttons',
      buttons: [button(numberWord(left), 'l'), button(numberWord(right), 'r'), button(word('challenge.neither'), 'e')],
    },
  ];
}
