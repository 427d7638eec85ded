import {
  type APIActionRowComponent,
  type APIButtonComponent,
  type APIComponentInMessageActionRow,
  ButtonStyle,
  ComponentType,
  MessageFlags,
} from 'discord.js';
import { type Card, shownActions } from '../../src/domain/card.ts';
import type { Button, Fact, Part, Reply } from '../../src/domain/command.ts';
import { shortened } from '../../src/domain/letters.ts';
import { type Said, say as sayToMember } from '../../src/domain/words.ts';
import type { Film, PostedFilm } from '../../src/ports.ts';
import { actionButton, cardButtons, pressId } from '../shared/press.ts';
import { isAddress, megabytes, slug } from '../shared/text.ts';
import { messageAt } from './ids.ts';
import { limits } from './limits.ts';
import { plainLines } from './plain.ts';
import { type Attached, attachedOf, codeOf } from './table.ts';
import { counting, dated, inline, plain, signs } from './text.ts';
import { say } from './words.ts';

/** A message as it is sent. Nobody is mentioned but those in `allowed_mentions`, edits included. */
export interface Message {
  content: string;
  components: APIActionRowComponent<APIComponentInMessageActionRow>[];
  allowed_mentions: { parse: []; users?: string[]; roles?: string[]; replied_user: false };
  flags?: number;
}

/** Letters of a prompt on a card, and on the one line that is left of it. */
const promptLong = 300;
const promptShort = 120;

const nobody = { parse: [] as [], replied_user: false } as const;
const mention = (user: string): string => `<@${user}>`;

function buttonOf(button: Button, primary: boolean): APIButtonComponent {
  const risky = ['film cancel', 'film remove', 'challenge remove'].includes(button.command);
  return {
    type: ComponentType.Button,
    style: risky ? ButtonStyle.Danger : primary ? ButtonStyle.Primary : ButtonStyle.Secondary,
    label: shortened(button.label, limits.buttonLabel),
    custom_id: pressId(button),
  };
}

function rowsOf(buttons: readonly Button[], firstIsPrimary = false): Message['components'] {
  const rows: Message['components'] = [];
  for (let at = 0; at < buttons.length; at += limits.rowButtons) {
    const row = buttons.slice(at, at + limits.rowButtons);
    const components = row.map((button, index) => buttonOf(button, firstIsPrimary && at + index === 0));
    rows.push({ type: ComponentType.ActionRow, components });
  }
  return rows;
}

/** How long and how large, and when it is expected. */
function factsOf({ seconds, size, eta }: Card): string[] {
  return [say('card.seconds', seconds), size, ...(eta === undefined ? [] : [say('card.ready', counting(eta))])];
}

const covered = (text: string, spoiler: boolean | undefined): string => (spoiler ? `||${text}||` : text);

/** A job's card in its thread, as of `now` in Unix milliseconds. Once its film is there, a line is left of it. */
export function renderCard(card: Card, now = Date.now()): Message {
  const { job, state, line, requesterId, prompt, spoiler, actions } = card;
  const who = mention(requesterId);
  const words = (max: number): string => covered(inline(prompt, max), spoiler);
  const base = { allowed_mentions: nobody, flags: MessageFlags.SuppressEmbeds };
  if (state === 'delivered') {
    return { ...base, content: say('card.done', who, words(promptShort), plain(line)), components: [] };
  }
  const components = rowsOf(actions.map((action) => actionButton(action, job)));
  if (state === 'failed' || state === 'cancelled' || state === 'removed') {
    return { ...base, content: say('card.ended', who, words(promptShort), plain(line)), components };
  }
  // A place in line is as old as the card: Discord counts by itself how old that is.
  const asOf = card.position === undefined ? '' : ` (${counting(now)})`;
  const where = `-# ${[`${plain(line)}${asOf}`, ...factsOf(card)].join(' · ')}`;
  return { ...base, content: `${say('card.asked', who, words(promptLong))}\n${where}`, components };
}

/** How a film is shown: as a file, smaller than it was made, or as a link; and where. */
export interface Shown {
  place: PostedFilm['place'];
  /** The channel it was asked in; nothing where it was asked for in private. */
  asked: string | undefined;
  smaller?: { bytes: number; before: number } | undefined;
  link?: { url: string; until: number } | undefined;
}

/** The message that brings a film. Its buttons carry the posting's key, by which it is found again. */
export function renderFilm(film: Film, { place, asked, smaller, link }: Shown): Message {
  const { requesterId, prompt, spoiler, key } = film;
  const who = mention(requesterId);
  const lines = [
    link
      ? say('film.linked', who, covered(`${link.url}#${key}`, spoiler), `<t:${Math.floor(link.until / 1000)}:d>`)
      : say('film.named', who, covered(inline(prompt, promptShort), spoiler)),
    ...(smaller ? [say('film.smaller', megabytes(smaller.bytes), megabytes(smaller.before))] : []),
    ...(place === 'channel' ? [say('film.moved')] : []),
    ...(place === 'private' && asked !== undefined ? [say('film.private', `<#${asked}>`)] : []),
  ];
  // In a direct message nothing can be ordered: it has no space.
  const buttons = place === 'private' ? [] : shownActions.map((action) => actionButton(action, key));
  return {
    content: lines.join('\n'),
    components: rowsOf(buttons),
    allowed_mentions: film.mention ? { ...nobody, users: [requesterId] } : nobody,
    // A link is to be shown as what it leads to; what members write is not. What mentions nobody rings nowhere.
    flags: (link ? 0 : MessageFlags.SuppressEmbeds) | (film.mention ? 0 : MessageFlags.SuppressNotifications),
  };
}

/** What a film's file is called: by its words, unless they are covered, and by its posting's key. */
export function filmName({ prompt, key, spoiler }: Film): string {
  return spoiler ? `SPOILER_film-${key}.mp4` : `${slug(prompt) || 'film'}-${key}.mp4`;
}

/** What those are told who do not see the film; a covered one's words stay covered. */
export const filmAlt = ({ prompt, spoiler }: Film): string =>
  spoiler ? say('film.covered') : shortened(say('film.alt', prompt), limits.altText);

/** Where a film stands, for who may go there. */
const jumpOf = ({ post }: Pick<Card, 'post'>, space: string): string[] =>
  post ? [`[${say('answer.there')}](${messageAt(post.ref, post.place === 'private' ? '@me' : space)})`] : [];

/** A place for those who look after it: nobody but its member goes into direct messages. */
function placeOf({ label, origin, post }: Extract<Part, { kind: 'place' }>): string {
  const asked = `<#${origin.thread ?? origin.channel}>`;
  const jump = post && post.place !== 'private' ? jumpOf({ post }, origin.space) : [];
  return `**${plain(label)}:** ${[asked, ...jump].join(' · ')}`;
}

function listLine(card: Card, index: number, space: string): string {
  const facts = [plain(card.line), ...jumpOf(card, space), ...factsOf(card), `\`${card.job}\``].join(' · ');
  return `${index + 1}\\. **${covered(inline(card.prompt, promptShort), card.spoiler)}**\n-# ${facts}`;
}

/** A fact's value: a moment in the reader's own time; what it refers to by its name, which notifies nobody in a message that allows no mention. */
function factValue({ value, refers, at, opens }: Fact): string {
  if (at !== undefined) return dated(at);
  if (opens && isAddress(value)) return value;
  return refers !== undefined && /^\d{1,20}$/.test(value) ? `<${signs[refers]}${value}>` : plain(value);
}

/** Tables that come as files, by the part. */
type Filed = ReadonlyMap<Part, Attached>;

function linesOf(part: Part, space: string, filed: Filed): string[] {
  switch (part.kind) {
    case 'text':
      return [plain(part.text)];
    case 'facts':
      return part.facts.map((fact) => `**${plain(fact.label)}:** ${factValue(fact)}`);
    case 'cards':
      return part.cards.map((card, index) => listLine(card, index, space));
    case 'table': {
      const file = filed.get(part);
      const title = part.title === undefined ? [] : [`**${plain(part.title)}**`];
      return [...title, file ? say('answer.table', `\`${file.name}\``) : (codeOf(part) ?? '')];
    }
    case 'place':
      return [placeOf(part)];
    case 'file':
    case 'buttons':
      return [];
  }
}

/** As many whole lines as fit; of a first one that does not, its beginning. */
function fitting(lines: readonly string[], most: number): string {
  let text = '';
  for (const line of lines) {
    if (text.length + line.length + 1 > most) break;
    text += text === '' ? line : `\n${line}`;
  }
  return text === '' ? shortened(lines[0] ?? '', most) : text;
}

/** A private answer, and the files that come with it. */
export interface Answer {
  message: Message;
  files: Attached[];
}

/** The tables that are too wide, and of the others as many, from the last, as leave room for the rest. */
function filedIn(parts: readonly Part[], space: string, most: number): Map<Part, Attached> {
  const filed = new Map<Part, Attached>();
  const tables = parts.filter((part) => part.kind === 'table');
  const lengthNow = (): number => parts.flatMap((part) => linesOf(part, space, filed)).join('\n').length;
  for (const table of tables) if (codeOf(table) === undefined) filed.set(table, attachedOf(table, filed.size));
  for (const table of tables.toReversed()) {
    if (lengthNow() <= most) break;
    if (!filed.has(table)) filed.set(table, attachedOf(table, filed.size));
  }
  return filed;
}

/** A reply to its member, on the server `space`. What is too wide, or longer than `most`, comes whole, as a file. */
export function renderReply({ parts }: Pick<Reply, 'parts'>, space: string, most: number = limits.content): Answer {
  const buttons = parts.flatMap((part) =>
    part.kind === 'buttons' ? part.buttons : part.kind === 'cards' ? cardButtons(part.cards) : [],
  );
  const isAsked = parts.some((part) => part.kind === 'buttons');
  const base = { components: rowsOf(buttons, isAsked), allowed_mentions: nobody, flags: MessageFlags.SuppressEmbeds };
  const filed = filedIn(parts, space, most);
  const files = parts.flatMap((part): Attached[] => {
    if (part.kind === 'file') return [{ name: part.name, text: part.text, type: part.type }];
    return filed.has(part) ? [filed.get(part) as Attached] : [];
  });
  const lines = parts.flatMap((part) => linesOf(part, space, filed));
  const content = lines.join('\n');
  if (content.length <= most) return { message: { ...base, content }, files };
  const more = say('answer.file');
  const head = fitting(lines, most - more.length - 1);
  const text = `${parts.flatMap(plainLines).join('\n')}\n`;
  const whole = { name: 'answer.txt', text, type: 'text/plain' } as const;
  return { message: { ...base, content: `${head}\n${more}` }, files: [whole, ...files] };
}

/** A refusal in its own words. */
export function renderRefusal(said: Said): Message {
  const content = say('refusal', shortened(plain(sayToMember(said)), limits.content - 10));
  return { content, components: [], allowed_mentions: nobody };
}

/** A refusal with what was written in vain, which would be lost with its form. */
export function renderLost(said: Said, wrote: string): Answer {
  const message = renderRefusal(said);
  const content = `${message.content}\n${plain(sayToMember({ word: 'form.wrote', with: { text: wrote } }))}`;
  if (content.length <= limits.content) return { message: { ...message, content }, files: [] };
  return { message, files: [{ name: 'words.txt', text: `${wrote}\n`, type: 'text/plain' }] };
}
