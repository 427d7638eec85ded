/** Collects what is wrong, with the place where it is. */
export interface Report {
  readonly messages: string[];
  add(what: string, at: string): void;
  /** At least one and at most `most` characters; what is no text is wrong too. */
  length(value: unknown, most: number, at: string, least?: number): void;
  /** The same for the text of a text object of one of these kinds. */
  text(value: unknown, most: number, at: string, kinds?: readonly string[], least?: number): void;
  items(value: unknown, most: number, at: string, least?: number): void;
}

export const plain = ['plain_text'] as const;
export const either = ['plain_text', 'mrkdwn'] as const;

export function createReport(): Report {
  const messages: string[] = [];
  const add = (what: string, at: string) => void messages.push(`${what} [json-pointer:${at}]`);
  function length(value: unknown, most: number, at: string, least = 1): void {
    if (typeof value !== 'string') add('must be a string', at);
    else if (value.length > most) add(`must be less than ${most + 1} characters`, at);
    else if (value.length < least) add(`must be more than ${least - 1} characters`, at);
  }
  return {
    messages,
    add,
    length,
    text(value, most, at, kinds = plain, least = 1) {
      if (typeof value !== 'object' || value === null) {
        add('must provide an object', at);
        return;
      }
      const { type, text } = value as { type?: string; text?: unknown };
      if (!kinds.includes(type ?? '')) add(`unsupported type: ${type}`, `${at}/type`);
      length(text, most, `${at}/text`, least);
    },
    items(value, most, at, least = 1) {
      if (!Array.isArray(value)) add('must be an array', at);
      else if (value.length > most) add(`no more than ${most} items allowed`, at);
      else if (value.length < least) add(`no fewer than ${least} items allowed`, at);
    },
  };
}
