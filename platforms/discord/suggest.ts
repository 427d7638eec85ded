import type { APIApplicationCommandOptionChoice } from 'discord.js';
import { cardOf } from '../../src/domain/card.ts';
import type { Field } from '../../src/domain/command.ts';
import type { Desk } from '../../src/domain/desk.ts';
import type { Job } from '../../src/domain/job.ts';
import { shortened } from '../../src/domain/letters.ts';
import type { ModelCard } from '../../src/domain/model.ts';
import { type Origin, spaceKey } from '../../src/domain/origin.ts';
import { modelChoices, suggestions } from '../../src/domain/suggest.ts';
import { likelyModels, type ModelTools } from '../shared/fields.ts';
import { limits } from './limits.ts';

type Choice = APIApplicationCommandOptionChoice<string | number>;

/** A member's newest films that are looked through. */
const jobsLooked = 50;

function jobChoice(job: Job): Choice {
  const { prompt, line, job: value } = cardOf(job);
  const end = ` · ${shortened(line, 30)}`;
  const words = prompt.replace(/\s+/g, ' ');
  return { name: `${shortened(words, limits.choiceName - [...end].length)}${end}`, value };
}

const models = (all: readonly ModelCard[]): Choice[] =>
  modelChoices(all).map(({ value, label }) => ({ value, name: shortened(label, limits.choiceName) }));

export interface SuggestTools extends ModelTools {
  desk: Pick<Desk, 'jobsOf'>;
}

/** What is offered while somebody types: models, their own films, or what the chosen model makes. No more than Discord shows. */
export async function suggest(
  wanted: { origin: Origin; name: string; field: Field; text: string; model: unknown },
  tools: SuggestTools,
): Promise<Choice[]> {
  const { origin, name, field, text, model } = wanted;
  const all = tools.models();
  const choices =
    field.kind === 'model'
      ? models(all)
      : field.kind === 'job'
        ? (await tools.desk.jobsOf(spaceKey(origin), origin.user, jobsLooked)).map(jobChoice)
        : suggestions(name, field, likelyModels(origin, model, tools)).map((value) => ({
            name: value,
            value: field.kind === 'integer' ? Number(value) : value,
          }));
  const typed = text.trim().toLowerCase();
  const fits = ({ name, value }: Choice): boolean =>
    name.toLowerCase().includes(typed) || String(value).toLowerCase().includes(typed);
  return choices.filter(fits).slice(0, limits.choices);
}
