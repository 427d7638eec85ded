import { type Context, command, type Fact, type Part, type Reply } from '../src/domain/command.ts';
import { CannotPost, TransientError, UserError } from '../src/domain/errors.ts';
import type { Job } from '../src/domain/job.ts';
import { shortened } from '../src/domain/letters.ts';
import { cardFor } from '../src/domain/model.ts';
import { moment, type PlainWord, word } from '../src/domain/words.ts';
import { told } from './answer.ts';
import { seenFilm } from './own.ts';

const done = (said: PlainWord): Reply => told(word(said));

/** Letters of a prompt that moderators are told: the film's details have all of it. */
const promptLong = 500;

/** All that is needed to judge a film, and the buttons to act on it. */
function noticeOf(job: Job, count: number, reason: string | undefined, context: Context): Part[] {
  const { models, policy } = context;
  const { id, origin, recipe, requester } = job.request;
  const facts = [
    { label: word('report.asked'), value: named(requester, origin.user) },
    { label: word('details.prompt'), value: shortened(recipe.prompt, promptLong) },
    { label: word('details.model'), value: cardFor(models, recipe.model)?.label ?? recipe.model },
    { label: word('report.when'), value: moment(job.acceptedAt, policy.timeZone), at: job.acceptedAt },
    ...reportFacts(count, reason, context),
    { label: word('accepted.id'), value: id },
  ];
  const post = job.post && { ref: job.post.ref, place: job.post.place ?? 'asked' };
  return [
    { kind: 'text', text: word('report.notice') },
    { kind: 'facts', facts },
    { kind: 'place', label: word('report.where'), origin, ...(post ? { post } : {}) },
    {
      kind: 'buttons',
      buttons: [
        { label: word('report.remove'), command: 'film remove', job: id },
        { label: word('film.details'), command: 'film details', job: id },
      ],
    },
  ];
}

/** What is reported, under the id that its reports are counted by. `what`: the command, as the trail has it. */
interface Reportable {
  id: string;
  what: string;
  reason: string | undefined;
  /** What those who moderate are told, once `count` members reported it. */
  notice(count: number): Part[];
}

/** Tells those who moderate; whatever comes of it is written down, so that the next report tells them where this one could not. */
async function tell({ id, notice }: Reportable, count: number, context: Context): Promise<Reply> {
  const ref = { space: context.space, id };
  let well = false;
  try {
    well = await context.tell({ key: `${id}-r`, parts: notice(count) });
    return done(well ? 'report.done' : 'report.nobody');
  } catch (error) {
    if (error instanceof CannotPost) return done('report.nobody');
    if (!(error instanceof TransientError)) throw error;
    throw new UserError('unavailable', { word: 'report.later' }, { retryAfter: 60, cause: error });
  } finally {
    await context.reports.told(ref, well);
  }
}

/** Takes a report of something: counted, and told once to those who moderate. */
export async function reportOn(what: Reportable, context: Context): Promise<Reply> {
  const { id, reason } = what;
  const reported = await context.reports.note({ space: context.space, id }, context.call.origin.user);
  if (reported.is === 'often') throw new UserError('busy', { word: 'report.often' }, { retryAfter: 600 });
  const { is, count, fresh } = reported;
  const why = reason === undefined ? {} : { why: reason };
  if (fresh) await context.note({ what: what.what, about: id, ...why });
  return is === 'tell' ? tell(what, count, context) : done('report.done');
}

/** Who is named with a notice, by their id as well where the chat calls them otherwise. */
const named = (name: string, user: string): string => (name === user ? name : `${name} (${user})`);

/** What a report says besides what it is about: by whom, why, and how many there are. */
export const reportFacts = (count: number, reason: string | undefined, { call }: Context): Fact[] => [
  { label: word('report.by'), value: named(call.who.name, call.origin.user) },
  ...(reason === undefined ? [] : [{ label: word('report.reason'), value: reason }]),
  { label: word('report.count'), value: String(count) },
];

/** A member tells those who moderate that something is wrong with a film. */
export const report = command({
  name: 'report',
  summary: 'film.report',
  who: 'anyone',
  reply: 'private',
  surfaces: ['button', 'slash'],
  fields: {
    job: { kind: 'job', label: 'film.job', required: true },
    reason: { kind: 'text', label: 'report.reason', max: 300 },
  },
  run: async ({ job: id, reason }, context) => {
    const job = await seenFilm(id, context);
    if (job.removed) return done('report.removed');
    const notice = (count: number) => noticeOf(job, count, reason, context);
    return reportOn({ id, what: 'film report', reason, notice }, context);
  },
});
