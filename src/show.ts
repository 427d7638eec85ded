import { cardOf } from './domain/card.ts';
import { CannotPost } from './domain/errors.ts';
import { type Job, nextStep } from './domain/job.ts';
import type { Platform } from './domain/origin.ts';
import type { Log, Poster, Records } from './ports.ts';

/** Milliseconds in which the bot that accepted a job posts its card; the worker leaves a missing card to it that long. */
const cardBy = 15_000;

/** What showing a card takes. */
export interface ShowTools {
  records: Pick<Records, 'shown'>;
  poster(platform: Platform): Poster;
  log: Log;
}

/** Shows a job's card as the record has it. True when the job is at rest with that. A chat that refuses the card for good is left alone. */
export async function show(job: Job, position: number | undefined, tools: ShowTools): Promise<boolean> {
  const { origin, id } = job.request;
  // A chat that refused the first card left an empty ref.
  const before = job.card?.ref || undefined;
  let ref = before ?? '';
  try {
    ref = await tools.poster(origin.platform).card(origin, cardOf(job, position), before);
  } catch (error) {
    if (!(error instanceof CannotPost)) throw error;
    tools.log.warn({ job: id, err: error }, 'the chat takes no card');
  }
  return tools.records.shown(job, { ref, version: job.version });
}

/** Shows a change on the way; a card that cannot be shown now will show the next change. */
export async function showInPassing(job: Job, tools: ShowTools): Promise<void> {
  if (job.card === undefined && Date.now() - job.acceptedAt < cardBy && nextStep(job) !== undefined) return;
  try {
    await show(job, undefined, tools);
  } catch (error) {
    tools.log.warn({ job: job.request.id, err: error }, 'the card was not edited');
  }
}
