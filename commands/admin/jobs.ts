import { type Context, command, type Group } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { isHeld, type Job, type JobRef, jobState, jobStates } from '../../src/domain/job.ts';
import { say, word } from '../../src/domain/words.ts';
import { answer, managed, saying } from '../answer.ts';

const states = [...jobStates, 'held'] as const;

/** How many jobs are listed, and how many are looked through for those that are asked for. */
const listed = 20;
const page = 100;
const looked = 2_000;

const stateOf = (job: Job): (typeof states)[number] => (isHeld(job) ? 'held' : jobState(job));

/** The newest that fit, and whether all were looked through for them. */
async function newest({ desk, space }: Context, fits: (job: Job) => boolean): Promise<{ jobs: Job[]; all: boolean }> {
  const jobs: Job[] = [];
  let before: string | undefined;
  for (let seen = 0; seen < looked; seen += page) {
    const found = await desk.jobsIn(space, page, before);
    jobs.push(...found.filter(fits));
    if (jobs.length >= listed) return { jobs: jobs.slice(0, listed), all: true };
    before = found.at(-1)?.request.id;
    if (before === undefined) return { jobs, all: true };
  }
  return { jobs, all: false };
}

function rowOf(job: Job, now: number): string[] {
  const { id, requester, price } = job.request;
  const age = say({ word: 'amount.time', with: { ms: now - job.acceptedAt } });
  return [id, requester, word(`admin.jobs.is.${stateOf(job)}`), age, String(price)];
}

const list = command({
  ...managed,
  name: 'list',
  summary: 'admin.jobs.list',
  fields: {
    state: {
      kind: 'choice',
      label: 'admin.jobs.state',
      choices: states.map((value) => ({ value, label: `admin.jobs.is.${value}` as const })),
    },
    member: { kind: 'member', label: 'admin.jobs.member' },
  },
  run: async ({ state, member }, context) => {
    const { jobs, all } = await newest(
      context,
      (job) =>
        (state === undefined || stateOf(job) === state) && (member === undefined || job.request.origin.user === member),
    );
    const among = all
      ? []
      : [{ kind: 'text', text: say({ word: 'admin.jobs.among', with: { count: looked } }) } as const];
    if (jobs.length === 0) return answer({ kind: 'text', text: word('admin.jobs.none') }, ...among);
    const now = Date.now();
    const head = (['id', 'who', 'is', 'age', 'credits'] as const).map((name) => word(`admin.jobs.${name}`));
    const title = say({ word: 'admin.jobs.title', with: { count: jobs.length } });
    const rows = jobs.map((job) => rowOf(job, now));
    return answer({ kind: 'table', title, head, rows }, ...among);
  },
});

/** Any job of the space: what is told of it is nothing that only its member may see. */
async function jobOf(id: string, { desk, space }: Context): Promise<{ job: Job; ref: JobRef }> {
  const ref = { space, id };
  const job = await desk.job(ref);
  if (!job) throw new UserError('unknown', { word: 'job.unknown' }, { field: 'job' });
  return { job, ref };
}

const fields = { job: { kind: 'job', label: 'admin.jobs.job', required: true } } as const;

const retry = command({
  ...managed,
  name: 'retry',
  summary: 'admin.jobs.retry',
  fields,
  run: async ({ job: id }, context) => {
    const { job, ref } = await jobOf(id, context);
    if (!isHeld(job) || !(await context.desk.redeliver(ref))) {
      throw new UserError('conflict', { word: 'admin.jobs.unheld' }, { field: 'job' });
    }
    await context.wake(ref);
    return saying({ word: job.parked ? 'redeliver.retry' : 'redeliver.again' });
  },
});

const release = command({
  ...managed,
  name: 'release',
  summary: 'admin.jobs.release',
  fields,
  run: async ({ job: id }, context) => {
    const { job, ref } = await jobOf(id, context);
    const outcome = await context.desk.release(ref, context.call.origin.user);
    if (outcome === 'late' || outcome === 'moving') {
      throw new UserError('conflict', { word: `admin.jobs.${outcome}` }, { field: 'job' });
    }
    await context.wake(ref);
    const credits = { credits: job.request.price };
    return saying({ word: outcome === 'asked' ? 'admin.jobs.released.asked' : 'admin.jobs.released', with: credits });
  },
});

const cancel = command({
  ...managed,
  name: 'cancel',
  summary: 'admin.jobs.cancel',
  fields,
  run: async ({ job: id }, context) => {
    const { job, ref } = await jobOf(id, context);
    const outcome = await context.desk.cancel(ref, context.call.origin.user);
    if (outcome === 'late') throw new UserError('conflict', { word: 'admin.jobs.late' }, { field: 'job' });
    await context.wake(ref);
    if (outcome === 'asked') return saying({ word: 'admin.jobs.cancelled.asked' });
    return saying({ word: 'cancel.returned', with: { credits: job.request.price } });
  },
});

/** Everybody's films, for those who run the space. */
export const jobs: Group = { name: 'jobs', summary: 'admin.jobs', subs: [list, retry, release, cancel] };
