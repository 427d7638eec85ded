import type { Topic } from '../verdict.ts';
import { list, n } from './forms.ts';

const topic: Record<Topic, string> = {
  violence: 'violence',
  sexual: 'nudity or sex',
  hate: 'hate',
  'self-harm': 'self-harm',
  harassment: 'harassment',
  illicit: 'something illegal',
};
const named = (about: readonly Topic[]): string => list(about.map((one) => topic[one]));
const quoted = (words: readonly string[]): string =>
  list(
    words.map((one) => `"${one}"`),
    'conjunction',
  );

/** The sentences about what is not made, in English, by key. */
export const moderation = {
  // What managers block
  'block.summary': 'Who and what no films are made for',
  'block.add': 'Block a member, a channel or words',
  'block.remove': 'Let a member, a channel or words in again',
  'block.list': 'What is blocked here, and why',
  'block.member': 'A member',
  'block.channel': 'A channel or a thread',
  'block.word': 'A word',
  'block.word.hint': 'As a whole word, whatever its case and accents',
  'block.phrase': 'Words in a row',
  'block.pattern': 'A pattern (a regular expression, RE2)',
  'block.reason': 'Why',
  'block.entry': 'What was blocked: its id in the list, or the words themselves',
  'block.page': 'Page of the list',
  'block.kind.member': 'member',
  'block.kind.channel': 'channel',
  'block.kind.word': 'word',
  'block.kind.phrase': 'phrase',
  'block.kind.pattern': 'pattern',
  'block.added': (p: { id: string }) => `Blocked, as ${p.id}. It holds from the next request on.`,
  'block.known': (p: { id: string }) => `That is blocked already, as ${p.id}.`,
  'block.removed': (p: { id: string }) => `${p.id} is not blocked any more.`,
  'block.none': 'Nothing is blocked here.',
  'block.title': (p: { count: number; page: number; pages: number }) =>
    `${n(p.count, 'entry is', 'entries are')} blocked here${p.pages > 1 ? ` (page ${p.page} of ${p.pages})` : ''}:`,
  'block.entry.by': (p: { by: string; when: string }) => `by ${p.by}, ${p.when}`,

  // Why something cannot be blocked
  'block.one': 'Say one thing to block: a member, a channel, a word, a phrase or a pattern.',
  'block.which': 'Say what to let in again: an id from the list, a member, a channel, or the words themselves.',
  'block.unknown': 'That is not blocked here. /admin block list shows what is.',
  'block.self': 'You cannot block yourself.',
  'block.above': 'That member may do more here than you, so you cannot block them. Ask somebody who runs this bot.',
  'block.words': 'That is more than one word. Block it as a phrase.',
  'block.unseen': 'There is nothing in that to look for. Write letters or figures.',
  'block.full': (p: { most: number }) =>
    `At most ${p.most} entries can be blocked here. Remove one that is not needed.`,
  'block.full.patterns': (p: { most: number }) =>
    `At most ${p.most} patterns can be blocked here. Remove one, or put two into one with "|".`,
  'pattern.open': 'The pattern has a "(" that is never closed.',
  'pattern.closed': 'The pattern has a ")" that closes nothing. Write "\\)" for the sign itself.',
  'pattern.class': 'The pattern has a "[" that is never closed. Write "\\[" for the sign itself.',
  'pattern.backslash': 'The pattern ends in a single backslash. Write "\\\\" for the sign itself.',
  'pattern.large': 'The pattern comes to too many steps. Make it shorter, or repeat less in it.',
  'pattern.range': (p: { at: string }) => `"${p.at}" in the pattern is no range or class of letters.`,
  'pattern.escape': (p: { at: string }) =>
    `"${p.at}" in the pattern means nothing here. References back such as \\1 are not known; a sign itself is written as it is, or with one backslash.`,
  'pattern.named': (p: { at: string }) =>
    `"${p.at}" in the pattern is no group that is known here, or is named twice. Looking behind is not known.`,
  'pattern.look': (p: { at: string }) => `"${p.at}" in the pattern is not known here. Looking ahead or behind is not.`,
  'pattern.twice': (p: { at: string }) => `"${p.at}" in the pattern repeats a repetition. Put the first into (…).`,
  'pattern.count': (p: { at: string }) => `"${p.at}" in the pattern repeats too often; it takes up to 1000 in all.`,
  'pattern.nothing': (p: { at: string }) =>
    `"${p.at}" in the pattern repeats nothing. Write "\\${p.at.slice(0, 1)}" for the sign itself.`,
  'pattern.all': 'That pattern fits every text, so no film could be made any more. Make it narrower.',
  'pattern.other': 'The pattern cannot be read. Write it in the syntax of RE2.',

  // Why a film is not made
  'blocked.member':
    'You cannot ask for films here at the moment. Somebody who manages this place can tell you more. Nothing was taken.',
  'blocked.channel': 'No films are made in this channel. Ask for it in another one. Nothing was taken.',
  'blocked.words': (p: { words: readonly string[] }) =>
    `Leave out ${quoted(p.words)}: films here are made without ${p.words.length === 1 ? 'that' : 'those'}. Nothing was taken.`,
  'blocked.pattern': 'Some of these words are not used for films here. Say it another way. Nothing was taken.',
  'slow.wait': (p: { minutes: number }) =>
    `Some of your last films could not be made as they were put, so there is a short break. Ask again in ${n(p.minutes, 'minute')}. Nothing was taken.`,
  'moderation.flagged': (p: { about: readonly Topic[] }) =>
    `${p.about.length === 0 ? 'The video service would decline this as it is put.' : `As it is put, this may be taken for ${named(p.about)}, which the video service declines.`} Say it another way. Nothing was taken.`,
  'moderation.away':
    'The video service could not look at your words just now, so nothing was taken. Try again in a minute.',
  'failed.policy.about': (p: { about: readonly Topic[] }) =>
    `The video service declined this one: as it was put, it may have been taken for ${named(p.about)}. Say it another way. You paid nothing.`,
} as const;
