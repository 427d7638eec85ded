import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/domain/errors.ts';
import { readWhen } from '../../src/domain/when.ts';

const berlin = 'Europe/Berlin';
const at = (text: string): number => Date.parse(text);
const now = at('2026-10-23T10:00:00Z');
const read = (text: string, zone = berlin, from?: number) =>
  new Date(readWhen(text, 'closes', zone, now, from)).toISOString();

describe('a moment as it is written', () => {
  test.each([
    ['3d', '2026-10-26T11:00:00.000Z'],
    ['12h', '2026-10-23T22:00:00.000Z'],
    ['1d 6h', '2026-10-24T16:00:00.000Z'],
    ['2w', '2026-11-06T11:00:00.000Z'],
    ['30m', '2026-10-23T10:30:00.000Z'],
    [' 2 D ', '2026-10-25T11:00:00.000Z'],
    ['now', '2026-10-23T10:00:00.000Z'],
    ['2026-12-01 18:00', '2026-12-01T17:00:00.000Z'],
    ['2026-12-01T18:00', '2026-12-01T17:00:00.000Z'],
    ['2026-12-01 9.05', '2026-12-01T08:05:00.000Z'],
    ['2026-12-01', '2026-12-01T23:00:00.000Z'],
    ['2027-03-28 02:30', '2027-03-28T01:30:00.000Z'],
  ])('%s is %s, by the clocks of the place', (text, instant) => expect(read(text)).toBe(instant));

  test('days are those of the calendar: an hour more where clocks go back, counted from the moment that is meant', () => {
    const from = at('2026-10-24T16:00:00Z');
    expect(read('1d', berlin, from)).toBe('2026-10-25T17:00:00.000Z');
    expect(read('24h', berlin, from)).toBe('2026-10-25T16:00:00.000Z');
    expect(read('1d', 'UTC', from)).toBe('2026-10-25T16:00:00.000Z');
  });

  test.each([
    '',
    'soon',
    '3',
    'd3',
    '-3d',
    '3 x',
    '2026-13-01',
    '2026-02-30 10:00',
    '2026-12-01 25:00',
    '12:00',
    '99999d',
  ])('%j is none', (text) => {
    const error = (() => {
      try {
        return readWhen(text, 'closes', berlin, now);
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ refusal: 'invalid', field: 'closes', said: { word: 'when.unknown' } });
  });

  test.each(['400d', '9999h', '2028-01-01'])('%s is too far ahead', (text) => {
    expect(() => readWhen(text, 'votes', 'UTC', now)).toThrow(expect.objectContaining({ said: { word: 'when.far' } }));
  });
});
