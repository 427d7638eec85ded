import { type Challenge, isLive } from '../../src/domain/challenge.ts';
import { termsParts } from '../../src/domain/challengeParts.ts';
import { type Context, command, type Fact, type Part, type Reply } from '../../src/domain/command.ts';
import { standingsTable } from '../../src/domain/standings.ts';
import { readTally } from '../../src/domain/tally.ts';
import { moment, say, word } from '../../src/domain/words.ts';
import { answer, told } from '../answer.ts';
import { isUnderWay, known, meant, which } from './which.ts';

const listed = 20;

/** When a challenge comes to its next phase, or came to its last. */
const nextAt = ({ phase, opensAt, closesAt, votesUntil, turnedAt }: Challenge): number =>
  ({ announced: opensAt, open: closesAt, closing: closesAt, voting: votesUntil, ended: turnedAt, cancelled: turnedAt })[
    phase
  ];

async function countOf({ id }: Challenge, { challenges, space }: Context): Promise<number> {
  return (await challenges.entries(space, id)).filter(isLive).length;
}

async function list(all: readonly Challenge[], context: Context): Promise<Reply> {
  if (all.length === 0) return told(word('challenge.none'));
  const facts = await Promise.all(
    all.slice(0, listed).map(async (one): Promise<Fact> => {
      const about = { phase: one.phase, entries: await countOf(one, context), at: nextAt(one), timeZone: one.zone };
      return { label: `${one.title} (${one.id})`, value: say({ word: 'challenge.line', with: about }) };
    }),
  );
  return answer(
    { kind: 'text', text: say({ word: 'challenge.list', with: { count: all.length } }) },
    { kind: 'facts', facts },
  );
}

/** What only whoever asks is told of themself. */
async function own(challenge: Challenge, context: Context): Promise<Fact[]> {
  const { challenges, votes, space, call } = context;
  const { id, phase } = challenge;
  const { user } = call.origin;
  const mine = (await challenges.entries(space, id)).filter((entry) => entry.member === user);
  const entries = mine.map(({ job, number, state }): Fact => {
    const value = [
      job,
      word(`challenge.entry.${state}`),
      ...(number === undefined ? [] : [say({ word: 'challenge.number.n', with: { number } })]),
    ];
    return { label: word('challenge.mine'), value: value.join(' \u00b7 ') };
  });
  // Everybody saw the hash of each, and nobody but its author knows whose it is.
  const hashes = challenge.preset === 'sealed' ? mine.flatMap(({ commitment }) => commitment ?? []) : [];
  entries.push(...hashes.map((value): Fact => ({ label: word('challenge.mine.hash'), value })));
  if (phase !== 'voting' && phase !== 'ended') return entries;
  const [code] = mine.flatMap(({ author }) => (author === undefined ? [] : [author]));
  const author = phase === 'ended' && code !== undefined ? [{ label: word('challenge.code.author'), value: code }] : [];
  const voter = await votes.voter(space, id, user);
  const { ballots, named } = await votes.of(space, id, voter);
  const count = ballots.length + (named === undefined ? 0 : 1);
  if (count === 0) return [...entries, ...author];
  return [
    ...entries,
    ...author,
    { label: word('challenge.ballots'), value: String(count) },
    { label: word('challenge.code'), value: voter },
  ];
}

async function result({ id }: Challenge, { challenges, space }: Context): Promise<Part[]> {
  const text = await challenges.tally(space, id);
  const read = text === undefined ? undefined : readTally(text);
  return read?.tally ? [standingsTable(read.tally)] : [];
}

export const show = command({
  name: 'show',
  summary: 'challenge.show',
  who: 'anyone',
  reply: 'private',
  surfaces: ['slash', 'button'],
  fields: { challenge: which },
  run: async ({ challenge: named }, context) => {
    const all = await known(context);
    const open = all.filter(isUnderWay);
    if (named === undefined && open.length !== 1) return list(open.length === 0 ? all : open, context);
    const challenge = await meant(named, ['announced', 'open', 'closing', 'voting'], context);
    const { title, id, phase, why, zone } = challenge;
    const facts: Fact[] = [
      { label: word('challenge.phase'), value: say({ word: 'challenge.is', with: { phase } }) },
      ...(why === undefined ? [] : [{ label: word('challenge.reason'), value: why }]),
      { label: word('challenge.count'), value: String(await countOf(challenge, context)) },
      ...(await own(challenge, context)),
      { label: word('pots.id'), value: id },
      ...(isUnderWay(challenge)
        ? []
        : [{ label: word('challenge.say.votes'), value: moment(nextAt(challenge), zone) }]),
    ];
    return answer(
      { kind: 'text', text: title },
      { kind: 'facts', facts },
      ...termsParts(challenge),
      ...(phase === 'ended' ? await result(challenge, context) : []),
    );
  },
});
