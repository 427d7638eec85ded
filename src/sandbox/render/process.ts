/** The renderer's own process: the encoder blocks its thread and installs handlers for uncaught exceptions. */
import { rename, writeFile } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import type { FromRender, ToRender } from '../renderer.ts';
import { makeFilm } from './film.ts';

setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
process.on('disconnect', () => process.exit());

function tell(message: FromRender): void {
  if (process.connected) process.send?.(message);
}

process.on('message', async ({ scene, file }: ToRender) => {
  try {
    let said = 0;
    const film = await makeFilm(scene, (done) => {
      const percent = Math.floor(done * 100);
      if (percent < said + 4) return;
      said = percent;
      tell({ percent });
    });
    await writeFile(`${file}.part`, film);
    await rename(`${file}.part`, file);
    tell({ bytes: film.length });
  } catch (error) {
    tell({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
