import { credits, moment, n } from './forms.ts';

/** `2026-11` as `November 2026`. */
const monthNamed = (month: string): string =>
  new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(Date.parse(`${month}-01`));

/** Milliseconds in the largest unit that they fill. */
function spell(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}

/** The sentences for those who run a space, in English, by key. */
export const managing = {
  'amount.time': (p: { ms: number }) => spell(p.ms),

  // What came of a month
  'admin.report': 'What was made in a month, for how much',
  'admin.report.month': 'The month, such as 2026-11; this one when left out',
  'admin.report.by': 'What the table is by',
  'admin.report.by.member': 'Member',
  'admin.report.by.model': 'Model',
  'admin.report.by.channel': 'Channel',
  'admin.report.total': (p: {
    month: string;
    films: number;
    failed: number;
    credits: number;
    money: string | undefined;
    wait: number | undefined;
  }) =>
    `${monthNamed(p.month)}: ${n(p.films, 'film')} for ${credits(p.credits)}, and ${p.failed} that failed.` +
    `${p.wait === undefined ? '' : ` A film took ${spell(p.wait)} on average.`}` +
    `${p.money === undefined ? '' : ` It cost ${p.money} in money.`}`,
  'admin.report.none': (p: { month: string }) => `Nothing was made in ${monthNamed(p.month)}.`,
  'admin.report.month.wrong': 'Say a month as year and month, such as 2026-11.',
  'admin.report.films': 'Films',
  'admin.report.failed': 'Failed',
  'admin.report.credits': 'Credits',
  'admin.report.money': 'Money',
  'admin.report.wait': 'Wait',
  'admin.report.seconds': 'Average wait in seconds',
  'admin.report.grouping': 'By',
  'admin.report.name': 'Name',
  'admin.report.private': 'in private',
  'admin.report.more': (p: { count: number }) =>
    `${n(p.count, 'more line')} ${p.count === 1 ? 'is' : 'are'} in the file.`,

  // Everybody's films
  'admin.jobs': 'The films of everybody here',
  'admin.jobs.list': 'Where the last films are',
  'admin.jobs.state': 'Only those in this state',
  'admin.jobs.member': 'Only those of this member',
  'admin.jobs.job': 'The film, by its id',
  'admin.jobs.retry': 'Try one that is held once more',
  'admin.jobs.release': 'Give up one that waits or is held; its credits go back',
  'admin.jobs.cancel': 'Cancel one that is not made yet',
  'admin.jobs.id': 'Job',
  'admin.jobs.who': 'Who',
  'admin.jobs.age': 'Age',
  'admin.jobs.credits': 'Credits',
  'admin.jobs.is': 'State',
  'admin.jobs.is.queued': 'waiting',
  'admin.jobs.is.rendering': 'being made',
  'admin.jobs.is.rendered': 'made',
  'admin.jobs.is.delivered': 'delivered',
  'admin.jobs.is.failed': 'failed',
  'admin.jobs.is.cancelled': 'cancelled',
  'admin.jobs.is.held': 'held',
  'admin.jobs.is.removed': 'removed',
  'admin.jobs.title': (p: { count: number }) =>
    p.count === 1
      ? 'The newest film that was asked for here:'
      : `The newest ${p.count} films that were asked for here:`,
  'admin.jobs.among': (p: { count: number }) => `Only the newest ${p.count} films of all were looked through.`,
  'admin.jobs.none': 'There are no such films here.',
  'admin.jobs.unheld': 'That film is not held: nothing is stuck, and nothing waits to be posted again.',
  'admin.jobs.moving': 'That film is under way and not held, so it cannot be given up. It can be cancelled.',
  'admin.jobs.released': (p: { credits: number }) => `Given up. ${credits(p.credits)} went back to whoever paid.`,
  'admin.jobs.released.asked': (p: { credits: number }) =>
    `It is being given up; ${credits(p.credits)} ${p.credits === 1 ? 'goes' : 'go'} back to whoever paid within a moment.`,
  'admin.jobs.cancelled.asked':
    'The film is already being made, so the service was asked to stop it. If it arrives all the same it will be posted and paid for; if not, the credits go back.',
  'admin.jobs.late': 'That film has already ended; nothing was changed.',

  // Whether films are taken
  'intake.summary': 'Whether new films are taken here',
  'intake.pause': 'Take no new films for a while; what is under way goes on',
  'intake.resume': 'Take films again',
  'intake.reason': 'Why; members read it',
  'intake.minutes': 'For how many minutes; until it is resumed when left out',
  'intake.pause.done': (p: { until: number | undefined; timeZone: string }) =>
    `No new films are taken${p.until === undefined ? ' until /admin intake resume' : ` until ${moment(p.until, p.timeZone)}, or /admin intake resume before that`}. What is under way goes on.`,
  'intake.resume.done': 'Films are taken again.',
  'intake.resume.known': 'Films were not paused; nothing was changed.',
  'intake.paused': (p: { why: string; until: number | undefined; timeZone: string; manages: boolean }) =>
    `Those who run this place paused new films${p.until === undefined ? ' for a while' : ` until ${moment(p.until, p.timeZone)}`}: "${p.why}". What is under way goes on. Nothing was taken.${p.manages ? ' /admin intake resume ends it.' : ''}`,
  'intake.state': 'New films',
  'intake.state.paused': (p: { why: string; until: number | undefined; timeZone: string }) =>
    `paused${p.until === undefined ? '' : ` until ${moment(p.until, p.timeZone)}`}: ${p.why}`,

  // The trail
  'admin.audit': 'Who did what in running this place',
  'admin.audit.before': 'Only what came before this entry',
  'admin.audit.before.wrong': 'Say an entry as the answer before did, such as 1764115200000-0.',
  'admin.audit.file': 'The last 1,000 as a file too',
  'admin.audit.none': 'Nothing is noted here.',
  'admin.audit.title': 'What was done here, the newest first',
  'admin.audit.older': (p: { before: string }) => `For what came before: /admin audit before:${p.before}`,
  'admin.audit.when': 'When',
  'admin.audit.who': 'Who',
  'admin.audit.what': 'What',
  'admin.audit.about': 'About',
  'admin.audit.why': 'Why',
  'admin.audit.change': 'Change',
  'admin.audit.was': 'Before',
  'admin.audit.is': 'After',
} as const;
