import { stat } from 'node:fs/promises';
import type { Origin } from '../../src/domain/origin.ts';
import type { Film, Poster } from '../../src/ports.ts';
import { type Grown, grownBy } from './large.ts';

/** A file on the disk, and where it goes as a film. */
export interface Large {
  origin: Origin;
  file: string;
  bytes: number;
}

/** Posts a small film, since what the first of all loads is no upload's, and then a large one; by how much the process grew for that one. */
export async function postLarge(poster: Poster, { origin, file, bytes }: Large): Promise<Grown> {
  const { signal } = new AbortController();
  const filmOf = (generation: number, path: string, size: number): Film => ({
    ...{ job: 'jaaaaaaaaaaaaaaaa-1', key: `jaaaaaaaaaaaaaaaa-1-d${generation}`, requester: 'Ada' },
    ...{ requesterId: origin.user, prompt: 'a boat', repeated: false, before: undefined, note: async () => undefined },
    ...{ asset: { name: 'a.mp4', bytes: size, seconds: 8, width: 1366, height: 768 }, file: path },
    ...{ card: undefined, mention: true, spoiler: false },
  });
  await poster.film(origin, filmOf(9, import.meta.filename, (await stat(import.meta.filename)).size), signal);
  return grownBy(() => poster.film(origin, filmOf(1, file, bytes), signal));
}
