import { sayer } from '../shared/words.ts';

/** What is said in Slack alone; what every chat says stands in the domain's catalog. */
const en = {
  'card.asked': (who: string) => `${who} asked for a film: `,
  'card.done': (who: string) => `${who}: `,
  'card.ready': (when: string) => `ready about ${when}`,
  'card.asOf': (when: string) => `as of ${when}`,
  'card.seconds': (seconds: number) => `${seconds} s`,
  'card.workflow': 'A workflow',
  'card.fallback': (who: string, prompt: string, line: string) => `${who}: ${prompt} (${line})`,
  'list.nth': (n: number) => `${n}. `,
  'film.title': 'A film',
  'film.smaller': (now: string, before: string) => `Made smaller to fit here: ${now} instead of ${before}`,
  'film.moved': 'The thread it was asked for in is gone.',
  'film.private': 'You asked for it where it cannot be posted.',
  'film.linked': (until: string) => `The film is too large for this place, so here is a link to it, until ${until}:`,
  'film.open': 'Open the film',
  'film.alt': (prompt: string) => `A film: ${prompt}`,
  refusal: (text: string) => `⚠️ ${text}`,
  'answer.there': 'Go there',
  'answer.title': 'Dailies',
  'answer.file': (name: string) => `The file ${name} comes to your direct messages with this bot.`,
  'answer.fileRefused': (name: string) =>
    `The file ${name} could not be sent to your direct messages with this bot. What stands above is right all the same.`,
  'answer.close': 'Close',
  'form.submit': 'Make it',
  'form.close': 'Never mind',
  'form.seconds': (seconds: string) => `${seconds} seconds`,
  'form.attached': (name: string) => `${name} is attached; choose another file to take its place.`,
  'form.lost': 'What you wrote is too long to be carried over; copy it from your message.',
  'form.channel': 'Where it is posted',
  'form.channel.hint': 'Left out, it is for you alone, in your messages with this bot.',
  'form.choose': 'Choose',
  'offer.text':
    'Was that meant for me? I make films only when a message begins with my name and a command, such as “video”.',
  'offer.words': 'What should happen in the film? Write it after the command, or press the button.',
  'offer.button': 'Make a video of this',
  'threads.hint': 'In a thread, where Slack has no slash commands, mention me:',
  'threads.words': 'video and what happens in the film. Or take "Make a video of this" from the menu of a message.',
  'join.button': 'Add me here',
  'join.done': 'I am here now. Ask once more.',
  'join.refused': 'I may not add myself here. Write /invite and my name, and ask once more.',
  'home.title': 'Your films and credits here',
  'home.new': 'New video',
  'home.refresh': 'Refresh',
  'home.away': 'This page could not be read just now. Press Refresh in a minute.',
} as const;

/** The sentence of a key, with its values. */
export const say = sayer(en);
