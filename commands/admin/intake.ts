import { command, type Group } from '../../src/domain/command.ts';
import { pausedAt } from '../../src/domain/settings.ts';
import { managed, saying } from '../answer.ts';

const pause = command({
  ...managed,
  name: 'pause',
  summary: 'intake.pause',
  fields: {
    reason: { kind: 'text', label: 'intake.reason', max: 200, required: true },
    minutes: { kind: 'integer', label: 'intake.minutes', min: 1, max: 525_600 },
  },
  run: async ({ reason: why, minutes }, { settings, space, call, policy }) => {
    const until = minutes === undefined ? undefined : Date.now() + minutes * 60_000;
    await settings.change(space, { paused: { why, ...(until === undefined ? {} : { until }) } }, call.origin.user);
    return saying({ word: 'intake.pause.done', with: { until, timeZone: policy.timeZone } });
  },
});

const resume = command({
  ...managed,
  name: 'resume',
  summary: 'intake.resume',
  fields: {},
  run: async (_values, { settings, space, call }) => {
    const paused = pausedAt(await settings.read(space), Date.now());
    if (!paused) return saying({ word: 'intake.resume.known' });
    await settings.change(space, { paused: null }, call.origin.user);
    return saying({ word: 'intake.resume.done' });
  },
});

/** Whether new films are taken in a space. */
export const intake: Group = { name: 'intake', summary: 'intake.summary', subs: [pause, resume] };
