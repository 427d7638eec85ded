import { type Card, type MoreAction, moreOf } from '../../src/domain/card.ts';
import type { Part, Reply } from '../../src/domain/command.ts';
import type { Note, Posted, Screening } from './board.ts';

/** A job as the studio's API shows it. `eta` is Unix milliseconds, `percent` 0–100, `image` a path on this server. */
export type JobJson = Omit<Card, 'job' | 'version' | 'askedAt' | 'requesterId' | 'post'> & {
  id: string;
  /** What may be done besides its `actions`. */
  more: readonly MoreAction[];
};

/** A part as the API shows it; `thread` is where something was asked. */
export type PartJson =
  | Exclude<Part, { kind: 'cards' | 'place' }>
  | { kind: 'cards'; cards: JobJson[] }
  | { kind: 'place'; label: string; thread: string };

/** A message as the studio's API shows it. `at` is Unix milliseconds; `url` a path on this server. */
export interface MessageJson {
  id: string;
  author: string;
  bot: boolean;
  text: string;
  at: number;
  to?: string;
  parts?: PartJson[];
  job?: JobJson;
  video?: { url: string } & Omit<Screening, 'name'>;
  /** A path on this server. */
  picture?: string;
  /** A thread that was opened under it. */
  opens?: { id: string; title: string };
}

/** Whether a member may see a note. */
export function visible(note: Note, member: string): boolean {
  return note.to === undefined || note.to === member;
}

const mediaPath = (name: string): string => `/media/${encodeURIComponent(name)}`;

export function renderJob(card: Card): JobJson {
  const { job, version: _version, askedAt: _at, requesterId: _id, post: _post, image, ...rest } = card;
  return { id: job, ...rest, more: moreOf(rest.state), ...(image === undefined ? {} : { image: mediaPath(image) }) };
}

function renderParts(parts: readonly Part[]): PartJson[] {
  return parts.map((part) => {
    if (part.kind === 'cards') return { kind: 'cards', cards: part.cards.map(renderJob) };
    if (part.kind !== 'place') return part;
    const { label, origin } = part;
    return { kind: 'place', label, thread: origin.thread ?? origin.channel };
  });
}

function lines(part: Part): string[] {
  switch (part.kind) {
    case 'text':
      return [part.text];
    case 'facts':
      return part.facts.map(({ label, value }) => `${label}: ${value}`);
    case 'cards':
      return part.cards.map((card) => `${card.job}: ${card.prompt} (${card.line})`);
    case 'table':
      return [
        ...(part.title === undefined ? [] : [part.title]),
        ...[part.head, ...part.rows].map((row) => row.join(' · ')),
      ];
    case 'file':
      return [part.name];
    case 'place':
      return [`${part.label}: ${part.origin.thread ?? part.origin.channel}`];
    case 'buttons':
      return [];
  }
}

/** An answer as plain text, for whoever shows no parts. */
export function textOf(parts: readonly Part[]): string {
  return parts.flatMap(lines).join('\n');
}

export function renderReply({ to, parts }: Reply): { to: Reply['to']; parts: PartJson[]; text: string } {
  return { to, parts: renderParts(parts), text: textOf(parts) };
}

/** `card` replaces the one that stands on the board, where a newer one is known. */
export function renderMessage(posted: Posted, card: Card | undefined = posted.card): MessageJson {
  const { id, author, bot, text, at, to, parts, video, picture, opens } = posted;
  return {
    id,
    author,
    bot,
    text: card ? `${card.prompt} (${card.line})` : text,
    at,
    ...(to === undefined ? {} : { to }),
    ...(parts === undefined ? {} : { parts: renderParts(parts) }),
    ...(card === undefined ? {} : { job: renderJob(card) }),
    ...(video === undefined ? {} : { video: filmOf(video) }),
    ...(picture === undefined ? {} : { picture: mediaPath(picture) }),
    ...(opens === undefined ? {} : { opens }),
  };
}

function filmOf({ name, ...film }: NonNullable<Note['video']>): NonNullable<MessageJson['video']> {
  return { url: mediaPath(name), ...film };
}
