import { describe, expect, test } from 'vitest';
import type { Job, JobRef } from '../../src/domain/job.ts';
import { RedisAway } from '../../src/ports.ts';
import { createUnderWay } from '../../src/worker/underWay.ts';
import { jobOf } from '../domain/film.ts';
import { createTestLog } from '../support/log.ts';
import { until } from '../support/until.ts';

const job: Job = jobOf();
const ref: JobRef = { space: 'web-abc', id: job.request.id };

/** Records whose hand-back fails with Redis away until it is let through. */
function createBooks() {
  let away = true;
  const handed: string[] = [];
  return {
    handed,
    back: () => {
      away = false;
    },
    handBack: async (one: Job) => {
      if (away) throw new RedisAway(false, new Error('gone'));
      handed.push(one.request.id);
    },
  };
}

describe('a job under way', () => {
  test('is entered once until it is left', () => {
    const underWay = createUnderWay(createBooks(), createTestLog());
    expect([underWay.enter(ref), underWay.enter(ref)]).toEqual([true, false]);
    underWay.leave(ref);
    expect(underWay.enter(ref)).toBe(true);
  });

  test('that broke off stays closed until its record says so, however long Redis is away', async () => {
    const books = createBooks();
    const underWay = createUnderWay(books, createTestLog());
    underWay.enter(ref);
    underWay.handBack(job);
    underWay.leave(ref);
    expect(underWay.enter(ref)).toBe(false);
    books.back();
    await underWay.allBack();
    expect(books.handed).toEqual([ref.id]);
    expect(underWay.enter(ref)).toBe(true);
  });

  test('is not waited for when its worker must stop', async () => {
    const underWay = createUnderWay(createBooks(), createTestLog());
    underWay.handBack(job);
    underWay.close();
    await underWay.allBack();
    await until('let go', () => underWay.enter(ref));
  });

  test('whose hand-back breaks is told, and not kept closed', async () => {
    const log = createTestLog();
    const broken = async () => {
      throw new TypeError('a bug');
    };
    const underWay = createUnderWay({ handBack: broken }, log);
    underWay.handBack(job);
    await underWay.allBack();
    expect(log.lines.map(({ level, fields }) => [level, fields.job])).toEqual([['error', ref.id]]);
    expect(underWay.enter(ref)).toBe(true);
  });
});
