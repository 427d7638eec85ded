import { type Level, levels } from '../domain/command.ts';
import { UserError } from '../domain/errors.ts';
import { pausedAt, type SpaceSettings } from '../domain/settings.ts';
import type { Basis } from './take.ts';

/** What finding out whether a space takes films takes. */
export interface PauseTools {
  settings: Pick<SpaceSettings, 'read'>;
}

const manages = (level: Level): boolean => levels.indexOf(level) >= levels.indexOf('manager');

/** Nothing new is begun where those who manage a space paused it: a {@link UserError}, which tells them how it goes on. */
export async function checkPause({ space, policy, level }: Basis, { settings }: PauseTools): Promise<void> {
  const paused = pausedAt(await settings.read(space), Date.now());
  if (!paused) return;
  const { why, until } = paused;
  const said = {
    word: 'intake.paused',
    with: { why, until, timeZone: policy.timeZone, manages: manages(level) },
  } as const;
  const more = until === undefined ? {} : { retryAfter: Math.ceil((until - Date.now()) / 1000) };
  throw new UserError('busy', said, more);
}
