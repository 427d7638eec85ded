import { expect } from 'vitest';
import { audit } from '../../src/desk/audit.ts';
import type { Entry } from '../../src/domain/challenge.ts';
import type { Hands, Seen } from './hands.ts';
import { allowance, checked, enterAll, judge, type Play, playOn } from './play.ts';

const prizes = [30, 20, 10];
const firstCar = 5;

/** Who takes part, and in what: films that are sealed and judged in pairs, open ones, and sealed ones of which each voter names one. */
interface Season {
  hands: Hands;
  play: Play;
  makers: string[];
  drivers: string[];
  birders: string[];
  guest: string;
  boats: string;
  cars: string;
  birds: string;
}

async function begin(hands: Hands): Promise<Season> {
  const play = playOn(hands);
  const makers: string[] = [];
  for (let n = 10; n < 30; n += 1) makers.push(await hands.join(`maker${n}`));
  const guest = await hands.join('guest');
  const season = await hands.ask(hands.boss, 'challenge season', { action: 'open', title: 'Spring' });
  expect(season.text).toContain('The season Spring runs');
  const { opened } = play;
  const theme = `a boat ${hands.loud(makers[0] ?? '')}`;
  const boats = await opened('fill', { title: 'Boats', theme }, { prizes: prizes.join(' '), seconds: 1 });
  const car = { title: 'Cars', theme: 'a car', preset: 'open' };
  const cars = await opened('ask', car, { compute: 3, seconds: 2, prizes: String(firstCar) });
  const birds = await opened('ask', { title: 'Birds', theme: 'a bird' }, { voting: 'one', seconds: 1 });
  await play.looked('all are announced', async () => {
    const announced = (await hands.everybody()).filter(({ text }) => text.includes('A challenge: '));
    return announced.length === 3;
  });
  const [drivers, birders] = [makers.slice(0, 8), makers.slice(4, 10)];
  return { hands, play, makers, drivers, birders, guest, boats, cars, birds };
}

/** All enter; one deletes their open film where it is posted. */
async function enter({ hands, play, makers, drivers, birders, boats, cars, birds }: Season): Promise<void> {
  const { entries, looked } = play;
  await enterAll(hands, play, cars, 'Cars', drivers);
  const [, bob = ''] = drivers;
  const film = (await entries(cars)).find(({ member }) => member === bob);
  await hands.remove(bob, film?.job ?? '');
  await looked('the deleted film counts no more', async () =>
    (await entries(cars)).some(({ member, state }) => member === bob && state === 'withdrawn'),
  );
  await enterAll(hands, play, boats, 'Boats', makers);
  await enterAll(hands, play, birds, 'Birds', birders);
}

/** Sealed films are their authors' alone; all see the hash of each, and the open films. */
async function seeNothing({ hands, play: { entries }, boats, cars, birds }: Season): Promise<Seen[]> {
  const hidden = [...(await entries(boats)), ...(await entries(birds))];
  expect(new Set(hidden.map(({ film }) => film)).size).toBe(hidden.length);
  const seen = await hands.everybody();
  const films = seen.flatMap((message) => message.films);
  const words = seen.map(({ text }) => text).join('\n');
  for (const { film = '', commitment, member, job } of hidden) {
    expect(films).not.toContain(film);
    expect(words).not.toContain(film);
    expect(words).not.toContain(job);
    expect(words).toContain(`A film was entered and sealed: ${commitment}`);
    expect((await hands.alone(member)).flatMap((message) => message.films)).toContain(film);
  }
  expect(words).not.toMatch(/(Boats|Birds) by maker/);
  const open = (await entries(cars)).filter(({ state }) => state === 'in').map(({ film = '' }) => film);
  expect(films.sort()).toEqual(open.sort());
  return seen;
}

/** What all see since then names nobody, and shows what counts by its number alone. */
async function nameless({ hands, play: { entries }, boats, cars, birds }: Season, before: readonly Seen[]) {
  const known = new Set(before.map(({ id }) => id));
  const since = (await hands.everybody()).filter(({ id }) => !known.has(id));
  const all = [...(await entries(boats)), ...(await entries(cars)), ...(await entries(birds))];
  for (const { text, films } of since) {
    expect(text).not.toMatch(/maker/);
    for (const { member, job } of all) expect(text).not.toMatch(new RegExp(`${job}|@${member}`));
    if (films.length === 0) continue;
    const entry = all.find(({ film }) => film === films[0]);
    expect(text.replace(/[^\w ]/g, '').trim()).toBe(`Number ${entry?.number}`);
  }
  return since.flatMap(({ films }) => films);
}

/** All vote by the buttons that they are shown. Returns a question that is left open. */
async function vote({ hands, play: { entries, one }, makers, guest, boats, cars, birds }: Season): Promise<Seen> {
  const [ada = '', bob = '', , ...others] = makers;
  const all = await entries(boats);
  const poll = await one(/Entries for Boats are closed/);
  const question = await judge(hands, ada, { poll, all, times: 4 });
  for (const voter of [bob, ...others, guest]) await judge(hands, voter, { poll, all, times: 4 });
  const carPoll = await one(/Entries for Cars are closed/);
  const carEntries = await entries(cars);
  for (const voter of others.slice(5, 11)) await judge(hands, voter, { poll: carPoll, all: carEntries, times: 3 });
  const [best] = await entries(birds);
  const named = async (voter: string) =>
    (await hands.ask(voter, 'challenge vote', { challenge: birds, number: best?.number ?? 0 })).text;
  expect(await named(best?.member ?? '')).toContain('That film is your own.');
  for (const voter of others.slice(7, 13)) expect(await named(voter)).toContain(`Noted: Number ${best?.number}`);
  return question;
}

/** A film is disqualified and leaves the chat; a voter is blocked. */
async function moderate({ hands, play: { entries, looked }, guest, boats }: Season): Promise<void> {
  const last = (await entries(boats)).findLast(({ state }) => state === 'in');
  const out = { challenge: boats, number: last?.number ?? 0, reason: 'no boat' };
  expect((await hands.ask(hands.boss, 'challenge disqualify', out)).text).toContain('is out of the challenge');
  await looked('its film is taken out', async () => {
    const films = (await hands.everybody()).flatMap((message) => message.films);
    return !films.includes(last?.film ?? '');
  });
  const block = { member: hands.refer(guest), reason: 'two accounts' };
  expect((await hands.ask(hands.boss, 'admin block add', block)).text).toMatch(/^Blocked, as/);
}

/** The results with their files, and what everybody has after them. */
async function reckon({ hands, play, makers, birders, boats, cars, birds }: Season): Promise<void> {
  const [boat, car, bird] = [
    await checked(hands, play, boats),
    await checked(hands, play, cars),
    await checked(hands, play, birds),
  ];
  expect([boat, car, bird].map(({ tally }) => tally.result.length)).toEqual([18, 7, 6]);
  expect(boat.result.text).toContain('4 opinions of voters who were blocked meanwhile are left out.');
  const won = new Map<string, number>();
  const award = ({ tally }: typeof boat, given: readonly number[], entries: Entry[]) => {
    for (const [index, credits] of given.entries()) {
      const winner = entries.find(({ number }) => number === tally.result[index]?.entry);
      won.set(winner?.member ?? '', (won.get(winner?.member ?? '') ?? 0) + credits);
    }
  };
  award(boat, prizes, await play.entries(boats));
  award(car, [firstCar], await play.entries(cars));
  const first = (await play.entries(boats)).find(({ number }) => number === boat.tally.result[0]?.entry);
  expect(boat.result.text).toContain(`1st, by ${first?.name}`);
  for (const [index, maker] of makers.entries()) {
    // A boat and a bird are paid by each, and a car by what everybody has for it.
    const left = allowance - 1 - (birders.includes(maker) ? 1 : 0) + (won.get(maker) ?? 0);
    expect([maker, await play.left(maker)]).toEqual([maker, left]);
    if (index === 3) expect((await hands.ask(maker, 'quota')).text).toContain(`${left} credits left`);
  }
}

/** A whole season of three challenges with twenty members, by whatever hands a chat has. */
export async function playSeason(hands: Hands): Promise<void> {
  const season = await begin(hands);
  const { play, makers, boats, cars, birds } = season;
  const [ada = '', , cyd = '', dee = ''] = makers;
  const ids = [boats, cars, birds];
  const asked = async (member: string, command: string, values = {}) => (await hands.ask(member, command, values)).text;
  await enter(season);
  const before = await seeNothing(season);
  // One thinks better of it, one goes away.
  expect(await asked(ada, 'challenge withdraw', { challenge: boats })).toContain('is out of the challenge');
  await hands.leave(cyd);
  await play.pass(ids, 'closesAt', 'voting');
  expect(await nameless(season, before)).toHaveLength(19 + 7 + 6);
  const question = await vote(season);
  await moderate(season);
  expect(await nameless(season, before)).toHaveLength(18 + 7 + 6);

  await play.pass(ids, 'votesUntil', 'ended');
  // A button that is left over counts for nothing.
  const [leftover = ''] = question.buttons;
  expect((await hands.press(ada, question, leftover)).text).toContain('There is no vote now.');
  await reckon(season);
  expect(await asked(dee, 'challenge standings')).toMatch(/Spring[\s\S]*Challenges: 3/);
  expect(await asked(dee, 'challenge history')).toMatch(/2 challenges/);
  expect(await asked(hands.boss, 'challenge season', { action: 'close' })).toContain('The season Spring is closed.');
  expect(await asked(dee, 'challenge hall')).toContain('Spring');
  // Authors hear of their films, and nobody is notified of anything else.
  expect((await hands.everybody()).filter(({ rings, films }) => rings && films.length === 0)).toEqual([]);
  expect((await audit(hands.house.redis)).problems).toEqual([]);
  expect(hands.errors()).toEqual([]);
}
