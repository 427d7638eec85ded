import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TransientError } from '../../src/domain/errors.ts';
import { type Catalog, createCatalog, modelWarnings } from '../../src/video/catalog.ts';
import { cardWith } from '../support/card.ts';

const day = 86_400_000;
const now = Date.parse('2026-09-20T12:00:00Z');
const sora = cardWith({ id: 'sora-2', snapshots: ['sora-2-x'], retiresAt: '2026-09-24', successor: 'veo' });
const veo = cardWith({ id: 'veo' });
const wan = cardWith({ id: 'wan', snapshots: ['wan-1'] });
const cards = [sora, veo, wan];

describe('an operator is told', () => {
  it.each<[string, string[] | undefined, number, string[]]>([
    ['nothing while all is well', ['sora-2', 'veo', 'wan'], now - 12 * day, []],
    ['nothing of 15 days ahead', undefined, Date.parse('2026-09-09'), []],
    [
      'of the end 14 days ahead',
      undefined,
      Date.parse('2026-09-10'),
      ['sora-2: retires on 2026-09-24, in 14 days; from then on members are pointed to veo'],
    ],
    [
      'of the end on the day before',
      undefined,
      Date.parse('2026-09-23T23:00Z'),
      ['sora-2: retires on 2026-09-24, in 1 day; from then on members are pointed to veo'],
    ],
    [
      'of the end from its day on',
      undefined,
      Date.parse('2026-09-24'),
      ['sora-2: retired since 2026-09-24; members are pointed to veo'],
    ],
    [
      'only once of a retired model that is not served',
      ['veo', 'wan'],
      Date.parse('2026-10-24'),
      ['sora-2: retired since 2026-09-24; members are pointed to veo'],
    ],
    [
      'of what is not served',
      ['veo', 'sora-2-x'],
      now - 12 * day,
      ['wan: the gateway does not serve it; members are pointed to sora-2'],
    ],
    [
      'of a list that names none of them',
      ['gpt-5'],
      now - 12 * day,
      ['the gateway lists none of the models of the file; all of them are offered until it does'],
    ],
    [
      'of an empty list',
      [],
      now - 12 * day,
      ['the gateway lists none of the models of the file; all of them are offered until it does'],
    ],
  ])('%s', (_what, served, at, expected) => {
    expect(modelWarnings(cards, served, at)).toEqual(expected);
  });

  it('when nothing is left to offer', () => {
    expect(modelWarnings([sora], undefined, now + 30 * day)).toEqual([
      'sora-2: its successor veo is no model of the file',
      'sora-2: retired since 2026-09-24; no other model is offered instead',
    ]);
  });

  it('and models that point to each other end somewhere', () => {
    const a = cardWith({ id: 'a', retiresAt: '2020-01-01', successor: 'b' });
    const b = cardWith({ id: 'b', retiresAt: '2020-01-01', successor: 'a' });
    expect(modelWarnings([a, b, veo], undefined, now)).toEqual([
      'a: retired since 2020-01-01; members are pointed to veo',
      'b: retired since 2020-01-01; members are pointed to veo',
    ]);
  });
});

describe('the catalog', () => {
  beforeEach(() => void vi.useFakeTimers({ now }));
  let catalog: Catalog | undefined;
  afterEach(() => {
    catalog?.close();
    vi.useRealTimers();
  });
  const open = (answers: (string[] | Error)[], asked = { times: 0 }) => {
    const warnings: string[] = [];
    const models = async () => {
      asked.times += 1;
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer instanceof Error) throw answer;
      return answer as string[];
    };
    const note = (_fields: object, message: string) => void warnings.push(message);
    const log = { warn: note, error: note };
    catalog = createCatalog({ cards, spaces: { 'web/s': { model: 'wan', extras: {} } }, info: { models }, log });
    return { catalog, warnings, asked, ids: () => catalog?.offered().map(({ id }) => id) };
  };

  it('offers all until the gateway has told, and then what it serves', async () => {
    const { catalog, ids, warnings } = open([['veo', 'wan-1']]);
    expect(ids()).toEqual(['sora-2', 'veo', 'wan']);
    await catalog.refresh();
    expect(ids()).toEqual(['veo', 'wan']);
    expect(warnings).toContain('models: sora-2: the gateway does not serve it; members are pointed to veo');
    expect(catalog.defaults({ platform: 'web', space: 's' })).toEqual({ model: 'wan', extras: {} });
  });

  it('stops to offer a model at midnight of its last day, without asking anybody', async () => {
    const { catalog, ids, asked } = open([['sora-2', 'veo', 'wan']]);
    await catalog.refresh();
    vi.setSystemTime(Date.parse('2026-09-23T23:59:59Z'));
    expect(ids()).toContain('sora-2');
    vi.setSystemTime(Date.parse('2026-09-24T00:00:00Z'));
    expect(ids()).toEqual(['veo', 'wan']);
    expect(asked.times).toBe(1);
  });

  it('asks again daily, and after ten minutes when it was not told; the last list stands meanwhile', async () => {
    const gone = new TransientError('the gateway is away');
    const { catalog, ids, asked, warnings } = open([['veo'], gone, ['veo', 'wan']]);
    await catalog.refresh();
    await vi.advanceTimersByTimeAsync(day);
    expect([asked.times, ids()]).toEqual([2, ['veo']]);
    expect(warnings).toContain('the gateway did not say which models it serves; its last list stands');
    await vi.advanceTimersByTimeAsync(600_000);
    expect([asked.times, ids()]).toEqual([3, ['veo', 'wan']]);
  });

  it('asks nothing any more once it is closed, also while it asks', async () => {
    const { catalog, asked } = open([['veo']]);
    const asking = catalog.refresh();
    catalog.close();
    await asking;
    await vi.advanceTimersByTimeAsync(3 * day);
    expect(asked.times).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('without a gateway to ask it offers what is not retired', async () => {
    catalog = createCatalog({
      cards,
      spaces: {},
      log: { warn: () => undefined, error: () => undefined },
      now: () => now + 30 * day,
    });
    await catalog.refresh();
    expect(catalog.offered()).toEqual([veo, wan]);
  });
});
