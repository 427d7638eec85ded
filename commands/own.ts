import { type Context, levels } from '../src/domain/command.ts';
import { UserError } from '../src/domain/errors.ts';
import type { Job } from '../src/domain/job.ts';

type Who = Pick<Context, 'call' | 'space' | 'desk' | 'level'>;
type Judge = Who & Pick<Context, 'reports'>;

export const isMine = ({ request }: Job, { call }: Who): boolean => request.origin.user === call.origin.user;

/** Whether a film is paid by the caller's own credits. */
export const hasPaid = ({ request: { payer } }: Job, { call }: Who): boolean =>
  payer.pot === undefined && payer.member === call.origin.user;

/** Whether the call is made where the film is, so that who reads the answer could read the film. */
export const isThere = ({ request: { origin } }: Job, { call }: Pick<Who, 'call'>): boolean =>
  origin.channel === call.origin.channel && (origin.closed !== true || origin.thread === call.origin.thread);

export const isManager = ({ level }: Who): boolean => levels.indexOf(level) >= levels.indexOf('manager');

/**
 * A job of this space that the caller can see. One for its owner alone is nobody else's, and one of a closed place is seen in there, by its
 * owner, and by those who manage the space.
 */
export async function seenFilm(id: string, context: Who, field = 'job'): Promise<Job> {
  const job = await context.desk.job({ space: context.space, id });
  const { visibility, closed } = job?.request.origin ?? {};
  if (job && isMine(job, context)) return job;
  if (!job || visibility === 'private' || (closed && !isThere(job, context) && !isManager(context))) {
    throw new UserError('unknown', { word: 'job.unknown' }, { field });
  }
  return job;
}

/** Whether the caller may act on a film: their own; anybody's, for those who moderate where it is or manage the space. */
export const mayAct = (job: Job, context: Who): boolean =>
  isMine(job, context) || (context.level !== 'anyone' && isThere(job, context)) || isManager(context);

/** Whether those who moderate were told of a film: then all of them may judge it, wherever they were told. */
const isReported = async ({ request: { id, origin } }: Job, { level, reports, space }: Judge): Promise<boolean> =>
  level !== 'anyone' && origin.visibility !== 'private' && reports.isTold({ space, id });

/** A film that the caller can see, or was told of as one who moderates. */
export async function shownFilm(id: string, context: Judge): Promise<Job> {
  const job = await context.desk.job({ space: context.space, id });
  return job && (await isReported(job, context)) ? job : seenFilm(id, context);
}

/** A film that the caller may remove: one that they may act on, or one that was reported, for those who moderate. */
export async function removableFilm(id: string, context: Judge): Promise<Job> {
  const job = await shownFilm(id, context);
  if (mayAct(job, context) || (await isReported(job, context))) return job;
  throw new UserError('forbidden', { word: 'job.forbidden' }, { field: 'job' });
}

/** A job that the caller may act on: their own; anybody's, for those who moderate where it is or manage the space. */
export async function ownFilm(id: string, context: Who): Promise<Job> {
  const job = await seenFilm(id, context);
  if (mayAct(job, context)) return job;
  throw new UserError('forbidden', { word: 'job.forbidden' }, { field: 'job' });
}
