import type { types } from '@slack/bolt';
import { type Card, shownActions } from '../../src/domain/card.ts';
import type { Fact, Part, Reply } from '../../src/domain/command.ts';
import { shortened } from '../../src/domain/letters.ts';
import { workflowMember } from '../../src/domain/origin.ts';
import { type Said, say as sayToMember, word } from '../../src/domain/words.ts';
import type { Film, PostedFilm } from '../../src/ports.ts';
import { actionButton, cardButtons } from '../shared/press.ts';
import { linesOfTable } from '../shared/table.ts';
import { isAddress, megabytes, slug } from '../shared/text.ts';
import {
  fallback,
  fixed,
  line,
  type Message,
  marked,
  type OwnButton,
  type Piece,
  paragraphs,
  rows,
  small,
} from './blocks.ts';
import { linkId, linkTo } from './ids.ts';
import { limits } from './limits.ts';
import { clock, dated, day, inline, literal } from './text.ts';
import { say } from './words.ts';

/** Letters of a prompt on a card, and on the one line that is left of it. */
const promptLong = 300;
const promptShort = 120;

/** How the house's own sentences name commands, said as Slack has them: all behind one. */
export type Spoken = (text: string) => string;

export const spokenAs = (command: string, names: readonly string[]): Spoken => {
  const pattern = new RegExp(`(^|[\\s("])/(${names.join('|')})(?![\\w/])`, 'g');
  return (text) => text.replace(pattern, `$1${command} $2`);
};

/** How long and how large, and when it is expected. */
function factsOf({ seconds, size, eta }: Card): (string | { markup: string })[] {
  return [
    `${say('card.seconds', seconds)} · ${size}`,
    ...(eta === undefined ? [] : [{ markup: say('card.ready', clock(eta)) }]),
  ];
}

/** Who asked, by name alone: a card rings nowhere. */
const whoOf = ({ requester, requesterId }: Pick<Card, 'requester' | 'requesterId'>): string =>
  requesterId === workflowMember ? say('card.workflow') : requester;

/** A job's card in its thread, as of `now` in Unix milliseconds. Its buttons stay when its film is there, for a file has none. */
export function renderCard(card: Card, spoken: Spoken, now = Date.now()): Message {
  const { job, state, actions } = card;
  const who = whoOf(card);
  const where = spoken(card.line);
  const text = fallback(say('card.fallback', who, shortened(inline(card.prompt), promptShort), where));
  const prompt = (most: number) => ({ bold: shortened(inline(card.prompt), most) });
  if (state === 'delivered') {
    const buttons = shownActions.map((action) => actionButton(action, job));
    return { text, blocks: [line(say('card.done', who), prompt(promptShort)), small(where), ...rows(buttons)] };
  }
  const buttons = rows(actions.map((action) => actionButton(action, job)));
  if (state === 'failed' || state === 'cancelled' || state === 'removed') {
    return { text, blocks: [line(say('card.done', who), prompt(promptShort)), ...paragraphs(where), ...buttons] };
  }
  // A place in line is as old as the card.
  const asOf = card.position === undefined ? [] : [{ markup: say('card.asOf', clock(now)) }];
  const facts = small(where, ...asOf, ...factsOf(card));
  return { text, blocks: [line(say('card.asked', who), prompt(promptLong)), facts, ...buttons] };
}

/** How a film is shown: as a file, smaller than it was made, or as a link; and where. */
export interface Shown {
  place: PostedFilm['place'];
  smaller?: { bytes: number; before: number } | undefined;
  link?: { url: string; until: number } | undefined;
}

/** What has to be said of a film that is not as or where it was asked for. */
const notesOf = ({ place, smaller }: Shown): string[] => [
  ...(smaller ? [say('film.smaller', megabytes(smaller.bytes), megabytes(smaller.before))] : []),
  ...(place === 'channel' ? [say('film.moved')] : []),
  ...(place === 'private' ? [say('film.private')] : []),
];

/** Who is named with a film: its requester, who is notified where they wish it. */
const namedIn = ({ requesterId, requester, mention }: Film): { user: string } | string =>
  requesterId !== workflowMember && mention ? { user: requesterId } : whoOf({ requester, requesterId });

/** The same as it begins a line. */
const namesOf = (film: Film): Piece[] => {
  const named = namedIn(film);
  return typeof named === 'string' ? [`${named}: `] : [named, ' '];
};

/** What leads to a film that goes as a link. */
export function linkBlocks(link: Shown['link']): types.KnownBlock[] {
  if (!link) return [];
  const open: OwnButton = { label: say('film.open'), actionId: linkId, url: link.url };
  return [small({ markup: say('film.linked', day(link.until)) }), ...rows([open])];
}

/** The words that come with a film. */
export function renderFilm(film: Film, shown: Shown): Message {
  const prompt = shortened(inline(film.prompt), promptShort);
  const notes = notesOf(shown).join(' ');
  return {
    text: fallback(say('film.alt', prompt)),
    blocks: [
      line(...namesOf(film), { bold: prompt }),
      ...(notes === '' ? [] : [line(notes)]),
      ...linkBlocks(shown.link),
    ],
  };
}

/** The same as one text in Slack's markup, for where it takes no blocks. */
export function filmComment(film: Film, shown: Shown): string {
  const named = namedIn(film);
  const who = typeof named === 'string' ? `${literal(named)}:` : `<@${named.user}>`;
  return [`${who} ${literal(shortened(inline(film.prompt), promptShort))}`, ...notesOf(shown)].join('\n');
}

/** What a film's file is called: by its words, and by its posting's key. */
export const filmName = ({ prompt, key }: Film): string => `${slug(prompt) || 'film'}-${key}.mp4`;

export const filmTitle = ({ prompt }: Film): string => shortened(inline(prompt), limits.fileTitle);

function listed(card: Card, index: number, spoken: Spoken): types.KnownBlock[] {
  const jump = card.post ? [{ markup: `<${linkTo(card.post.ref)}|${say('answer.there')}>` }] : [];
  return [
    line(say('list.nth', index + 1), { bold: shortened(inline(card.prompt), promptShort) }),
    small(spoken(card.line), ...jump, ...factsOf(card), card.job),
  ];
}

/** Files that could not be sent. */
type Unsent = ReadonlySet<Part>;

/** A fact on one line; a long value in paragraphs of its own. */
function fact(name: string, value: string): types.KnownBlock[] {
  if (name.length + value.length < promptLong * 3) return [line({ bold: `${name}: ` }, value)];
  return [line({ bold: `${name}:` }), ...paragraphs(value)];
}

function factOf({ label, value, refers, at, opens }: Fact, spoken: Spoken): types.KnownBlock[] {
  if (opens && isAddress(value)) return [marked(`*${literal(spoken(label))}:* <${value}>`)];
  if (at !== undefined) return [marked(`*${literal(spoken(label))}:* ${dated(at, value)}`)];
  // A mention of a member or a group would notify them.
  if (refers === 'channel' && /^[CG][A-Z0-9]+$/.test(value))
    return [line({ bold: `${spoken(label)}: ` }, { channel: value })];
  // Where a film is, is said by the house; everything else may be anybody's words.
  return fact(spoken(label), label === word('details.state') ? spoken(value) : value);
}

/** A place for those who look after it: nobody but its member goes into direct messages. */
function placeOf({ label, origin, post }: Extract<Part, { kind: 'place' }>): types.ContextBlock {
  const jump = post && post.place !== 'private' ? `  <${linkTo(post.ref)}|${say('answer.there')}>` : '';
  return small(label, { markup: `<#${origin.channel}>${jump}` });
}

function blocksOf(part: Part, spoken: Spoken, unsent: Unsent): types.KnownBlock[] {
  switch (part.kind) {
    case 'text':
      return paragraphs(spoken(part.text));
    case 'facts':
      return part.facts.flatMap((one) => factOf(one, spoken));
    case 'cards':
      return part.cards.flatMap((card, index) => listed(card, index, spoken));
    case 'table':
      return [...(part.title === undefined ? [] : [line({ bold: part.title })]), ...fixed(linesOfTable(part))];
    case 'file':
      return paragraphs(say(unsent.has(part) ? 'answer.fileRefused' : 'answer.file', part.name));
    case 'place':
      return [placeOf(part)];
    case 'buttons':
      return [];
  }
}

function plainly(part: Part): string[] {
  if (part.kind === 'text') return [part.text];
  if (part.kind === 'table') return part.title === undefined ? [] : [part.title];
  return part.kind === 'facts' ? part.facts.map(({ label, value }) => `${label}: ${value}`) : [];
}

/** A reply to its member. Its files come by themselves, to direct messages, for what is private carries none; `unsent` are those that do not. */
export function renderReply({ parts }: Pick<Reply, 'parts'>, spoken: Spoken, unsent: Unsent = new Set()): Message {
  const buttons = parts.flatMap((part) =>
    part.kind === 'buttons' ? part.buttons : part.kind === 'cards' ? cardButtons(part.cards) : [],
  );
  const isAsked = parts.some((part) => part.kind === 'buttons');
  const blocks = [...parts.flatMap((part) => blocksOf(part, spoken, unsent)), ...rows(buttons, isAsked)];
  return { text: fallback(spoken(parts.flatMap(plainly).join('\n'))) || say('answer.title'), blocks };
}

/** A refusal in its own words; with what was written in vain, which would be lost with its form. */
export function renderRefusal(said: Said, spoken: Spoken, wrote?: string, buttons: readonly OwnButton[] = []): Message {
  const text = say('refusal', spoken(sayToMember(said)));
  const lost = wrote === undefined ? [] : paragraphs(sayToMember({ word: 'form.wrote', with: { text: wrote } }));
  return { text: fallback(text), blocks: [...paragraphs(text), ...lost, ...rows(buttons)] };
}

/** Plain words with buttons. */
export function renderWords(text: string, buttons: readonly OwnButton[] = []): Message {
  return { text: fallback(text), blocks: [...paragraphs(text), ...rows(buttons, true)] };
}

/** How a film is asked for inside a thread; `me` is the bot's own id as a user. */
export const threadsHint = (me: string): types.ContextBlock =>
  small({ markup: `${say('threads.hint')} <@${me}> ${say('threads.words')}` });
