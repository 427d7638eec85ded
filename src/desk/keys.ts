import { createHash } from 'node:crypto';
import { base32, type SpaceKey } from '../domain/origin.ts';

/** Seconds that things are kept. */
export const keep = {
  /** A settled job's record, and what lists it. */
  record: 30 * 86_400,
  /** The answer to a call, for its repetition. */
  call: 7 * 86_400,
  /** A window's balance, after the window has closed: longer than any hold lives. */
  quota: 40 * 86_400,
  /** A price that was said and not answered. */
  quote: 3_600,
  /** What came of a month's jobs. */
  monthly: 400 * 86_400,
  /** What was booked: a day longer than a record, which may be posted again and so booked again. */
  booked: 31 * 86_400,
} as const;

/** The keys of one space; all in one Redis slot, so that a script may touch any of them. ARCHITECTURE.md has the glossary. */
export function spaceKeys(space: SpaceKey) {
  const own = (name: string): string => `dailies:{${space}}:${name}`;
  return {
    jobs: own('job:'),
    job: (id: string) => own(`job:${id}`),
    call: (key: string) => own(`call:${base32(createHash('sha256').update(key).digest().subarray(0, 16))}`),
    quote: (id: string) => own(`quote:${id}`),
    quota: (member: string, window: string) => own(`quota:${member}:${window}`),
    lines: (member: string) => own(`lines:${member}`),
    mine: (member: string) => own(`mine:${member}`),
    /** All jobs of the space by when they were accepted. */
    index: own('jobs'),
    /** What came of the jobs that ended in a month such as `2026-11`. */
    monthly: (month: string) => own(`monthly:${month}`),
    ledger: own('ledger'),
    waiting: own('waiting'),
    open: own('open'),
    seq: own('seq'),
    /** Members who do not want to be mentioned. */
    unmentioned: own('unmentioned'),
    settings: own('settings'),
    /** What those who look after the space did, and when. */
    trail: own('trail'),
  };
}

/** The keys of the deployment. */
export const dailies = {
  spaces: '{dailies}:spaces',
  ring: '{dailies}:ring',
  slots: '{dailies}:slots',
  lead: '{dailies}:lead',
  /** The operator's money: what of a window is held and spent, and what is set aside for which job. */
  budget: '{dailies}:budget:',
  reserved: '{dailies}:reserved',
  unmatched: '{dailies}:unmatched',
  booked: '{dailies}:booked',
  /** Secrets, encrypted. */
  vault: '{dailies}:vault:',
} as const;
