import type { Command } from '../src/domain/command.ts';
import { admin } from './admin.ts';
import { challenge } from './challenge.ts';
import { film } from './film.ts';
import { give } from './give.ts';
import { help } from './help.ts';
import { jobs } from './jobs.ts';
import { mentions } from './mentions.ts';
import { order } from './order.ts';
import { pot } from './pot.ts';
import { quota } from './quota.ts';
import { video } from './video.ts';

/** All that can be asked for. */
export const commands: readonly Command[] = [
  video,
  jobs,
  quota,
  challenge,
  give,
  pot,
  mentions,
  help,
  admin,
  film,
  order,
];
