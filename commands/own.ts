import type { Context } from '../src/domain/command.ts';
import { UserError } from '../src/domain/errors.ts';
import type { Job } from '../src/domain/job.ts';

type Who = Pick<Context, 'call' | 'space' | 'desk' | 'level'>;

/** A job of this space that the caller can see: a private one is its owner's alone. */
export async function seenFilm(id: string, context: Who): Promise<Job> {
  const job = await context.desk.job({ space: context.space, id });
  const mine = job?.request.origin.user === context.call.origin.user;
  if (!job || (job.request.origin.visibility === 'private' && !mine)) {
    throw new UserError('unknown', { word: 'job.unknown' }, { field: 'job' });
  }
  return job;
}

/** A job that the caller may act on: their own, or anybody's for those who moderate. */
export async function ownFilm(id: string, context: Who): Promise<Job> {
  const job = await seenFilm(id, context);
  if (job.request.origin.user === context.call.origin.user || context.level !== 'anyone') return job;
  throw new UserError('forbidden', { word: 'job.forbidden' }, { field: 'job' });
}
