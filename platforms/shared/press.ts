import type { Card, FilmAction } from '../../src/domain/card.ts';
import { challengePattern } from '../../src/domain/challenge.ts';
import { type Button, type Command, findCommand, type Leaf } from '../../src/domain/command.ts';
import { jobIdPattern } from '../../src/domain/job.ts';
import { quotePattern } from '../../src/domain/quote.ts';
import { word } from '../../src/domain/words.ts';
import { fieldOf } from './fields.ts';

/** What parts the id that a button carries: a command and ids, and nothing that anybody wrote. */
export const mark = '|';

/** What a button carries. */
export const pressId = ({ command, job, quote, challenge }: Button): string =>
  [command, job, quote, challenge].filter((one) => one !== undefined).join(mark);

/** What an id that a button carries says, by the name of its field; nothing where the command takes none of that kind. */
function carriedIn(id: string, leaf: Leaf): [name: string, value: string] | undefined {
  const job = id.replace(/-d\d+$/, '');
  const film = jobIdPattern.test(job) ? fieldOf(leaf, 'job') : undefined;
  if (film !== undefined) return [film, job];
  if (quotePattern.test(id) && 'quote' in leaf.fields) return ['quote', id];
  return challengePattern.test(id) && 'challenge' in leaf.fields ? ['challenge', id] : undefined;
}

/**
 * What a pressed button calls, perhaps after a form asked for more; nothing for one that this version does not know. A film's own buttons may
 * carry its posting after the job.
 */
export function readPress(
  pressed: string,
  commands: readonly Command[],
): { command: string; values: Record<string, string> } | undefined {
  const [command = '', ...ids] = pressed.split(mark);
  const leaf = findCommand(commands, command);
  if (!leaf?.surfaces.includes('button')) return undefined;
  if (ids.length === 0) {
    const needs = Object.values(leaf.fields).some((field) => field.required);
    return needs && !leaf.surfaces.includes('form') ? undefined : { command, values: {} };
  }
  const found = ids.flatMap((id) => {
    const value = carriedIn(id, leaf);
    return value ? [value] : [];
  });
  const values = Object.fromEntries(found);
  return Object.keys(values).length === ids.length ? { command, values } : undefined;
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
