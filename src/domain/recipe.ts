import { createHash } from 'node:crypto';
import { z } from 'zod';

/** `WIDTHxHEIGHT` in pixels. */
export const sizeSchema = z.templateLiteral([z.int().positive(), 'x', z.int().positive()]);
export type Size = z.infer<typeof sizeSchema>;

/** All that is needed to make the same film again. `image` names a prepared picture in the media store. */
export const recipeSchema = z.object({
  model: z.string().min(1),
  prompt: z.string().min(1),
  seconds: z.int().positive(),
  size: sizeSchema,
  image: z.string().min(1).optional(),
  extras: z.record(z.string(), z.json()).optional(),
});
export type Recipe = z.infer<typeof recipeSchema>;

/** JSON with its keys in order, so that equal values give equal text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export function digest(value: unknown): Buffer {
  return createHash('sha256').update(canonical(value)).digest();
}

export function pixels(size: Size): { width: number; height: number } {
  const [width, height] = size.split('x').map(Number);
  return { width: width as number, height: height as number };
}
