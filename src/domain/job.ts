import type { Asset } from './asset.ts';
import type { FailureReason } from './errors.ts';
import { base32, type Origin, type SpaceKey } from './origin.ts';
import { digest, type Recipe } from './recipe.ts';
import type { Topic } from './verdict.ts';

/** Who pays: a member, out of which window and, beside that, out of what they were granted; or a pot. */
export interface Payer {
  member: string;
  window: string;
  pot?: string;
}

/** Credits of one source: the window's allowance, granted ones, or what somebody, or without a `member` those in charge, had put into a pot. */
export interface Paid {
  from: 'window' | 'granted' | 'pot';
  member?: string;
  credits: number;
}

/** What was accepted; it never changes afterwards. `price` is in credits. */
export interface JobRequest {
  id: string;
  origin: Origin;
  /** How the chat calls the member who asked, for the card. */
  requester: string;
  /** The member to be named, where that is another than the one who asked. */
  mention?: string;
  recipe: Recipe;
  price: number;
  payer: Payer;
  /** Millionths of the currency that were set aside in the budget for it. */
  money?: number;
  /** The space's time zone at that time: whose month it is counted in. */
  timeZone?: string;
  /** The job this one repeats. */
  parent?: string;
  /** The film is posted behind a cover, where the chat has one. */
  spoiler?: boolean;
  /** What it is made for: the challenge that it is an entry of, and the edition of its terms. */
  for?: { challenge: string; edition: number };
}

export type { Asset };

/** Where a film came to stand: where it was `asked` for, in the `channel` of a thread that is gone, or with its member in `private`. */
export const postPlaces = ['asked', 'channel', 'private'] as const;
export type PostPlace = (typeof postPlaces)[number];

/** A film was removed for good: by whom, when in Unix milliseconds, and why where they said so. `times` counts how often it was wanted. */
export interface Removal {
  by: string;
  at: number;
  times: number;
  why?: string;
}

/** What a step learned; the worker that holds the job's epoch writes it. Times are Unix milliseconds. */
export interface Progress {
  /** How often the present step has failed since the last progress. */
  tries: number;
  /** How many of its failures nobody foresaw. */
  bugs?: number;
  /** When the first submit was sent, and to which gateway, noted before it was. */
  sentAt?: number;
  sentTo?: string;
  /** How often its lost submit was looked for in the gateway's list of requests. */
  sought?: number;
  /** The key was repeated often enough without an answer: from now on it is only looked for. */
  seeking?: boolean;
  /** When the very first submit was sent, once one was sent again because the list lacked it. */
  resentSince?: number;
  /** Since when the gateway does not know its task. */
  missingSince?: number;
  /** Per cent, where the gateway tells it. */
  percent?: number;
  /** When it last grew. */
  percentAt?: number;
  /** When the film should be there, measured on this model. */
  eta?: number;
  /** Past the model's deadline: we look in only now and then. */
  late?: boolean;
  /** The gateway was asked to stop. */
  stopAsked?: boolean;
  /** It was told to be completed without a link, and asked once more. */
  unlinked?: boolean;
  output?: { url?: string; at: number };
  /** What the gateway says that the task cost it, in millionths of the currency. */
  bill?: number;
  asset?: Asset;
  /** The generation whose post was begun: before another attempt, the chat is asked whether it is there. */
  posting?: number;
  /** What a generation's posting noted for a later attempt of it. */
  mark?: { generation: number; text: string };
  post?: { ref: string; generation: number; place?: PostPlace };
  /** Postings before the last one, which may still stand. */
  earlier?: { ref: string; place: PostPlace }[];
  /** Which wish to remove it was carried out; `refused`: the chat did not let the bot. */
  takenAway?: { times: number; refused?: true };
  /** The generation that the chat refused; the film is kept until somebody asks for it. */
  refused?: { generation: number; at: number };
  /** `about`: what was declined, where the gateway told. */
  failure?: { reason: FailureReason; at: number; about?: readonly Topic[] };
  /** The workflow that asked for it knows how it ended. */
  told?: true;
}

export type Outcome = 'captured' | 'released';

/** The record of one job: the truth about it. The next step follows from what is missing. */
export interface Job extends Progress {
  request: JobRequest;
  acceptedAt: number;
  /** From what it is paid, and what was left then of its member's credits or, where one pays, in the pot. */
  paid?: { from: Paid[]; left: number };
  /** When it left the waiting list. */
  admittedAt?: number;
  /** What the gateway calls it, and when that was learned: written by whoever learned it. */
  taskId?: string;
  submittedAt?: number;
  /** The gateway that has the task. */
  gateway?: string;
  /** The id of a webhook that came since the last look. */
  wake?: string;
  /** Grows with every change a member can see. */
  version: number;
  /** Grows with every step begun; a save under an older one is refused. */
  epoch: number;
  /** Which posting of the film is wanted, 1 for the first. */
  generation: number;
  /** How many of its last steps ended with their worker. */
  deaths: number;
  /** The step that was begun and has not ended. */
  trying?: Step;
  cancel?: { by: string; at: number };
  /** Somebody who runs the space ends it, who found it held. */
  givenUp?: { by: string; at: number };
  removed?: Removal;
  /** It keeps killing its worker: out of the way until somebody acts or its time is up. */
  parked?: boolean;
  /** What its card shows; without a ref the chat took none. */
  card?: { ref?: string; version: number };
  settled?: Outcome;
}

/** Where a record is: its space and its id. All that a wake-up carries. */
export interface JobRef {
  space: SpaceKey;
  id: string;
}

export const steps = ['submit', 'poll', 'deliver'] as const;
export type Step = (typeof steps)[number];

export const jobStates = ['queued', 'rendering', 'rendered', 'delivered', 'failed', 'cancelled', 'removed'] as const;
export type JobState = (typeof jobStates)[number];

export function jobState(job: Job): JobState {
  if (job.failure) {
    const { reason } = job.failure;
    return reason === 'cancelled' || reason === 'removed' ? reason : 'failed';
  }
  if (job.removed) return 'removed';
  if (job.post) return 'delivered';
  if (job.output) return 'rendered';
  return job.taskId === undefined ? 'queued' : 'rendering';
}

/** Whether a workflow waits to be told how the job ended. */
export const isUntold = (job: Job): boolean => job.request.origin.step !== undefined && !job.told;

/** Whether it waits for somebody to act, unpaid: parked, or a film that its chat refused. */
export const isHeld = ({ failure, settled, parked, refused, generation }: Job): boolean =>
  failure === undefined && settled === undefined && (parked === true || refused?.generation === generation);

/** Whether a film that was removed may still stand in its chat. */
export const isStanding = ({ post, removed, takenAway }: Job): boolean =>
  post !== undefined && removed !== undefined && takenAway?.times !== removed.times;

/** The step a job needs now; none when all is done, or when it waits for somebody to ask. */
export function nextStep(job: Job): Step | undefined {
  const unshown = (job.card?.version ?? 0) < job.version || isUntold(job) || isStanding(job);
  if (job.failure) return job.settled === undefined || unshown ? 'deliver' : undefined;
  if (job.parked) return undefined;
  if (job.removed && job.output) return job.post && job.settled !== undefined && !unshown ? undefined : 'deliver';
  if (job.output) {
    if (job.refused?.generation === job.generation) return undefined;
    const posted = job.post?.generation === job.generation;
    return posted && job.settled !== undefined && !unshown ? undefined : 'deliver';
  }
  return job.taskId === undefined ? 'submit' : 'poll';
}

/** `j<hash>`: the same for all jobs of a call. */
export function requestId(callKey: string): string {
  return `j${base32(digest(callKey).subarray(0, 10))}`;
}

/** {@link requestId} of the call that a job is of. */
export const requestOf = (jobId: string): string => jobId.slice(0, jobId.lastIndexOf('-'));

/** `j<hash>-<n>`: the same call gives the same ids, and BullMQ takes them (no colon, never a bare number). */
export function jobIds(callKey: string, count: number): string[] {
  const request = requestId(callKey);
  return Array.from({ length: count }, (_, index) => `${request}-${index + 1}`);
}

/** Whether repeated refusals slow whoever asked: a workflow is nobody, and whom it names need not have written its words. */
export const isSlowed = ({ step }: Pick<Origin, 'step'>): boolean => step === undefined;

export const jobIdPattern = /^j[a-z2-7]{16}-\d{1,2}$/;
