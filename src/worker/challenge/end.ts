import { type Entry, entryStates } from '../../domain/challenge.ts';
import type { Part } from '../../domain/command.ts';
import { resultOf } from '../../domain/season.ts';
import { standingsTable } from '../../domain/standings.ts';
import type { Ballot, Tally } from '../../domain/tally/file.ts';
import { readTally, tallyHash, writeTally } from '../../domain/tally.ts';
import { say, word } from '../../domain/words.ts';
import { sift } from './arrive.ts';
import { announce, blockedIn, type Look, pageOf } from './tools.ts';

/** How many of the first are linked to. */
const linked = 3;

/** The ballots that count, and how many do not, because their voters were blocked meanwhile. */
async function counted(
  { space, challenge, tools }: Look,
  members: ReadonlySet<string>,
): Promise<Pick<Tally, 'ballots' | 'leftOut'>> {
  const { id } = challenge;
  const { ballots, named } = await tools.votes.all(space, id);
  const blocked = new Set(await Promise.all([...members].map((member) => tools.votes.voter(space, id, member))));
  const all: Ballot[] = [
    ...ballots.flatMap(({ voter, left, right, choice }): Ballot[] =>
      choice === 'neither' ? [] : [{ voter, pair: [left, right], choice: choice === 'left' ? left : right }],
    ),
    ...named.map(({ voter, number }): Ballot => ({ voter, choice: number })),
  ];
  // What is of the other way of voting is none.
  const fitting = all.filter((ballot) => 'pair' in ballot === (challenge.voting === 'pairs'));
  const kept = fitting.filter(({ voter }) => !blocked.has(voter));
  return { ballots: kept, leftOut: fitting.length - kept.length };
}

/** An entry as the tally has it; one that was taken out since entries closed has no place, nor has one whose author is blocked. */
async function entryIn(
  { space, tools }: Look,
  entry: Entry,
  blocked: ReadonlySet<string>,
): Promise<Tally['entries'][number]> {
  const { job, member, name, at, state, number = 0, film = '', nonce = '', commitment = '' } = entry;
  const removed = (await tools.desk.job({ space, id: job }))?.removed !== undefined;
  // What it was committed to, which of an earlier version is the member.
  const author = { id: entry.author ?? member, name };
  return {
    ...{ number, id: job, film, nonce, commitment, enteredAt: at, author },
    ...(state !== 'in' || removed || blocked.has(member) ? { out: true } : {}),
  };
}

/** Reckons the result, and keeps the file by which anybody can do that again. */
async function tally(look: Look): Promise<string> {
  const { space, challenge, tools } = look;
  const { id, title, closesAt, turnedAt, voting, seed } = challenge;
  const known = await tools.challenges.tally(space, id);
  if (known !== undefined) return known;
  const [all, blocked] = await Promise.all([tools.challenges.entries(space, id), blockedIn(look)]);
  const shown = all.filter(({ number }) => number !== undefined);
  const entries = await Promise.all(shown.map((entry) => entryIn(look, entry, blocked)));
  const lost = all.filter(({ member, state }) => state === 'barred' || (state === 'in' && blocked.has(member))).length;
  // The clock that lets films in may be a little behind the one that notes when.
  const closedAt = Math.max(closesAt, ...shown.map(({ at }) => at));
  const about = { id, title, closedAt, endedAt: Math.max(turnedAt, closedAt), voting, seed };
  const films = lost === 0 ? {} : { filmsLeftOut: lost };
  const text = writeTally({ challenge: about, entries, ...(await counted(look, blocked)), ...films });
  await tools.challenges.keepTally(space, id, text);
  return text;
}

/** What does not count, because of who was blocked. */
function leftOutParts({ leftOut: votes, filmsLeftOut: films = 0 }: Tally): Part[] {
  const told = [
    ...(votes === 0 ? [] : [say({ word: 'challenge.say.blocked', with: { count: votes } })]),
    ...(films === 0 ? [] : [say({ word: 'challenge.say.blocked.films', with: { count: films } })]),
  ];
  return told.map((text) => ({ kind: 'text', text }));
}

/** Links to where the first films are shown. */
function firstFilms({ challenge }: Look, { entries, result }: Tally, kept: ReadonlyMap<string, Entry>): Part[] {
  const { platform, space, channel, thread } = challenge.said.voting?.place ?? challenge.place;
  const origin = {
    ...{ platform, space, channel, user: challenge.by, visibility: 'thread' as const },
    ...(thread === undefined ? {} : { thread }),
  };
  return result.slice(0, linked).flatMap(({ place, entry }): Part[] => {
    const found = entries.find(({ number }) => number === entry);
    const ref = found && kept.get(found.id)?.shown;
    const label = say({ word: 'challenge.first', with: { place, name: found?.author.name ?? '' } });
    return ref === undefined ? [] : [{ kind: 'place', label, origin, post: { ref, place: 'asked' } }];
  });
}

/** Tells the first of their place, and gives them what it is worth; once. */
async function award(
  { space, challenge, tools }: Look,
  { entries, result }: Tally,
  kept: ReadonlyMap<string, Entry>,
): Promise<void> {
  const { id, title, prizes, place: where } = challenge;
  for (const { place, entry } of result.slice(0, Math.max(prizes.length, 1))) {
    const found = kept.get(entries.find(({ number }) => number === entry)?.id ?? '');
    const credits = prizes[place - 1] ?? 0;
    // Noted on the entry, for a call's key is not remembered for ever.
    if (!found || found.prize !== undefined) continue;
    const { job, member } = found;
    if (credits > 0) {
      const why = say({ word: 'challenge.prize', with: { title, place } });
      const to = { member, credits, by: challenge.by, why };
      await tools.ledger.grant(space, `challenge ${id} prize ${place}`, to);
    }
    await tools.challenges.note(space, id, job, entryStates, { prize: credits });
    const text = say({ word: 'challenge.won', with: { title, place, credits } });
    const notice = { key: `${id}-won-${place}`, parts: [{ kind: 'text', text } as const] };
    try {
      await tools.poster(where.platform).direct(where, member, notice);
    } catch (err) {
      tools.log.warn({ space, challenge: id, place, err }, 'somebody was not told of their place');
    }
  }
}

/** From the last vote to the result in the chat, with its prizes. Done again, it only takes out of the chat what was deleted since. */
export async function conclude(look: Look): Promise<void> {
  const { space, challenge, tools } = look;
  const { id, title, version } = challenge;
  await sift(look);
  const text = await tally(look);
  const hash = tallyHash(text);
  const read = readTally(text);
  if (!read.tally) throw new Error(`the tally of ${id} cannot be read: ${read.problems.join(' ')}`);
  const entries = new Map((await tools.challenges.entries(space, id)).map((entry) => [entry.job, entry]));
  // Before it is told, for the season that runs may end then. Of a closed place nobody elsewhere is to know.
  if (challenge.place.closed === undefined) await tools.seasons.keep(space, resultOf(read.tally, entries));
  const none = { kind: 'text', text: say({ word: 'challenge.say.ended', with: { title } }) } as const;
  await announce(look, 'ended', {
    ...(challenge.ping === undefined ? {} : { ping: challenge.ping }),
    parts: [
      read.tally.result.length === 0 ? none : standingsTable(read.tally),
      ...firstFilms(look, read.tally, entries),
      ...leftOutParts(read.tally),
      { kind: 'facts', facts: [{ label: word('challenge.say.tally'), value: hash }, ...pageOf(look)] },
    ],
  });
  await award(look, read.tally, entries);
  // What was deleted meanwhile wants another look.
  await tools.challenges.turn(space, id, { from: 'ended', to: 'ended', version, fields: { tally: hash } });
}
