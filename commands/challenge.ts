import type { Command } from '../src/domain/command.ts';
import { cancel } from './challenge/cancel.ts';
import { edit } from './challenge/edit.ts';
import { enter } from './challenge/enter.ts';
import { hall } from './challenge/hall.ts';
import { history } from './challenge/history.ts';
import { disqualify, withdraw } from './challenge/leave.ts';
import { open } from './challenge/open.ts';
import { season } from './challenge/season.ts';
import { show } from './challenge/show.ts';
import { standings } from './challenge/standings.ts';
import { choose, vote } from './challenge/vote.ts';

/** Films of many for one theme, and a secret vote. */
export const challenge: Command = {
  name: 'challenge',
  summary: 'challenge.summary',
  subs: [open, edit, enter, withdraw, vote, choose, show, cancel, disqualify, season, standings, history, hall],
};
