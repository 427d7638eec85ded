import { existsSync } from 'node:fs';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Made, Maker } from './renderer.ts';
import { stillFilm } from './still.ts';

/** Gives every order of the same size and length the same tiny film, at once or after `delayMs` of its prompt. */
export function instant(dir: string, delayMs: (prompt: string) => number): Maker {
  const made = new Map<string, Promise<Made>>();

  async function still(width: number, height: number, seconds: number): Promise<Made> {
    const file = join(dir, `${width}x${height}-${seconds}s.mp4`);
    if (!existsSync(file)) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(`${file}.part`, await stillFilm(width, height, seconds));
      await rename(`${file}.part`, file);
    }
    return { file, bytes: (await stat(file)).size };
  }

  return {
    async make({ scene: { prompt, width, height, seconds } }, _progress, signal) {
      const delay = delayMs(prompt);
      if (delay > 0) await wait(delay, undefined, { signal });
      const kind = `${width}x${height}-${seconds}`;
      const film = made.get(kind) ?? still(width, height, seconds);
      made.set(kind, film);
      return film;
    },
    close: async () => undefined,
  };
}
