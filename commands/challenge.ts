import type { Command } from '../src/domain/command.ts';
import { cancel } from './challenge/cancel.ts';
import { edit } from './challenge/edit.ts';
import { enter } from './challenge/enter.ts';
import { disqualify, withdraw } from './challenge/leave.ts';
import { open } from './challenge/open.ts';
import { show } from './challenge/show.ts';
import { choose, vote } from './challenge/vote.ts';

/** Films of many for one theme, and a secret vote. */
export const challenge: Command = {
  name: 'challenge',
  summary: 'challenge.summary',
  subs: [open, edit, enter, withdraw, vote, choose, show, cancel, disqualify],
};
