import type { Command } from '../src/domain/command.ts';
import { cancel } from './challenge/cancel.ts';
import { disqualify, remove } from './challenge/disqualify.ts';
import { edit } from './challenge/edit.ts';
import { enter } from './challenge/enter.ts';
import { hall } from './challenge/hall.ts';
import { history } from './challenge/history.ts';
import { withdraw } from './challenge/leave.ts';
import { open } from './challenge/open.ts';
import { report } from './challenge/report.ts';
import { season } from './challenge/season.ts';
import { show } from './challenge/show.ts';
import { standings } from './challenge/standings.ts';
import { submit } from './challenge/submit.ts';
import { choose, vote } from './challenge/vote.ts';

/** Films of many for one theme, and a secret vote. */
export const challenge: Command = {
  name: 'challenge',
  summary: 'challenge.summary',
  subs: [
    ...[open, edit, enter, submit, withdraw, vote, choose, report, show, cancel, disqualify, remove],
    ...[season, standings, history, hall],
  ],
};
