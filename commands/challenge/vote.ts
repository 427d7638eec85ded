import type { Challenge, Entry } from '../../src/domain/challenge.ts';
import { type Button, type Context, command, type Part, type Reply } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { nextPair, type Pair } from '../../src/domain/pairs.ts';
import type { Ballot } from '../../src/domain/vote.ts';
import { say, word } from '../../src/domain/words.ts';
import { answer } from '../answer.ts';
import { numberWord, placeOf, shownOf } from './shown.ts';
import { meant, which } from './which.ts';

const closed = (): UserError => new UserError('forbidden', { word: 'challenge.vote.closed' }, { field: 'challenge' });

function checkOpen({ phase, votesUntil }: Challenge): void {
  if (phase !== 'voting' || Date.now() >= votesUntil) throw closed();
}

/** The next question to a voter, or thanks. */
async function question(challenge: Challenge, context: Context): Promise<Part[]> {
  const { votes, space, call } = context;
  const { id, seed } = challenge;
  const others = (await shownOf(challenge, context)).filter(({ member }) => member !== call.origin.user);
  const voter = await votes.voter(space, id, call.origin.user);
  const { ballots, asked, seen } = await votes.of(space, id, voter);
  const filmOf = (wanted: number) => others.find(({ number }) => number === wanted);
  const entries = others.map(({ number = 0 }) => ({ number, shown: seen.get(number) ?? 0 }));
  const done = ballots.map(({ left, right }): Pair => [left, right]);
  // A film that was asked about may be gone by now.
  const next = asked?.every(filmOf) ? asked : nextPair({ entries, done, seed, voter });
  if (next === undefined) {
    const text =
      others.length < 2
        ? word('challenge.vote.few')
        : say({ word: 'challenge.voted.all', with: { count: ballots.length } });
    return [{ kind: 'text', text }];
  }
  const pair = next === asked ? next : await votes.offer(space, id, voter, [next[0], next[1]], asked);
  const button = (label: string, letter: string): Button => ({
    ...{ label, command: 'challenge choose', challenge: `${id}-${pair.join('-')}-${letter}` },
  });
  const places = pair.flatMap((number) => filmOf(number) ?? []).map((entry) => placeOf(entry, challenge, context));
  const [left, right] = pair.map(numberWord);
  const buttons = [
    ...[button(left ?? '', 'l'), button(right ?? '', 'r'), button(word('challenge.neither'), 'e')],
    { label: word('challenge.report.button'), command: 'challenge report', challenge: id },
  ];
  return [{ kind: 'text', text: word('challenge.which.one') }, ...places, { kind: 'buttons', buttons }];
}

/** How many films are offered to be named by a press. */
const offeredMost = 20;

/** Asks for the best film, where each voter has one vote: with a button for each, unless there are too many for any chat to show. */
function ballot({ id }: Challenge, others: readonly Entry[]): Reply {
  const numbers = others.flatMap(({ number }) => number ?? []).sort((one, other) => one - other);
  const buttons = numbers.map(
    (number): Button => ({ label: numberWord(number), command: 'challenge choose', challenge: `${id}-${number}` }),
  );
  const text = { kind: 'text', text: word('challenge.name.one') } as const;
  return buttons.length > offeredMost || buttons.length === 0
    ? answer(text)
    : answer(text, { kind: 'buttons', buttons });
}

/** Names one film, where each voter has one vote. */
async function name(challenge: Challenge, number: number | undefined, context: Context): Promise<Reply> {
  const shown = await shownOf(challenge, context);
  if (number === undefined) {
    return ballot(
      challenge,
      shown.filter(({ member }) => member !== context.call.origin.user),
    );
  }
  const entry = shown.find((one) => one.number === number);
  const field = { field: 'number' };
  if (!entry) throw new UserError('unknown', { word: 'challenge.entry.unknown' }, field);
  const { votes, space, call } = context;
  if (entry.member === call.origin.user) throw new UserError('forbidden', { word: 'challenge.vote.own' }, field);
  const voter = await votes.voter(space, challenge.id, call.origin.user);
  if ((await votes.name(space, challenge.id, voter, number)) === 'over') throw closed();
  return answer({ kind: 'text', text: say({ word: 'challenge.named', with: { number } }) });
}

export const vote = command({
  name: 'vote',
  summary: 'challenge.vote',
  who: 'anyone',
  reply: 'private',
  surfaces: ['slash', 'button'],
  fields: { challenge: which, number: { kind: 'integer', label: 'challenge.number', min: 1, max: 999 } },
  run: async ({ challenge: named, number }, context) => {
    const challenge = await meant(named, ['voting'], context);
    checkOpen(challenge);
    if (challenge.voting === 'one') return name(challenge, number, context);
    return answer(...(await question(challenge, context)));
  },
});

const letters = { l: 'left', r: 'right', e: 'neither' } as const;

/** What a press on one of a pair carries, or on a film that is named. */
function pressed(text: string): { id: string; number: number } | { id: string; ballot: Omit<Ballot, 'voter'> } {
  const [, id, left, right, letter] = /^(c[a-z2-7]{8})-(\d{1,3})(?:-(\d{1,3})-([lre]))?$/.exec(text) ?? [];
  if (id === undefined) throw new UserError('unknown', { word: 'challenge.unknown' }, { field: 'challenge' });
  if (letter === undefined) return { id, number: Number(left) };
  return { id, ballot: { left: Number(left), right: Number(right), choice: letters[letter as keyof typeof letters] } };
}

export const choose = command({
  name: 'choose',
  summary: 'challenge.choose',
  who: 'anyone',
  reply: 'private',
  surfaces: ['button'],
  fields: { challenge: { ...which, required: true } },
  run: async ({ challenge: text }, context) => {
    const { votes, space, call } = context;
    const press = pressed(text);
    const { id } = press;
    const challenge = await meant(id, ['voting'], context);
    if (challenge.voting !== ('number' in press ? 'one' : 'pairs')) throw closed();
    if ('number' in press) {
      checkOpen(challenge);
      return name(challenge, press.number, context);
    }
    const voter = await votes.voter(space, id, call.origin.user);
    const done = await votes.cast(space, id, { voter, ...press.ballot });
    if (done === 'over') throw closed();
    const { ballots } = await votes.of(space, id, voter);
    const said =
      done === 'other'
        ? word('challenge.vote.gone')
        : say({ word: 'challenge.voted.so', with: { count: ballots.length } });
    return answer({ kind: 'text', text: said }, ...(await question(challenge, context)));
  },
});
