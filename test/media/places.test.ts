import { describe, expect, it } from 'vitest';
import { createPlaces } from '../../src/media/places.ts';

/** Pieces of work that note when they begin, and end when they are told to. */
function bench(places: number) {
  const place = createPlaces(places);
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  return {
    begun,
    end: (name: string, error?: Error) => ends.get(name)?.(error),
    start: (name: string, signal?: AbortSignal) =>
      place(() => {
        begun.push(name);
        return new Promise<string>((resolve, reject) =>
          ends.set(name, (error) => (error ? reject(error) : resolve(name))),
        );
      }, signal),
  };
}

describe('places', () => {
  it('are given to as many as there are, then in the order of asking', async () => {
    const { start, end, begun } = bench(2);
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => start(name));
    await Promise.resolve();
    expect(begun).toEqual(['a', 'b']);
    end('b');
    expect(await b).toBe('b');
    await expect.poll(() => begun).toEqual(['a', 'b', 'c']);
    end('a', new Error('broken'));
    await expect(a).rejects.toThrow('broken');
    await expect.poll(() => begun).toEqual(['a', 'b', 'c', 'd']);
    end('c');
    end('d');
    expect(await Promise.all([c, d])).toEqual(['c', 'd']);
  });

  it('are waited for no longer than the signal says, and then left to the next', async () => {
    const { start, end, begun } = bench(1);
    const stop = new AbortController();
    const first = start('first', stop.signal);
    const hasty = start('hasty', stop.signal);
    const patient = start('patient');
    stop.abort(new Error('too late'));
    await expect(hasty).rejects.toThrow('too late');
    await expect(start('late', stop.signal)).rejects.toThrow('too late');
    end('first');
    expect(await first).toBe('first');
    await expect.poll(() => begun).toEqual(['first', 'patient']);
    end('patient');
    expect(await patient).toBe('patient');
  });
});
