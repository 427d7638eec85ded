import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayAt, timeZoneSchema, windowAt, windowKinds } from '../../src/domain/policy.ts';

const berlin = 'Europe/Berlin';
const hour = 3_600_000;
const at = (iso: string): number => Date.parse(iso);

describe('the window of quota', () => {
  it.each([
    ['the day that lacks an hour', '2026-03-29T10:00:00Z', 'day', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 23],
    ['the day with one more', '2026-10-25T10:00:00Z', 'day', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 25],
    ['a common day', '2026-06-10T22:30:00Z', 'day', '2026-06-10T22:00:00Z', '2026-06-11T22:00:00Z', 24],
    ['the week of spring', '2026-03-29T21:59:59Z', 'week', '2026-03-22T23:00:00Z', '2026-03-29T22:00:00Z', 167],
    ['the week of autumn', '2026-10-25T00:59:00Z', 'week', '2026-10-18T22:00:00Z', '2026-10-25T23:00:00Z', 169],
    ['the month of spring', '2026-03-31T12:00:00Z', 'month', '2026-02-28T23:00:00Z', '2026-03-31T22:00:00Z', 743],
    ['the month of autumn', '2026-10-01T12:00:00Z', 'month', '2026-09-30T22:00:00Z', '2026-10-31T23:00:00Z', 745],
  ] as const)('is %s, by the midnights of Berlin', (_name, now, kind, from, to, hours) => {
    const window = windowAt(at(now), kind, berlin);
    expect(window).toMatchObject({ startsAt: at(from), endsAt: at(to) });
    expect((window.endsAt - window.startsAt) / hour).toBe(hours);
  });

  it('begins at the first moment of a day that has no midnight', () => {
    const window = windowAt(at('2018-11-04T12:00:00Z'), 'day', 'America/Sao_Paulo');
    expect(window).toEqual({
      id: 'day:2018-11-04',
      startsAt: at('2018-11-04T03:00:00Z'),
      endsAt: at('2018-11-05T02:00:00Z'),
    });
  });

  it('begins the week on Monday, and is the same all week', () => {
    const days = Array.from({ length: 7 }, (_, day) =>
      windowAt(at('2026-11-23T00:00:00Z') + day * 24 * hour, 'week', 'UTC'),
    );
    expect(new Set(days.map((window) => window.id))).toEqual(new Set(['week:2026-11-23']));
    expect(windowAt(at('2026-11-30T00:00:00Z'), 'week', 'UTC').id).toBe('week:2026-11-30');
  });

  const zone = fc.constantFrom(
    'UTC',
    berlin,
    'America/New_York',
    'America/Sao_Paulo',
    'Asia/Kolkata',
    'Pacific/Apia',
    'Australia/Lord_Howe',
  );
  const moment = fc.integer({ min: at('2008-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') });
  it('tiles time: every instant in one window, the next beginning where it ends, and ids in their order', () => {
    fc.assert(
      fc.property(moment, fc.constantFrom(...windowKinds), zone, (now, kind, timeZone) => {
        const window = windowAt(now, kind, timeZone);
        expect(window.startsAt).toBeLessThanOrEqual(now);
        expect(window.endsAt).toBeGreaterThan(now);
        expect(windowAt(window.startsAt, kind, timeZone)).toEqual(window);
        expect(windowAt(window.endsAt - 1, kind, timeZone)).toEqual(window);
        const next = windowAt(window.endsAt, kind, timeZone);
        expect(next.startsAt).toBe(window.endsAt);
        expect(next.id > window.id).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a time zone', () => {
  it.each([
    ['UTC', true],
    [berlin, true],
    ['Europe/Atlantis', false],
    ['', false],
  ])('%j: %s', (name, valid) => {
    expect(timeZoneSchema.safeParse(name).success).toBe(valid);
  });
});

it.each([
  ['2026-11-30T22:59:59Z', 'Europe/Berlin', '2026-11-30'],
  ['2026-11-30T23:00:00Z', 'Europe/Berlin', '2026-12-01'],
  ['2026-03-29T00:30:00Z', 'America/New_York', '2026-03-28'],
])('%s is, in %s, the day %s', (at, zone, day) => {
  expect(dayAt(Date.parse(at), zone)).toBe(day);
});
