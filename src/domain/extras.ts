import { z } from 'zod';
import type { Extra, ModelCard } from './model.ts';

/** A value that JSON can say. */
export type Json = z.infer<ReturnType<typeof z.json>>;

/** What a space's operator chose for it: a model's id or snapshot, and values of extra parameters. */
export interface SpaceDefaults {
  model?: string | undefined;
  extras: Readonly<Record<string, Json>>;
}

const text = z.string().min(1).max(2_000);
const kinds = {
  boolean: z.boolean(),
  text,
  number: z.number(),
  texts: z.array(text),
};

/** In words, what an extra parameter takes: `at most 2 texts`. */
export function takenBy({ takes, most }: Extra): string {
  const names = { boolean: 'true or false', text: 'a text', number: 'a number', texts: 'texts' };
  return takes === 'texts' && most !== undefined ? `at most ${most} texts` : names[takes];
}

/** Whether a value is of the kind that an extra parameter takes. */
export function isTaken(extra: Extra, value: unknown): boolean {
  if (!kinds[extra.takes].safeParse(value).success) return false;
  return extra.most === undefined || !Array.isArray(value) || value.length <= extra.most;
}

/**
 * The extra parameters of a film: the card's values, over them the space's, over them the member's. What the card does not list is left out.
 * Nothing when there are none.
 */
export function mergeExtras(
  card: ModelCard,
  space: Readonly<Record<string, Json>>,
  member: Readonly<Record<string, Json>>,
): Record<string, Json> | undefined {
  const merged = Object.entries(card.extras).flatMap(([name, extra]) => {
    const value = [member, space].find((given) => Object.hasOwn(given, name))?.[name] ?? extra.value;
    return value === undefined ? [] : [[name, value] as const];
  });
  return merged.length > 0 ? Object.fromEntries(merged) : undefined;
}
