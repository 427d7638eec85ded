import type { Card, FilmAction } from '../../src/domain/card.ts';
import { challengePattern } from '../../src/domain/challenge.ts';
import { type Button, type Command, findCommand } from '../../src/domain/command.ts';
import { jobIdPattern } from '../../src/domain/job.ts';
import { quotePattern } from '../../src/domain/quote.ts';
import { word } from '../../src/domain/words.ts';

/** What parts the id that a button carries: a command and ids, and nothing that anybody wrote. */
export const mark = '|';

/** What a button carries. */
export function pressId({ command, job, quote, challenge }: Button): string {
  const id = job ?? quote ?? challenge;
  return id === undefined ? command : `${command}${mark}${id}`;
}

/**
 * What a pressed button calls, perhaps after a form asked for more; nothing for one that this version does not know. A film's own buttons may
 * carry its posting after the job.
 */
export function readPress(
  pressed: string,
  commands: readonly Command[],
): { command: string; values: Record<string, string> } | undefined {
  const [command = '', id, ...rest] = pressed.split(mark);
  const leaf = findCommand(commands, command);
  if (!leaf || rest.length > 0 || !leaf.surfaces.includes('button')) return undefined;
  if (id === undefined) {
    const needs = Object.values(leaf.fields).some((field) => field.required);
    return needs && !leaf.surfaces.includes('form') ? undefined : { command, values: {} };
  }
  const job = id.replace(/-d\d+$/, '');
  if (jobIdPattern.test(job) && 'job' in leaf.fields) return { command, values: { job } };
  if (quotePattern.test(id) && 'quote' in leaf.fields) return { command, values: { quote: id } };
  return challengePattern.test(id) && 'challenge' in leaf.fields ? { command, values: { challenge: id } } : undefined;
}

/** The button of something that can be done with a film. */
export const actionButton = (action: FilmAction | 'more', job: string): Button => ({
  label: word(`film.${action}`),
  command: `film ${action}`,
  job,
});

/** Of a job in a list, the one thing that is likely to be wanted. */
const urgent = (card: Card): FilmAction | undefined =>
  card.actions.find((action) => action === 'cancel' || (action === 'redeliver' && card.state !== 'delivered'));

/** The buttons of a list of films: of one alone all that can be done with it, of several the one thing each. */
export function cardButtons(cards: readonly Card[]): Button[] {
  const [only] = cards;
  if (cards.length === 1 && only) return only.actions.map((action) => actionButton(action, only.job));
  return cards.flatMap((card, index) => {
    const action = urgent(card);
    return action ? [{ ...actionButton(action, card.job), label: `${index + 1}: ${word(`film.${action}`)}` }] : [];
  });
}
