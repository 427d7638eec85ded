import { sayer } from '../shared/words.ts';

/** What is said in Discord alone; what every chat says stands in the domain's catalog. All of it is Discord's markdown, and what is put in is plain already. */
const en = {
  'form.seconds': (seconds: string) => `${seconds} seconds`,
  'form.attached': (name: string) => `${name} is attached; choose another file to take its place`,
  'card.asked': (who: string, prompt: string) => `${who} asked for a film: **${prompt}**`,
  'card.done': (who: string, prompt: string, line: string) => `-# ${line} · ${who}: ${prompt}`,
  'card.ended': (who: string, prompt: string, line: string) => `${who}: **${prompt}**\n${line}`,
  'card.ready': (when: string) => `ready ${when}`,
  'card.seconds': (seconds: number) => `${seconds} s`,
  'film.named': (who: string, prompt: string) => `${who} **${prompt}**`,
  'film.linked': (who: string, link: string, until: string) =>
    `${who} your film is too large for this place, so here is a link to it, until ${until}: ${link}`,
  'exhibit.linked': (caption: string, link: string, until: string) =>
    `${caption} is too large for this place, so here is a link to it, until ${until}: ${link}`,
  'film.smaller': (now: string, before: string) => `-# Made smaller to fit here: ${now} instead of ${before}`,
  'film.moved': '-# The thread it was asked for in is gone.',
  'film.private': (channel: string) => `-# You asked for it in ${channel}, where it cannot be posted.`,
  'film.covered': 'A film, covered until you open it',
  'film.alt': (prompt: string) => `A film: ${prompt}`,
  refusal: (text: string) => `⚠️ ${text}`,
  'answer.there': 'go there',
  'answer.file': 'The whole of it is in the file.',
  'answer.table': (name: string) => `It is in the file ${name}.`,
  'permission.ViewChannel': 'View Channel',
  'permission.SendMessages': 'Send Messages',
  'permission.SendMessagesInThreads': 'Send Messages in Threads',
  'permission.AttachFiles': 'Attach Files',
  'permission.ReadMessageHistory': 'Read Message History',
} as const;

/** The sentence of a key, with its values. */
export const say = sayer(en);
