import { z } from 'zod';
import { invalid } from './refusal.ts';

/** The words that the sandbox flags, for trying what happens then: nothing else is ever flagged here. */
const flagged = /\bflag please\b/i;

const asked = z.looseObject({
  input: z.union([z.string(), z.array(z.string()).nonempty()]),
  model: z.string().optional(),
});

/** Answers `POST /moderations` in OpenAI's shape: words that say "flag please" are flagged, as violence. Throws a refusal. */
export function moderated(fields: unknown): Record<string, unknown> {
  const read = asked.safeParse(fields).data;
  if (!read) throw invalid('input: takes a text, or a list of texts.');
  const results = [read.input].flat().map((text) => {
    const hit = flagged.test(text);
    const categories = {
      violence: hit,
      sexual: false,
      hate: false,
      harassment: false,
      'self-harm': false,
      illicit: false,
    };
    return { flagged: hit, categories };
  });
  return { id: 'modr-sandbox', model: read.model ?? 'sandbox-moderation', results };
}
