/** Discord's own words for its codes: status and message. */
const known = {
  10003: [404, 'Unknown Channel'],
  10004: [404, 'Unknown Guild'],
  10007: [404, 'Unknown Member'],
  10008: [404, 'Unknown Message'],
  10013: [404, 'Unknown User'],
  10015: [404, 'Unknown Webhook'],
  10062: [404, 'Unknown interaction'],
  10063: [404, 'Unknown application command'],
  20012: [403, 'You are not authorized to perform this action on this application'],
  30015: [400, 'Maximum number of attachments in a message reached (10)'],
  30032: [400, 'Maximum number of application commands reached'],
  30046: [429, 'Maximum number of edits to messages older than 1 hour reached. Try again later'],
  40005: [413, 'Request entity too large'],
  40060: [400, 'Interaction has already been acknowledged.'],
  50001: [403, 'Missing Access'],
  50003: [403, 'Cannot execute action on a DM channel'],
  50005: [403, 'Cannot edit a message authored by another user'],
  50006: [400, 'Cannot send an empty message'],
  50007: [403, 'Cannot send messages to this user'],
  50008: [400, 'Cannot send messages in a non-text channel'],
  50013: [403, 'Missing Permissions'],
  50024: [400, 'Cannot execute action on this channel type'],
  50027: [401, 'Invalid Webhook Token'],
  50035: [400, 'Invalid Form Body'],
  50083: [400, 'Thread is archived'],
  50109: [400, 'The request body contains invalid JSON.'],
  50278: [403, 'Cannot send messages to this user due to having no mutual guilds'],
  160002: [403, 'Cannot reply without permission to read message history'],
  160004: [400, 'A thread has already been created for this message'],
  160005: [400, 'This thread is locked'],
} as const satisfies Record<number, readonly [number, string]>;

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A request is answered by an error. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`refused with ${answer.status}`);
    this.answer = answer;
  }
}

/** An error of Discord, by its code. */
export function refusal(code: keyof typeof known, more: { errors?: unknown; retryAfter?: number } = {}): Refused {
  const [status, message] = known[code];
  const { errors, retryAfter } = more;
  const body = { message, code, ...(errors === undefined ? {} : { errors }) };
  if (retryAfter === undefined) return new Refused({ status, body });
  const headers = { 'retry-after': String(Math.ceil(retryAfter)), 'x-ratelimit-scope': 'user' };
  return new Refused({ status, body: { ...body, retry_after: retryAfter, global: false }, headers });
}

export const unauthorized = (): Refused =>
  new Refused({ status: 401, body: { message: '401: Unauthorized', code: 0 } });
export const unknownRoute = (): Refused => new Refused({ status: 404, body: { message: '404: Not Found', code: 0 } });

export type Path = readonly (string | number)[];

/** What is wrong with a body, gathered; `refuse` throws 50035 with all of it, if there is any. */
export interface Problems {
  add(path: Path, code: string, message: string): void;
  /** Of a string in code points, or of a list. */
  length(path: Path, value: string | readonly unknown[] | null | undefined, min: number, max: number): void;
  refuse(): void;
}

interface Tree {
  [key: string]: Tree | { code: string; message: string }[];
}

/** `base`: where the body that is looked at stands in the request's. */
export function createProblems(base: Path = []): Problems {
  const root: Tree = {};
  let found = false;

  function add(path: Path, code: string, message: string): void {
    found = true;
    let at = root;
    for (const key of [...base, ...path]) {
      at[key] ??= {};
      at = at[key] as Tree;
    }
    at._errors = [...((at._errors as []) ?? []), { code, message }];
  }

  return {
    add,
    length(path, value, min, max) {
      const told = typeof value === 'string' || Array.isArray(value);
      const length = told ? [...value].length : 0;
      if (value != null && !told) add(path, 'BASE_TYPE_CONVERT', 'Could not interpret the value.');
      else if (length >= min && length <= max) return;
      else if (value == null) add(path, 'BASE_TYPE_REQUIRED', 'This field is required');
      else if (min === 0) add(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
      else add(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
    },
    refuse() {
      if (found) throw refusal(50035, { errors: root });
    },
  };
}

/** 50035 for one field. */
export function badField(path: Path, code: string, message: string): Refused {
  const errors = [...path].reduceRight<unknown>((inner, key) => ({ [key]: inner }), { _errors: [{ code, message }] });
  return refusal(50035, { errors });
}
