import { type Call, type Command, command, type Reply } from '../../../src/domain/command.ts';

const base = { who: 'anyone', reply: 'private', surfaces: ['button', 'form'] } as const;
const run = async (): Promise<Reply> => ({ to: 'private', parts: [], jobs: [] });

/** A command that a button begins, with a challenge, and that takes words besides. */
const enter = command({
  ...{ ...base, name: 'enter', summary: 'video.summary', title: 'video.title', run },
  fields: {
    challenge: { kind: 'text', label: 'film.job', max: 24, required: true },
    prompt: { kind: 'text', label: 'video.prompt', max: 500, multiline: true, required: true },
    reason: { kind: 'text', label: 'report.reason', max: 100 },
  },
});
/** One that a button begins with nothing. */
const wish = command({
  ...{ ...base, name: 'wish', summary: 'jobs.summary', title: 'video.title', run },
  fields: { prompt: { kind: 'text', label: 'video.prompt', max: 500, required: true } },
});

/** One that a button alone begins, with a film and a challenge. */
const submit = command({
  ...{ ...base, name: 'submit', summary: 'jobs.summary', surfaces: ['button'], run },
  fields: {
    film: { kind: 'job', label: 'film.job', required: true },
    challenge: { kind: 'text', label: 'film.job', max: 24 },
  },
});

export const entering: readonly Command[] = [enter, wish, submit];

/** Takes calls, and says what came. */
export function createTaker() {
  const taken: Call[] = [];
  return {
    taken,
    handle: async (call: Call): Promise<Reply> => {
      taken.push(call);
      return { to: 'private', parts: [{ kind: 'text', text: 'Taken' }], jobs: [] };
    },
  };
}
