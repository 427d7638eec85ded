import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createQuotes } from '../../src/desk/quotes.ts';
import { UserError } from '../../src/domain/errors.ts';
import { type Quote, quoteId } from '../../src/domain/quote.ts';
import { goneClient, redisKinds, startRedis, type TestRedis } from '../support/redis.ts';

const space = 'web-onzw63lf';
const quoteOf = (key: string, change: Partial<Quote> = {}): Quote => ({
  id: quoteId(key),
  key,
  digest: 'd',
  origin: { platform: 'web', space: 'some', channel: 'films', thread: 'today', user: 'ada', visibility: 'thread' },
  requester: 'Ada',
  choices: [
    {
      recipe: { model: 'sora-2', prompt: 'a boat “in” 🌧', seconds: 20, size: '1365x768', image: 'a.png' },
      count: 2,
      price: 20,
      notes: [{ word: 'accepted.shape', with: { asked: 'square', size: '1365x768', model: 'Sora 2' } }],
    },
  ],
  ...change,
});

describe.each(redisKinds)('prices said, on %s', (kind) => {
  let engine: TestRedis;
  let redis: ReturnType<TestRedis['connect']>;
  beforeAll(async () => {
    engine = await startRedis(kind);
    redis = engine.connect();
  });
  beforeEach(() => redis.flushall());
  afterAll(() => engine.close());

  test('are found as they were kept, in their space alone', async () => {
    const quotes = createQuotes(redis);
    const quote = quoteOf('one', { parent: 'jaaaaaaaaaaaaaaaa-1' });
    expect(await quotes.keep(space, quote)).toEqual(quote);
    expect(await quotes.find(space, quote.id)).toEqual(quote);
    expect(await quotes.find('web-other', quote.id)).toBeUndefined();
    expect(await quotes.find(space, quoteId('two'))).toBeUndefined();
  });

  test('are forgotten after an hour', async () => {
    const quote = quoteOf('one');
    await createQuotes(redis).keep(space, quote);
    const ttl = await redis.ttl(`dailies:{${space}}:quote:${quote.id}`);
    expect(ttl).toBeGreaterThan(3_590);
    expect(ttl).toBeLessThanOrEqual(3_600);
  });

  test('the first under an id stands', async () => {
    const quotes = createQuotes(redis);
    const first = quoteOf('one');
    await quotes.keep(space, first);
    const later = quoteOf('one', { digest: 'other' });
    expect(await quotes.keep(space, later)).toEqual(first);
    await quotes.drop(space, first.id);
    expect(await quotes.find(space, first.id)).toBeUndefined();
    expect(await quotes.keep(space, later)).toEqual(later);
    await quotes.drop(space, 'qaaaaaaaaaaaaaaaa');
  });

  test('of a Redis that is away: nothing was taken, in plain words', async () => {
    const gone = await goneClient(redis);
    const quotes = createQuotes(gone);
    for (const asked of [quotes.keep(space, quoteOf('one')), quotes.find(space, 'q'), quotes.drop(space, 'q')]) {
      const error = await asked.catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(UserError);
      expect(error).toMatchObject({ refusal: 'unavailable', said: { word: 'service.away' }, retryAfter: 30 });
    }
  });
});
