import { describe, expect, test } from 'vitest';
import { cardOf } from '../../src/domain/card.ts';
import { failureReasons } from '../../src/domain/errors.ts';
import { jobState } from '../../src/domain/job.ts';
import { at, jobOf, type Point, request } from './film.ts';

describe('a card says where its film is', () => {
  const expected: Record<Point, [line: RegExp, actions: string]> = {
    waiting: [/^Waiting$/, 'cancel'],
    admitted: [/^Being handed over$/, 'cancel'],
    sent: [/^Being handed over$/, 'cancel'],
    rendering: [/^Being made$/, 'cancel'],
    late: [/longer than usual/, 'cancel'],
    stopping: [/^Being stopped$/, ''],
    rendered: [/about to be posted/, ''],
    fetched: [/about to be posted/, ''],
    posted: [/^Here it is$/, 'redeliver'],
    paid: [/^Here it is$/, 'again redeliver'],
    shown: [/^Here it is$/, 'again redeliver'],
    wantedAgain: [/about to be posted once more$/, 'again'],
    refusedAgain: [/once more was refused$/, 'again redeliver'],
    kept: [/kept/, 'redeliver'],
    keptShown: [/kept/, 'redeliver'],
    keptWantedAgain: [/about to be posted/, ''],
    failed: [/declined/, ''],
    released: [/declined/, 'again'],
    failedShown: [/declined/, 'again'],
    failedUnpaidShown: [/declined/, ''],
    cancelled: [/^Cancelled/, 'again'],
    removing: [/^Being removed$/, 'again'],
    removed: [/^Removed by a moderator$/, 'again'],
    removedShown: [/^Removed by a moderator$/, 'again'],
    removedByOwner: [/^Removed by whoever asked for it$/, 'again'],
    removedInVain: [/has to delete its message/, 'again'],
    removedAnew: [/^Being removed$/, 'again'],
    removedRendering: [/^Being removed$/, ''],
    removedKept: [/^Being removed$/, ''],
    removedUnposted: [/^Removed before it was posted/, 'again'],
    removedParked: [/^Stuck/, 'again'],
    parked: [/^Stuck/, 'cancel redeliver'],
    parkedRendering: [/^Stuck/, 'cancel redeliver'],
    parkedRendered: [/^Stuck/, 'redeliver'],
    parkedFailed: [/declined/, ''],
  };
  test.each(Object.entries(expected) as [Point, (typeof expected)[Point]][])('%s: %s, %s', (point, [line, actions]) => {
    const card = cardOf(at[point]);
    expect(card.state).toBe(jobState(at[point]));
    expect(card.line).toMatch(line);
    expect(card.actions.join(' ')).toBe(`${actions} details`.trim());
  });

  test.each([
    [1, 'Next in line'],
    [2, 'Number 2 in line'],
    [4999, 'Number 4999 in line'],
  ])('position %i reads %s', (position, line) => {
    expect(cardOf(at.waiting, position)).toMatchObject({ position, line });
  });

  test('a position is told only while it waits', () => {
    expect(cardOf(at.rendering, 3).position).toBeUndefined();
  });

  test('an ETA and a percentage are told while it is made and on time', () => {
    const told = { eta: 1_800_000_000_000, percent: 40 };
    expect(cardOf(jobOf({ taskId: 't', ...told }))).toMatchObject(told);
    for (const job of [
      jobOf({ taskId: 't', late: true, ...told }),
      jobOf({ taskId: 't', output: { at: 1 }, ...told }),
    ]) {
      expect(cardOf(job).eta).toBeUndefined();
      expect(cardOf(job).percent).toBeUndefined();
    }
  });

  test('every reason for failure has words of its own, and says that nothing was paid', () => {
    const lines = failureReasons.map((reason) => cardOf(jobOf({ failure: { reason, at: 1 } })).line);
    expect(new Set(lines).size).toBe(failureReasons.length);
    for (const line of lines) expect(line).toMatch(/You paid nothing\.$/);
  });

  test('what somebody else removed is shown no more: neither its words nor its picture', () => {
    const picture = { ...request, recipe: { ...request.recipe, image: 'a.png' } };
    const [theirs, own] = [at.removed, at.removedByOwner].map((job) => cardOf({ ...job, request: picture }));
    expect(theirs).toMatchObject({ prompt: '…', requester: 'Ada' });
    expect(theirs).not.toHaveProperty('image');
    expect(own).toMatchObject({ prompt: 'a boat', image: 'a.png' });
  });

  test('it carries the wish and who had it', () => {
    expect(cardOf(jobOf({ version: 7 }))).toMatchObject({
      ...{ job: request.id, version: 7, requester: 'Ada', requesterId: 'ada' },
      ...{ prompt: 'a boat', seconds: 4, size: '1365x768', credits: 4 },
    });
    expect(cardOf(jobOf({ acceptedAt: 42 })).askedAt).toBe(42);
    expect(cardOf(jobOf({ request: { ...request, mention: 'bob' } })).requesterId).toBe('bob');
    const picture = { ...request, recipe: { ...request.recipe, image: 'a.png' } };
    expect(cardOf(jobOf({ request: picture })).image).toBe('a.png');
    expect('image' in cardOf(jobOf())).toBe(false);
  });
});
