import { type Job, type JobState, jobState, type PostPlace } from './job.ts';
import { say, word } from './words.ts';

/** What can be done with a film by one press; each is the `film` command's sub-command of that name. */
export const filmActions = ['cancel', 'again', 'redeliver', 'details'] as const;
/** The presses a film itself offers, where a chat has few places: the rest is behind *More*. */
export const shownActions = ['again', 'details', 'more'] as const;
/** Those that stand behind *More* everywhere: they are about the film as the others see it. */
export const moreActions = ['report', 'delete'] as const;
export type FilmAction = (typeof filmActions)[number];
export type MoreAction = (typeof moreActions)[number];

/** What may be done, besides its card's own actions, with a film in a state. */
export const moreOf = (state: JobState): readonly MoreAction[] =>
  ['failed', 'cancelled', 'removed'].includes(state) ? [] : moreActions;

/**
 * A job as its thread sees it, in plain text. `version` orders edits: an older one never overwrites a newer.
 * `line` says where it is; `eta` is Unix milliseconds, `percent` 0–100.
 */
export interface Card {
  job: string;
  version: number;
  /** Unix milliseconds. */
  askedAt: number;
  state: JobState;
  line: string;
  requester: string;
  requesterId: string;
  prompt: string;
  seconds: number;
  size: string;
  credits: number;
  image?: string;
  /** Where its film stands: the chat's own id of the message, and which place that is. */
  post?: { ref: string; place: PostPlace };
  /** What is shown of it is to be covered. */
  spoiler?: boolean;
  position?: number;
  eta?: number;
  percent?: number;
  actions: FilmAction[];
}

/** Why there is no film. */
export function failureLine({ reason, about = [] }: NonNullable<Job['failure']>): string {
  if (reason === 'policy' && about.length > 0) return say({ word: 'failed.policy.about', with: { about } });
  return word(`failed.${reason}`);
}

/** Whether somebody else than its owner removed it: its words are shown no more then. */
const isHidden = ({ request, removed }: Job): boolean => removed !== undefined && removed.by !== request.origin.user;

function removedLine(job: Job): string {
  const { removed, takenAway } = job;
  if (!removed || takenAway?.times !== removed.times) return word('state.removed.going');
  if (takenAway.refused) return word('state.removed.refused');
  return word(isHidden(job) ? 'state.removed.moderator' : 'state.removed.owner');
}

function lineOf(job: Job, state: JobState, position: number | undefined): string {
  if (job.failure) return failureLine(job.failure);
  if (job.parked) return say({ word: 'state.stuck' });
  switch (state) {
    case 'queued':
      if (job.sentAt !== undefined && job.tries > 0) return say({ word: 'state.queued.confirming' });
      if (position !== undefined) return say({ word: 'state.queued.at', with: { position } });
      return say({ word: job.admittedAt === undefined ? 'state.queued' : 'state.queued.starting' });
    case 'rendering':
      if (job.cancel) return say({ word: 'state.rendering.cancelling' });
      return say({ word: job.late ? 'state.rendering.late' : 'state.rendering' });
    case 'rendered':
      return say({ word: job.refused?.generation === job.generation ? 'state.rendered.kept' : 'state.rendered' });
    case 'delivered': {
      const { place = 'asked', generation = job.generation } = job.post ?? {};
      if (generation < job.generation) {
        return word(job.refused?.generation === job.generation ? 'state.delivered.refused' : 'state.delivered.again');
      }
      return word(place === 'asked' ? 'state.delivered' : `state.delivered.${place}`);
    }
    case 'removed':
      return removedLine(job);
    default:
      return word(`state.${state}`);
  }
}

function actionsOf(job: Job, state: JobState): FilmAction[] {
  const cancellable = (state === 'queued' || state === 'rendering') && !job.cancel;
  const tried = [job.post?.generation, job.refused?.generation].includes(job.generation);
  return [
    ...(cancellable ? (['cancel'] as const) : []),
    ...(job.settled !== undefined ? (['again'] as const) : []),
    ...((tried || job.parked) && !job.failure && !job.removed ? (['redeliver'] as const) : []),
    'details',
  ];
}

export function cardOf(job: Job, position?: number): Card {
  const state = jobState(job);
  const { recipe } = job.request;
  const moving = state === 'rendering' && !job.late;
  return {
    job: job.request.id,
    version: job.version,
    askedAt: job.acceptedAt,
    state,
    line: lineOf(job, state, position),
    requester: job.request.requester,
    requesterId: job.request.mention ?? job.request.origin.user,
    prompt: isHidden(job) ? '…' : recipe.prompt,
    seconds: recipe.seconds,
    size: recipe.size,
    credits: job.request.price,
    ...(recipe.image === undefined || isHidden(job) ? {} : { image: recipe.image }),
    ...(job.request.spoiler ? { spoiler: true } : {}),
    ...(job.post ? { post: { ref: job.post.ref, place: job.post.place ?? 'asked' } } : {}),
    ...(state === 'queued' && position !== undefined ? { position } : {}),
    ...(moving && job.eta !== undefined ? { eta: job.eta } : {}),
    ...(moving && job.percent !== undefined ? { percent: job.percent } : {}),
    actions: actionsOf(job, state),
  };
}
