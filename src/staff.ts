import { type Platform, type SpaceKey, spaceOf } from './domain/origin.ts';
import type { SpaceSettings } from './domain/settings.ts';
import type { Log, Notice, Poster, Staff } from './ports.ts';

export interface StaffTools {
  settings: Pick<SpaceSettings, 'read'>;
  poster(platform: Platform): Pick<Poster, 'notice'>;
  log: Log;
}

/** Tells those who moderate or manage a space, in the place that is set for it, else as its chat can; false where there is nobody to be told. */
export async function tellStaff(
  space: SpaceKey,
  who: Staff['for'],
  notice: Notice,
  { settings, poster, log }: StaffTools,
): Promise<boolean> {
  const { platform, space: id } = spaceOf(space);
  const { staff: channel } = await settings.read(space);
  const to = { platform, space: id, for: who, ...(channel === undefined ? {} : { channel }) };
  if ((await poster(platform).notice(to, notice)) !== undefined) return true;
  log.warn({ space, notice: notice.key }, 'there is nobody who could be told: is a place for it set?');
  return false;
}
