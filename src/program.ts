import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A program of our own, by its path without an ending from the module at `url`: as TypeScript where that is, compiled where that is. */
export const programBeside = (path: string, url: string): URL => new URL(`${path}${extname(url)}`, url);

/** What Node has to be given to run it. A Node without type stripping of its own needs a loader for TypeScript. */
export function nodeOptions({ pathname }: URL): string[] {
  const strips = 'typescript' in process.features && process.features.typescript;
  if (strips || !pathname.endsWith('.ts')) return [];
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
}
