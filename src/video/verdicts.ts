import { z } from 'zod';
import { type Topic, topicsOf } from '../domain/verdict.ts';
import type { Flag } from '../ports.ts';

/** Categories by name, or each with whether it is met. */
export const categories = z.union([
  z.array(z.string()),
  z
    .record(z.string(), z.unknown())
    .transform((each) => Object.entries(each).flatMap(([name, met]) => (met === true ? [name] : []))),
]);

const moderated = z.object({
  results: z.array(z.object({ flagged: z.boolean(), categories: categories.catch([]).default([]) })).nonempty(),
});

/** What `POST /moderations` says, in OpenAI's shape: `null` where it has nothing against the words, nothing where the reply is none. */
export function readFlag(json: unknown): Flag | null | undefined {
  const read = moderated.safeParse(json).data;
  if (!read) return undefined;
  const flagged = read.results.filter((result) => result.flagged);
  return flagged.length === 0 ? null : { about: topicsOf(flagged.flatMap((result) => result.categories)) };
}

/** What a refusal was for: by its own list of categories, or by the one that OpenAI's safety system writes into its message. */
export function topicsIn(said: { message?: string | undefined; categories?: readonly string[] | undefined }): Topic[] {
  const [, listed = ''] = /\bsafety_violations=\[([^\]]{0,200})\]/.exec(said.message ?? '') ?? [];
  return topicsOf([...(said.categories ?? []), ...listed.split(',')]);
}
