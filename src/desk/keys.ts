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
  /** What was booked: a day longer than a record, which may be posted again and so booked again. */
  booked: 31 * 86_400,
  /** Who reported a film. */
  report: 30 * 86_400,
  /** That a film is withheld: longer than any link to it works. */
  withheld: 8 * 86_400,
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
    ledger: own('ledger'),
    waiting: own('waiting'),
    open: own('open'),
    seq: own('seq'),
    /** Members who do not want to be mentioned. */
    unmentioned: own('unmentioned'),
    settings: own('settings'),
    /** Who reported a film, and whether those who look after the space were told. */
    report: (id: string) => own(`report:${id}`),
    /** The films that a member reported within the last hour. */
    reports: (member: string) => own(`reports:${member}`),
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
  /** Films in the media store that links open no more. */
  withheld: '{dailies}:withheld:',
  /** Secrets, encrypted. */
  vault: '{dailies}:vault:',
} as const;
