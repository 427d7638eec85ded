import { createFilms, type Films } from '../../src/media/film.ts';

const all = createFilms();

/** Reads films for all houses of a process: each would have to start a process of its own. It ends when none come for a while. */
export const films: Pick<Films, 'inspect'> = { inspect: all.inspect };
