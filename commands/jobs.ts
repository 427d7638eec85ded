import { command } from '../src/domain/command.ts';
import { say, word } from '../src/domain/words.ts';
import { answer } from './answer.ts';
import { ownFilm } from './own.ts';

const listed = 10;

export const jobs = command({
  name: 'jobs',
  summary: 'jobs.summary',
  who: 'anyone',
  reply: 'private',
  surfaces: ['slash'],
  fields: { job: { kind: 'job', label: 'jobs.job' } },
  run: async (values, context) => {
    const { call, space, desk } = context;
    const found =
      values.job === undefined
        ? await desk.jobsOf(space, call.origin.user, listed)
        : [await ownFilm(values.job, context)];
    const cards = await Promise.all(found.map((job) => context.card(job)));
    if (values.job !== undefined) return answer({ kind: 'cards', cards });
    const text = cards.length === 0 ? word('jobs.none') : say({ word: 'jobs.title', with: { count: cards.length } });
    return answer({ kind: 'text', text }, { kind: 'cards', cards });
  },
});
