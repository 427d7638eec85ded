import { type Button, type Command, findCommand } from '../../src/domain/command.ts';
import { jobIdPattern } from '../../src/domain/job.ts';
import { quotePattern } from '../../src/domain/quote.ts';

/** What parts a `custom_id`: it carries a command and ids, and nothing that anybody wrote. */
const mark = '|';

/** The `custom_id` of a button. */
export function pressId({ command, job, quote }: Button): string {
  const id = job ?? quote;
  return id === undefined ? command : `${command}${mark}${id}`;
}

/** What a pressed `custom_id` calls; nothing for one that this version does not know. A film's own buttons carry its posting after the job. */
export function readPress(
  customId: string,
  commands: readonly Command[],
): { command: string; values: Record<string, string> } | undefined {
  const [command = '', id, ...rest] = customId.split(mark);
  const leaf = findCommand(commands, command);
  if (!leaf || rest.length > 0 || !leaf.surfaces.includes('button')) return undefined;
  if (id === undefined)
    return Object.values(leaf.fields).some((field) => field.required) ? undefined : { command, values: {} };
  const job = id.replace(/-d\d+$/, '');
  if (jobIdPattern.test(job) && 'job' in leaf.fields) return { command, values: { job } };
  return quotePattern.test(id) && 'quote' in leaf.fields ? { command, values: { quote: id } } : undefined;
}

/** The `custom_id` of a form; `kept` names what a member gave before it was opened. */
export function formId(command: string, kept: string | undefined): string {
  return ['form', command, ...(kept === undefined ? [] : [kept])].join(mark);
}

export function readForm(customId: string): { command: string; kept: string | undefined } | undefined {
  const [form, command, kept] = customId.split(mark);
  return form === 'form' && command !== undefined ? { command, kept } : undefined;
}
