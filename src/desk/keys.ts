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
  /** That a manager was asked how a space is to be set up. */
  asked: 86_400,
  /** Who reported a film. */
  report: 30 * 86_400,
  /** That a film is withheld: longer than it lies in the store, untouched. */
  withheld: 32 * 86_400,
} as const;

const hashed = (key: string): string => base32(createHash('sha256').update(key).digest().subarray(0, 16));
/** What a call's answer is kept under, within its space. */
export const callName = (key: string): string => `call:${hashed(key)}`;

/** The keys of one space; all in one Redis slot, so that a script may touch any of them. ARCHITECTURE.md has the glossary. */
export function spaceKeys(space: SpaceKey) {
  const own = (name: string): string => `dailies:{${space}}:${name}`;
  return {
    /** What all of them begin with: a script makes the names of those it needs. */
    all: own(''),
    jobs: own('job:'),
    job: (id: string) => own(`job:${id}`),
    call: (key: string) => own(callName(key)),
    /** That something was done for a call that needs no answer of its own. */
    did: (key: string) => own(`did:${hashed(key)}`),
    quote: (id: string) => own(`quote:${id}`),
    quota: (member: string, window: string) => own(`quota:${member}:${window}`),
    lines: (member: string) => own(`lines:${member}`),
    mine: (member: string) => own(`mine:${member}`),
    /** All jobs of the space by when they were accepted. */
    index: own('jobs'),
    /** What came of the jobs that ended in a month such as `2026-11`. */
    monthly: (month: string) => own(`monthly:${month}`),
    ledger: own('ledger'),
    /** What the lines of the ledger up to one of them come to. */
    checkpoint: own('checkpoint'),
    /** The window that stands. */
    window: own('window'),
    /** What the whole space holds and has spent in a window. */
    used: (window: string) => own(`used:${window}`),
    lots: (member: string) => own(`lots:${member}`),
    /** Lots by when they run out. */
    expiring: own('expiring'),
    /** A member's films that have not ended. */
    under: (member: string) => own(`under:${member}`),
    pots: own('pots'),
    /** Pots that members have for challenges, by their deadlines. */
    endowed: own('endowed'),
    /** The challenge of each film that was entered as it was. */
    brought: own('brought'),
    pot: (id: string) => own(`pot:${id}`),
    shares: (pot: string) => own(`shares:${pot}`),
    waiting: own('waiting'),
    open: own('open'),
    seq: own('seq'),
    /** Members who do not want to be mentioned. */
    unmentioned: own('unmentioned'),
    settings: own('settings'),
    /** The rules of quota, a field for each whom one is for. */
    policy: own('policy'),
    /** Whether a manager was asked how the space is to be set up, or said to leave it. */
    asked: own('asked'),
    /** Who and what no films are made for. */
    blocks: own('blocks'),
    /** What of a member was refused lately, and how long they wait. */
    slow: (member: string) => own(`slow:${member}`),
    /** Who reported a film, and whether those who look after the space were told. */
    report: (id: string) => own(`report:${id}`),
    /** The films that a member reported within the last hour. */
    reports: (member: string) => own(`reports:${member}`),
    /** What those who look after the space did, and when. */
    trail: own('trail'),
    /** Challenges by when they were made, and those under way by when they are looked at next. */
    challenges: own('challenges'),
    deadlines: own('deadlines'),
    challenge: (id: string) => own(`challenge:${id}`),
    entries: (id: string) => own(`entries:${id}`),
    /** Entries whose film is on its way. */
    arriving: (id: string) => own(`arriving:${id}`),
    /** What each voter said, and how often each entry was asked about. */
    ballots: (id: string) => own(`ballots:${id}`),
    seen: (id: string) => own(`seen:${id}`),
    /** The pair that each voter is asked about. */
    offered: (id: string) => own(`offered:${id}`),
    /** The file by which a result can be reckoned again. */
    tally: (id: string) => own(`tally:${id}`),
    /** What came of challenges, in short. */
    results: own('results'),
    /** Seasons by when they began. */
    seasons: own('seasons'),
    season: (id: string) => own(`season:${id}`),
    /** Seasons by when they are looked at next. */
    turns: own('turns'),
  };
}

/** The keys of the deployment. */
export const dailies = {
  spaces: '{dailies}:spaces',
  /** Spaces that ever had a challenge or a season. */
  contests: '{dailies}:contests',
  /** Which space a challenge is of. */
  challenge: (id: string) => `{dailies}:challenge:${id}`,
  /** Which space a season is of. */
  season: (id: string) => `{dailies}:season:${id}`,
  ring: '{dailies}:ring',
  slots: '{dailies}:slots',
  lead: '{dailies}:lead',
  /** Films in the media store that links open no more. */
  withheld: '{dailies}:withheld:',
  /** Who audits now. */
  auditing: '{dailies}:auditing',
  /** Secrets, encrypted. */
  vault: '{dailies}:vault:',
} as const;

/** What the operator's budgets are kept under: what of a window is held and spent, and what is set aside for which job. */
export const budgetKeys = {
  money: {
    budget: '{dailies}:budget:',
    reserved: '{dailies}:reserved',
    unmatched: '{dailies}:unmatched',
    booked: '{dailies}:booked',
  },
  credits: {
    budget: '{dailies}:credits:budget:',
    reserved: '{dailies}:credits:reserved',
    unmatched: '{dailies}:credits:unmatched',
    booked: '{dailies}:credits:booked',
  },
} as const;
