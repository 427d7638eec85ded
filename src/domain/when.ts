import { Temporal } from 'temporal-polyfill';
import { UserError } from './errors.ts';

/** A year: nothing here is settled for longer. Milliseconds. */
const longest = 366 * 86_400_000;
const units = { m: 'minutes', h: 'hours', d: 'days', w: 'weeks' } as const;

/** `3d`, `12h`, `1d 6h`, `2w`: so long from a moment on, days as the calendar has them. */
function later(text: string, from: Temporal.ZonedDateTime): Temporal.ZonedDateTime | undefined {
  if (!/^(\d{1,4}\s*[mhdw]\s*)+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)\s*([mhdw])/g)].reduce(
    (at, [, count, unit]) => at.add({ [units[unit as keyof typeof units]]: Number(count) }),
    from,
  );
}

/** `2026-12-01 18:00`, or the end of `2026-12-01`, by the clocks of a time zone; an hour that clocks leave out is the one after it. */
function stated(text: string, timeZone: string): Temporal.ZonedDateTime | undefined {
  const [, date, hour, minute] = /^(\d{4}-\d{2}-\d{2})(?:[ t]+(\d{1,2})[:.](\d{2}))?$/.exec(text) ?? [];
  if (date === undefined) return undefined;
  try {
    const day = Temporal.PlainDate.from(date, { overflow: 'reject' });
    const time =
      hour === undefined
        ? undefined
        : Temporal.PlainTime.from({ hour: Number(hour), minute: Number(minute) }, { overflow: 'reject' });
    return time ? day.toZonedDateTime({ timeZone, plainTime: time }) : day.add({ days: 1 }).toZonedDateTime(timeZone);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * The moment that a member wrote, in Unix milliseconds: how long `from` some moment (`3d`, `1d 6h`), a day or a time in the space's own time
 * zone, or `now`. What is none, or lies more than a year ahead, is a {@link UserError} at `field`.
 */
export function readWhen(written: string, field: string, timeZone: string, now: number, from = now): number {
  const text = written.trim().toLowerCase();
  if (text === 'now') return now;
  const start = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone);
  const at = (later(text, start) ?? stated(text, timeZone))?.epochMilliseconds;
  if (at === undefined)
    throw new UserError('invalid', { word: 'when.unknown', with: { got: written.slice(0, 40) } }, { field });
  if (at - now > longest) throw new UserError('invalid', { word: 'when.far' }, { field });
  return at;
}
