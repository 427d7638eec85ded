import { expect } from 'vitest';
import type { Challenge, Entry } from '../../src/domain/challenge.ts';
import { readTally, tallyHash, verifyTally } from '../../src/domain/tally.ts';
import { lookAfterChallenges } from '../../src/worker/challenges.ts';
import { thisWeek } from '../desk/rig.ts';
import { until } from '../support/until.ts';
import type { Hands, Seen, Values } from './hands.ts';
import { passTime, type Until } from './time.ts';

export const allowance = 60;

/** What the scenario does again and again, on one chat. */
export function playOn(hands: Hands) {
  const { house, space, boss } = hands;
  const { challenges } = house;
  const tools = { ...house.challengeTools, every: () => true };
  const find = async (id: string): Promise<Challenge> => {
    const found = await challenges.find(space, id);
    if (!found) throw new Error(`there is no challenge ${id}`);
    return found;
  };
  const entries = (id: string): Promise<Entry[]> => challenges.entries(space, id);
  const looked = (what: string, done: () => Promise<boolean>) =>
    until(
      what,
      async () => {
        await lookAfterChallenges(tools);
        return done();
      },
      40_000,
    );
  return {
    ...{ find, entries, looked },
    async opened(by: 'ask' | 'fill', values: Values, edit: Values): Promise<string> {
      const { text } = await hands[by](boss, 'challenge open', { closes: '3d', ...values });
      const id = /as (c[a-z2-7]{8})\./.exec(text)?.[1];
      if (id === undefined) throw new Error(`it was not opened: ${text}`);
      const changed = await hands.ask(boss, 'challenge edit', { challenge: id, ...edit });
      expect(changed.text).toContain('Changed. It is now:');
      return id;
    },
    /** All of them come to a phase, their time being over. */
    async pass(ids: readonly string[], past: Until, phase: Challenge['phase']): Promise<void> {
      for (const id of ids) await passTime(house.redis, space, await find(id), past);
      await looked(phase, async () => {
        const all = await Promise.all(ids.map(find));
        return all.every((one) => one.phase === phase && (phase !== 'ended' || one.tally !== undefined));
      });
    },
    /** What everybody sees whose text fits, and is the only one to. */
    async one(pattern: RegExp): Promise<Seen> {
      const found = (await hands.everybody()).filter(({ text }) => pattern.test(text));
      expect(found.map(({ text }) => text)).toHaveLength(1);
      return found[0] as Seen;
    },
    left: async (member: string) => (await house.desk.quota(space, member, { window: thisWeek(), allowance })).left,
  };
}
export type Play = ReturnType<typeof playOn>;

/** Everybody enters: every second one by the announcement's button, the others by the command. */
export async function enterAll(
  hands: Hands,
  { one, looked, entries }: Play,
  id: string,
  title: string,
  members: string[],
) {
  const announced = await one(new RegExp(`A challenge: ${title}`));
  expect(announced.buttons).toEqual(['Enter', 'Details']);
  for (const [index, member] of members.entries()) {
    const prompt = `${title} by maker number ${index}`;
    const { text } =
      index % 2 === 0
        ? await hands.pressAndFill(member, announced, 'Enter', { prompt })
        : await hands.ask(member, 'challenge enter', { prompt, challenge: id });
    expect(text).toMatch(/on the way/i);
  }
  await looked('all are in', async () => {
    const all = await entries(id);
    return all.length === members.length && all.every(({ state, untold }) => state === 'in' && !untold);
  });
}

/** A voter is asked about pairs by buttons, never about their own, and says that the film that was entered first is the better one. */
export async function judge(
  hands: Hands,
  voter: string,
  { poll, all, times }: { poll: Seen; all: Entry[]; times: number },
): Promise<Seen> {
  const rankOf = (label: string) => all.findIndex(({ number }) => label === `Number ${number}`);
  let asked = await hands.press(voter, poll, 'Vote');
  for (let n = 0; n < times; n += 1) {
    const [left = '', right = '', neither] = asked.buttons;
    if (neither === undefined) break;
    for (const label of [left, right]) expect(all[rankOf(label)]?.member).not.toBe(voter);
    asked = await hands.press(voter, asked, rankOf(left) < rankOf(right) ? left : right);
  }
  return asked;
}

/** The result as the chat has it: its hash is the file's, and the file's arithmetic holds with what was posted before. */
export async function checked(hands: Hands, { one, find }: Play, id: string) {
  const { title } = await find(id);
  const result = await one(new RegExp(`The result of ${title}`));
  const voting = await one(new RegExp(`Entries for ${title} are closed`));
  const hash = /SHA-256 of the tally file: ([0-9a-f]{64})/.exec(result.text)?.[1];
  const seal = /Seal of all entries: ([0-9a-f]{64})/.exec(voting.text)?.[1];
  const text = (await hands.house.challenges.tally(hands.space, id)) ?? '';
  expect(tallyHash(text)).toBe(hash);
  expect(verifyTally(text, { hash: hash ?? '', seal: seal ?? '' })).toEqual([]);
  const { tally } = readTally(text);
  if (!tally) throw new Error(`no tally of ${title}`);
  return { result, tally };
}
