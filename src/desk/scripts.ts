import { scriptsIn } from '../scripts.ts';

/** Runs one of the desk's scripts. */
export const run = scriptsIn(new URL('./lua/', import.meta.url), [
  'accept',
  'begin',
  'save',
  'submitted',
  'woken',
  'settle',
  'shown',
  'hand_back',
  'cancel',
  'redeliver',
  'remove',
  'report',
  'enlist',
  'admit',
  'fill',
  'lead',
  'take',
  'overdue',
  'reserve',
  'keep',
  'book',
  'unmatched',
  'change',
]);
