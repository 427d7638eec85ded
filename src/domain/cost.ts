import type { FailureReason } from './errors.ts';
import type { Job } from './job.ts';

/** Reasons after which the gateway may have been paid all the same. */
const maybePaid: readonly FailureReason[] = [
  'unclear',
  'lost',
  'overdue',
  'expired',
  'stuck',
  'broken',
  'cancelled',
  'abandoned',
  'removed',
];

/** What a job that has ended cost the operator, in millionths of the currency: as the gateway billed it; else as it was reckoned, unless it surely made nothing. */
export function costOf(job: Job): number {
  const { money = 0 } = job.request;
  if (job.bill !== undefined) return job.bill;
  if (!job.failure) return money;
  // One that was sent, lost, and sent again may have been paid for twice.
  const orders = [job.sentAt, job.resentSince].filter((at) => at !== undefined).length;
  return maybePaid.includes(job.failure.reason) ? money * orders : 0;
}
