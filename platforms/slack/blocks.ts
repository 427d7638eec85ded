import type { types } from '@slack/bolt';
import type { Button } from '../../src/domain/command.ts';
import { shortened } from '../../src/domain/letters.ts';
import { pressId } from '../shared/press.ts';
import { limits } from './limits.ts';
import { clipped, escaped, plain } from './text.ts';

/** A message as it is sent: `text` stands for the blocks in notices and for readers of screens. */
export interface Message {
  text: string;
  blocks: types.KnownBlock[];
}

/** A piece of a line that is shown letter by letter. */
export type Piece = string | { bold: string } | { user: string } | { channel: string };

/** One line of pieces. Nothing in it formats, links or mentions, but a `user`; a `channel` is shown by its name. */
export function line(...pieces: Piece[]): types.RichTextBlock {
  const elements = pieces.flatMap((piece): types.RichTextElement[] => {
    if (typeof piece !== 'string' && 'user' in piece) return [{ type: 'user', user_id: piece.user }];
    if (typeof piece !== 'string' && 'channel' in piece) return [{ type: 'channel', channel_id: piece.channel }];
    const text = plain(typeof piece === 'string' ? piece : piece.bold);
    if (text === '') return [];
    return [typeof piece === 'string' ? { type: 'text', text } : { type: 'text', text, style: { bold: true } }];
  });
  // Slack takes no line without anything in it.
  const some = elements.length > 0 ? elements : [{ type: 'text', text: ' ' } as const];
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: some }] };
}

/** Letters that blocks show. */
function lettersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [name, inner]) => sum + (name === 'text' && typeof inner === 'string' ? inner.length : lettersOf(inner)),
    0,
  );
}

/** A message as so many as Slack takes it in: one, unless it is longer than a message may be. */
export function messagesOf({ text, blocks }: Message): Message[] {
  const found: Message[] = [];
  let letters = 0;
  for (const block of blocks) {
    const more = lettersOf(block);
    const last = found.at(-1);
    if (last && letters + more <= limits.letters && last.blocks.length < limits.blocks) last.blocks.push(block);
    else found.push({ text, blocks: [block] });
    letters = last === found.at(-1) ? letters + more : more;
  }
  return found;
}

/** A text in pieces of at most so many letters, parted at blanks where there are any; nothing of it is lost. */
function parted(text: string, most: number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > most) {
    const blank = Math.max(rest.lastIndexOf('\n', most - 1), rest.lastIndexOf(' ', most - 1));
    let at = blank > most / 2 ? blank + 1 : most;
    // Not within a pair that makes one character.
    if (/[\ud800-\udbff]/.test(rest[at - 1] ?? '')) at -= 1;
    parts.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  return rest === '' ? parts : [...parts, rest];
}

/** A text letter by letter, as long as it may be. */
export const paragraphs = (text: string): types.SectionBlock[] =>
  parted(plain(text).trim() === '' ? '' : plain(text), limits.section).map((part) => ({
    type: 'section',
    text: { type: 'plain_text', text: part, emoji: false },
  }));

/** Lines in a typeface of fixed width, letter by letter, in as many blocks as they take; none of them is parted that need not be. */
export function fixed(lines: readonly string[]): types.RichTextBlock[] {
  const pieces: string[] = [];
  for (const text of lines.flatMap((one) => parted(plain(one), limits.section))) {
    const last = pieces.at(-1);
    if (last === undefined || last.length + text.length + 1 > limits.section) pieces.push(text);
    else pieces[pieces.length - 1] = `${last}\n${text}`;
  }
  return pieces.map((text) => ({
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] }],
  }));
}

/** A line in Slack's own markup, which the caller has made safe. */
export const marked = (markup: string): types.SectionBlock => ({
  type: 'section',
  text: { type: 'mrkdwn', text: markup, verbatim: true },
});

/** Small print: plain words, and Slack's own markup such as times and links, which the caller has made safe. */
export function small(...parts: (string | { markup: string })[]): types.ContextBlock {
  return {
    type: 'context',
    elements: parts
      .slice(0, limits.contextElements)
      .map((part) =>
        typeof part === 'string'
          ? { type: 'plain_text', text: plain(part), emoji: false }
          : { type: 'mrkdwn', text: part.markup, verbatim: true },
      ),
  };
}

export const label = (text: string, most: number): types.PlainTextElement => ({
  type: 'plain_text',
  text: clipped(plain(text), most),
  emoji: false,
});

/** A button of the chat itself, with what it carries. */
export interface OwnButton {
  label: string;
  actionId: string;
  value?: string;
  url?: string;
}

function buttonOf(button: Button | OwnButton, primary: boolean): types.Button {
  const own = 'actionId' in button;
  const risky = !own && ['film cancel', 'film remove', 'challenge remove'].includes(button.command);
  return {
    type: 'button',
    text: label(button.label, limits.button),
    action_id: own ? button.actionId : pressId(button),
    ...(own && button.value !== undefined ? { value: button.value } : {}),
    ...(own && button.url !== undefined ? { url: button.url } : {}),
    ...(risky ? { style: 'danger' as const } : primary ? { style: 'primary' as const } : {}),
  };
}

/** Rows of buttons; none where there are none. */
export function rows(buttons: readonly (Button | OwnButton)[], firstIsPrimary = false): types.ActionsBlock[] {
  const found: types.ActionsBlock[] = [];
  for (let at = 0; at < buttons.length; at += limits.rowButtons) {
    const elements = buttons
      .slice(at, at + limits.rowButtons)
      .map((button, index) => buttonOf(button, firstIsPrimary && at + index === 0));
    found.push({ type: 'actions', elements });
  }
  return found;
}

/** The words that stand for a message where its blocks are not shown. */
export const fallback = (text: string): string => escaped(shortened(text, limits.fallback));
