/** A method answers `{ ok: false, error }`. */
export class Refused extends Error {
  readonly code: string;
  readonly more: Record<string, unknown>;
  readonly retryAfter: number | null;
  constructor(code: string, more: Record<string, unknown> = {}, retryAfter: number | null = null) {
    super(code);
    this.code = code;
    this.more = more;
    this.retryAfter = retryAfter;
  }
}

/** The refusal of arguments, with the reasons where Slack gives them. */
export function badArguments(...messages: string[]): Refused {
  return new Refused('invalid_arguments', {
    response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) },
  });
}

/** The refusal of a message's blocks. */
export function badBlocks(messages: readonly string[]): Refused {
  return new Refused('invalid_blocks', {
    errors: messages,
    response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) },
  });
}
