import { badArguments } from './refusals.ts';
import type { Row } from './world.ts';

/** The arguments of a method, which come as text in a form and typed in JSON. */
export interface Args {
  readonly all: Row;
  /** Undefined where it is missing or empty. */
  text(name: string): string | undefined;
  /** Refuses where it is missing. */
  need(name: string): string;
  flag(name: string): boolean;
  number(name: string): number | undefined;
  /** JSON, in text or as it is. Undefined where it is missing; throws a `SyntaxError` for what is no JSON. */
  json(name: string): unknown;
}

export function createArgs(all: Row): Args {
  const text = (name: string) => {
    const value = all[name];
    return value === undefined || value === null || value === '' ? undefined : String(value);
  };
  return {
    all,
    text,
    need(name) {
      const value = text(name);
      if (value === undefined) throw badArguments(`missing required field: ${name}`);
      return value;
    },
    flag: (name) => ['1', 'true'].includes(text(name) ?? ''),
    number(name) {
      const value = text(name);
      return value === undefined ? undefined : Number(value);
    },
    json(name) {
      const value = all[name];
      if (value === undefined || value === null || value === '') return undefined;
      return typeof value === 'string' ? JSON.parse(value) : value;
    },
  };
}
