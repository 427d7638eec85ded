import { type Field, type IdKind, isIdKind } from '../../src/domain/command.ts';

/** Characters that turn the direction of what follows. */
const turns = /[\u202a-\u202e\u2066-\u2069]/g;

/** What somebody wrote, for Slack's markup: the three characters that mean something in it lose their meaning. */
export function escaped(text: string): string {
  return text.replace(turns, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The same where nothing of it may format or link either: what would is broken by a sign that nobody sees. */
export const literal = (text: string): string => escaped(text).replace(/[*_~`:]/g, '$&\u200b');

/** What somebody wrote, for places that Slack shows letter by letter: `plain_text`, and the text of a `rich_text`. */
export const plain = (text: string): string => text.replace(turns, '');

const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** At most so many units of UTF-16, as Slack counts, with an ellipsis where more was there; never half a character. */
export function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = most - 1;
  return `${text.slice(0, /[\ud800-\udbff]/.test(text[end - 1] ?? '') ? end - 1 : end)}…`;
}

/** All on one line. */
export const inline = (text: string): string => plain(text).replace(/\s+/g, ' ').trim();

/** Unix milliseconds as a clock time in the reader's own zone. */
export function clock(at: number): string {
  const plainly = new Date(at).toISOString().slice(11, 16);
  return `<!date^${Math.round(at / 1000)}^{time}|${plainly} UTC>`;
}

/** The same with its day. */
export function day(at: number): string {
  const plainly = new Date(at).toISOString().slice(0, 10);
  return `<!date^${Math.round(at / 1000)}^{date_short_pretty}|${plainly}>`;
}

/** The same with its time; `words` say it where Slack does not show it. */
export const dated = (at: number, words: string): string =>
  `<!date^${Math.round(at / 1000)}^{date_short_pretty} {time}|${escaped(words).replaceAll('|', ' ')}>`;

/** Ids of the members that a text mentions without saying their names. */
export const idsIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/<@([UW][A-Z0-9]+)>/g)].map(([, id = '']) => id)),
];

/** Names of members by their ids. */
export type Names = Readonly<Record<string, string>>;

/** What a message says in words: names instead of ids, addresses as they were typed, emoji by their own names. No id goes into a prompt. */
export function readable(text: string, names: Names = {}): string {
  const said = text
    .replace(
      /<@([UW][A-Z0-9]{1,20})(?:\|([^>]{0,300}))?>/g,
      (_, id: string, name?: string) => names[id] ?? (name || 'somebody'),
    )
    .replace(/<#[CGD][A-Z0-9]{1,20}(?:\|([^>]{0,300}))?>/g, (_, name?: string) => (name ? `#${name}` : ''))
    .replace(/<!subteam\^[A-Z0-9]{1,20}(?:\|([^>]{0,300}))?>/g, (_, handle?: string) => handle ?? '')
    .replace(/<!date\^[^|>]{0,2000}\|([^>]{0,300})>/g, '$1')
    .replace(/<!(here|channel|everyone)(?:\|[^>]{0,300})?>/g, '')
    .replace(
      /<((?:https?|mailto|tel):[^|>]{0,2000})(?:\|([^>]{0,300}))?>/g,
      (_, url: string, label?: string) => label || url,
    )
    .replace(/(?<![\w:]):(\+1|-1|[a-z0-9][a-z0-9_+'-]*):(?::skin-tone-\d:)?(?!\w)/g, (_, name: string) =>
      name.replaceAll('_', ' '),
    );
  return unescaped(said)
    .replace(/[^\S\n]{2,}/g, ' ')
    .trim();
}

const references: Record<IdKind, RegExp> = {
  member: /^(?:<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|([UW][A-Z0-9]{6,}))$/,
  channel: /^(?:<#([CG][A-Z0-9]+)(?:\|[^>]*)?>|([CG][A-Z0-9]{6,}|[Nn]obody|[Nn]one))$/,
  role: /^(?:<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>|(S[A-Z0-9]{6,}|[Nn]obody|[Nn]one))$/,
};

/** The id of what a text refers to, `nobody` or `none`; with an @ before it where it refers to nothing of that kind, which is no id. */
export function idIn(kind: IdKind, text: string): string {
  const [, told, id = told] = references[kind].exec(text.trim()) ?? [];
  return id ?? `@${text.trim().replace(/^[@#]/, '')}`;
}

/** What stands in a field: in words, or the id of what it refers to. */
export function valueIn({ kind }: Pick<Field, 'kind'>, text: string, names: Names = {}): string {
  return isIdKind(kind) ? idIn(kind, text) : readable(text, names);
}

/** The lines that a message quotes, and its code, say nothing by themselves. */
export const unquoted = (text: string): string =>
  text
    .replace(/```[\s\S]*?```/g, ' ')
    .replace(/`[^`\n]*`/g, ' ')
    .replace(/^(?:&gt;|>).*$/gm, ' ');
