import { afterEach, expect, test } from 'vitest';
import { TransientError } from '../../src/domain/errors.ts';
import { Fenced, type Film, type Poster } from '../../src/ports.ts';
import { createFakeChat } from '../support/chat.ts';
import { type Steps, startSteps } from '../support/steps.ts';

let house: Steps | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

/** A house whose chat posts films as the test says, in attempts that are counted from 1, and a film that is made. */
async function setUp(post: (film: Film, attempt: number) => Promise<string>) {
  const films: Film[] = [];
  const poster: Poster = {
    ...createFakeChat().poster,
    card: async () => 'card',
    film: async (_origin, film) => {
      films.push({ ...film });
      return { ref: await post(film, films.length), place: 'asked' };
    },
  };
  house = await startSteps({}, { poster: () => poster });
  const made = house;
  const ref = await made.admitted();
  await made.take(ref);
  made.gateway.finish(made.gateway.taskOf(ref.id).id);
  return { ...made, ref, films, until: made.until.bind(made) };
}

test('what an attempt noted is there for the next one of the same posting, and for no other posting', async () => {
  const { ref, films, until, desk } = await setUp(async (film, attempt) => {
    await film.note(`uploaded as F${attempt}`);
    if (attempt < 3) throw new TransientError('no answer');
    return `film-${attempt}`;
  });
  await until(ref, (job) => job.post?.generation === 1 && job.settled !== undefined);
  expect(films.map(({ repeated, before }) => [repeated, before])).toEqual([
    [false, undefined],
    [true, 'uploaded as F1'],
    [true, 'uploaded as F2'],
  ]);
  await desk.redeliver(ref);
  await until(ref, (job) => job.post?.generation === 2);
  expect(films[3]).toMatchObject({ key: `${ref.id}-d2`, repeated: false, before: undefined });
});

test('a worker that no longer holds the job can note nothing, and so has no effect', async () => {
  let effects = 0;
  const { ref, take, read, begin, until } = await setUp(async (film) => {
    await film.note('first');
    await begin(ref, 'deliver');
    await film.note('second');
    effects += 1;
    return 'film';
  });
  await until(ref, (job) => job.output !== undefined);
  await expect(take(ref)).rejects.toThrow(Fenced);
  expect((await read(ref)).mark).toEqual({ generation: 1, text: 'first' });
  expect(effects).toBe(0);
});
