import type { Job, JobRequest } from '../../src/domain/job.ts';

export const request: JobRequest = {
  id: 'jabcdefghijklmnop-1',
  origin: { platform: 'web', space: 's', channel: 'c', thread: 't', user: 'ada', visibility: 'thread' },
  requester: 'Ada',
  recipe: { model: 'sora-2', prompt: 'a boat', seconds: 4, size: '1365x768' },
  price: 4,
  payer: { member: 'ada', window: 'week:2026-11-23' },
};

const asset = { name: 'film.mp4', bytes: 1, seconds: 4, width: 1366, height: 768 };

/** A job just accepted, but for what is said. */
export function jobOf(change: Partial<Job> = {}): Job {
  const fresh = { request, acceptedAt: 1, version: 1, epoch: 0, generation: 1, deaths: 0, tries: 0 };
  return { ...fresh, ...change };
}

const submitted: Partial<Job> = { admittedAt: 2, sentAt: 2, taskId: 't', submittedAt: 3, version: 3 };
const rendered: Partial<Job> = { ...submitted, output: { url: 'u', at: 4 }, version: 4 };
const fetched: Partial<Job> = { ...rendered, asset, version: 4 };
const posted: Partial<Job> = { ...fetched, post: { ref: 'p', generation: 1 }, version: 5 };
const paid: Partial<Job> = { ...posted, settled: 'captured', version: 6 };
const kept: Partial<Job> = { ...fetched, refused: { generation: 1, at: 5 }, version: 5 };
const removed = { by: 'mod', at: 7, times: 1 };
const gone: Partial<Job> = { ...paid, removed, takenAway: { times: 1 }, version: 8 };
const failed: Partial<Job> = { failure: { reason: 'policy', at: 5 }, version: 5 };

/** A job at every point of its way. */
export const at = {
  waiting: jobOf(),
  admitted: jobOf({ admittedAt: 2 }),
  sent: jobOf({ admittedAt: 2, sentAt: 2 }),
  rendering: jobOf(submitted),
  late: jobOf({ ...submitted, late: true, eta: 9, percent: 20 }),
  stopping: jobOf({ ...submitted, cancel: { by: 'ada', at: 4 } }),
  rendered: jobOf(rendered),
  fetched: jobOf(fetched),
  posted: jobOf(posted),
  paid: jobOf(paid),
  shown: jobOf({ ...paid, card: { ref: 'c', version: 6 } }),
  wantedAgain: jobOf({ ...paid, generation: 2, version: 7, card: { ref: 'c', version: 6 } }),
  refusedAgain: jobOf({ ...paid, generation: 2, version: 8, refused: { generation: 2, at: 8 } }),
  kept: jobOf(kept),
  keptShown: jobOf({ ...kept, card: { ref: '', version: 5 } }),
  keptWantedAgain: jobOf({ ...kept, generation: 2, version: 6 }),
  failed: jobOf(failed),
  released: jobOf({ ...failed, settled: 'released', version: 6 }),
  failedShown: jobOf({ ...failed, settled: 'released', version: 6, card: { ref: 'c', version: 6 } }),
  failedUnpaidShown: jobOf({ ...failed, card: { ref: 'c', version: 5 } }),
  cancelled: jobOf({ failure: { reason: 'cancelled', at: 5 }, settled: 'released', version: 2 }),
  removing: jobOf({ ...paid, removed, version: 7, card: { ref: 'c', version: 6 } }),
  removed: jobOf(gone),
  removedShown: jobOf({ ...gone, card: { ref: 'c', version: 8 } }),
  removedByOwner: jobOf({ ...gone, removed: { ...removed, by: 'ada' } }),
  removedInVain: jobOf({ ...gone, takenAway: { times: 1, refused: true }, card: { ref: 'c', version: 8 } }),
  removedAnew: jobOf({ ...gone, removed: { ...removed, times: 2 }, takenAway: { times: 1, refused: true } }),
  removedRendering: jobOf({ ...submitted, cancel: { by: 'mod', at: 7 }, removed }),
  removedKept: jobOf({ ...kept, removed, version: 6 }),
  removedUnposted: jobOf({ ...kept, removed, failure: { reason: 'removed', at: 8 }, settled: 'released', version: 8 }),
  removedParked: jobOf({ ...paid, removed, parked: true, version: 7 }),
  parked: jobOf({ parked: true, version: 2 }),
  parkedRendering: jobOf({ ...submitted, parked: true }),
  parkedRendered: jobOf({ ...fetched, parked: true }),
  parkedFailed: jobOf({ ...failed, parked: true }),
} satisfies Record<string, Job>;
export type Point = keyof typeof at;
