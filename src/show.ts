import { cardOf } from './domain/card.ts';
import { CannotPost } from './domain/errors.ts';
import type { Job } from './domain/job.ts';
import type { Platform } from './domain/origin.ts';
import { type Log, type Poster, type Records, TooSoon } from './ports.ts';

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
  let ref = job.card?.ref;
  try {
    // A film that is there needs no card to tell of it.
    if (ref !== undefined || !isPosted(job))
      ref = await tools.poster(origin.platform).card(origin, cardOf(job, position), ref);
  } catch (error) {
    if (!(error instanceof CannotPost)) throw error;
    tools.log.warn({ job: id, err: error }, 'the chat takes no card');
  }
  return tools.records.shown(job, { ref, version: job.version });
}

const isPosted = ({ post, generation, failure }: Job): boolean => !failure && post?.generation === generation;

/** Whether the bot that accepted the job may still be posting its card: another one now could be a second. */
export function cardPending(job: Job, now: number): boolean {
  return job.card === undefined && now - job.acceptedAt < cardBy;
}

/** Shows a change on the way; a card that cannot be shown now will show the next change. */
export async function showInPassing(job: Job, tools: ShowTools): Promise<void> {
  if (cardPending(job, Date.now())) return;
  try {
    await show(job, undefined, tools);
  } catch (error) {
    const level = error instanceof TooSoon ? 'debug' : 'warn';
    tools.log[level]({ job: job.request.id, err: error }, 'the card was not edited');
  }
}
