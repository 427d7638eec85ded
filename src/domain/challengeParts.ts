import { type Challenge, type ChallengeTerms, takesMade } from './challenge.ts';
import type { Fact, Part } from './command.ts';
import { moment, say, word } from './words.ts';

/** The rules of a challenge, a sentence each. */
export function rulesOf({
  preset,
  voting,
  most,
  seconds,
  model,
  shape,
  compute,
  prizes,
  least,
}: ChallengeTerms): string[] {
  const paid = prizes.filter((prize) => prize > 0);
  const free = seconds === undefined && model === undefined && shape === undefined;
  return [
    say({ word: 'challenge.rule.preset', with: { preset } }),
    say({ word: 'challenge.rule.voting', with: { voting } }),
    say({ word: 'challenge.rule.entries', with: { most } }),
    ...(takesMade({ preset, compute }) ? [word('challenge.rule.made')] : []),
    ...(free ? [] : [say({ word: 'challenge.rule.film', with: { seconds, model, shape } })]),
    ...(compute === 0 ? [] : [say({ word: 'challenge.rule.compute', with: { credits: compute } })]),
    ...(paid.length === 0 ? [] : [say({ word: 'challenge.rule.prizes', with: { prizes } })]),
    ...(least < 2 ? [] : [say({ word: 'challenge.rule.least', with: { least } })]),
    word('challenge.rule.ties'),
  ];
}

/** A moment of a challenge, which each chat shows in its own way. */
export const timeFact = (label: string, at: number, { zone }: Pick<Challenge, 'zone'>): Fact => ({
  label,
  value: moment(at, zone),
  at,
});

/** The page of something, to be told of; nothing where members cannot reach it. */
export const pageFacts = (address: string | undefined): Fact[] =>
  address === undefined ? [] : [{ label: word('challenge.page'), value: address, opens: true }];

/** Facts as parts: none where there are none. */
export const factsPart = (facts: Fact[]): Part[] => (facts.length === 0 ? [] : [{ kind: 'facts', facts }]);

/** What a challenge is: theme, times and rules. */
export function termsParts(terms: ChallengeTerms): Part[] {
  const facts: Fact[] = [
    { label: word('challenge.say.theme'), value: terms.theme },
    timeFact(word('challenge.opens'), terms.opensAt, terms),
    timeFact(word('challenge.say.closes'), terms.closesAt, terms),
    timeFact(word('challenge.say.votes'), terms.votesUntil, terms),
    ...(terms.role === undefined
      ? []
      : [{ label: word('challenge.role'), value: terms.role, refers: 'role' } as const]),
  ];
  return [
    { kind: 'facts', facts },
    { kind: 'text', text: rulesOf(terms).join('\n') },
  ];
}
