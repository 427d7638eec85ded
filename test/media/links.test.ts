import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLinks } from '../../src/media/links.ts';
import { createStore } from '../../src/media/store.ts';

const store = createStore('/srv/media');
const name = `${'ab'.repeat(32)}.jpg`;
let now = 1_800_000_000_000;
const links = createLinks({ secret: 'one', publicUrl: 'https://dailies.example/', store, now: () => now });
const partOf = (link: string): string => link.slice(link.lastIndexOf('/') + 1);

describe('a link to a stored file', () => {
  it('opens that file, and says what it is', () => {
    const link = links.link(name, now + 60_000);
    expect(link).toMatch(/^https:\/\/dailies\.example\/media\/[0-9a-z]+\.[\w-]{43}\.(ab){32}\.jpg$/);
    expect(links.open(partOf(link))).toBe(name);
    expect(links.open(partOf(links.link(name.replace('jpg', 'png'), now + 1)))).toBe(name.replace('jpg', 'png'));
    expect(links.open(partOf(links.link(name.replace('jpg', 'mp4'), now + 1)))).toBe(name.replace('jpg', 'mp4'));
  });

  it('is one part of a path as it stands, whatever reads it', () => {
    const part = partOf(links.link(name, now + 60_000));
    expect(encodeURIComponent(part)).toBe(part);
    expect(new URL(links.link(name, now + 60_000)).pathname).toBe(`/media/${part}`);
  });

  it('is the same for the same file and moment, so that a repeated order is the same order', () => {
    const first = links.link(name, now + 60_000);
    now += 5_000;
    expect(links.link(name, now + 55_000)).toBe(first);
    now -= 5_000;
  });

  it('keeps the path that the public address has', () => {
    const below = createLinks({ secret: 'one', publicUrl: 'https://example.org/bots/dailies', store });
    expect(below.link(name, now + 1)).toMatch(/^https:\/\/example\.org\/bots\/dailies\/media\//);
  });

  it('opens until its time is over, and not a second longer', () => {
    const before = now;
    const part = partOf(links.link(name, now + 90_000));
    now = before + 89_999;
    expect(links.open(part)).toBeDefined();
    now = before + 91_000;
    expect(links.open(part)).toBeUndefined();
    now = before;
  });

  it('opens by its own secret alone', () => {
    const other = createLinks({ secret: 'two', publicUrl: 'https://dailies.example', store, now: () => now });
    expect(links.open(partOf(other.link(name, now + 60_000)))).toBeUndefined();
  });

  it('opens nothing when a single character of it was changed, left out or put in', () => {
    const part = partOf(links.link(name, now + 60_000));
    const characters = [...'0aA_-.z%/\n\0'];
    const change = fc.tuple(fc.nat(part.length), fc.constantFrom(0, 1), fc.constantFrom('', ...characters));
    fc.assert(
      fc.property(change, ([at, cut, put]) => {
        const changed = part.slice(0, at) + put + part.slice(at + cut);
        if (changed !== part) expect(links.open(changed)).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it('has one spelling', () => {
    const [until, signature = '', ...file] = partOf(links.link(name, now + 60_000)).split('.');
    const spelled = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'].filter((last) =>
      links.open([until, signature.slice(0, -1) + last, ...file].join('.')),
    );
    expect(spelled).toEqual([signature.at(-1)]);
  });

  it('prolongs no time and changes no file by parts of other links', () => {
    const [first, later] = [links.link(name, now + 1_000), links.link(name, now + 1_000_000)].map((link) =>
      partOf(link).split('.'),
    );
    const other = partOf(links.link(`${'cd'.repeat(32)}.jpg`, now + 1_000)).split('.');
    expect(links.open([later?.[0], ...(first?.slice(1) ?? [])].join('.'))).toBeUndefined();
    expect(links.open([...(first?.slice(0, 2) ?? []), ...other.slice(2)].join('.'))).toBeUndefined();
  });

  it.each(['', '.', '..', '../../etc/passwd', name, `..%2f${name}`, `0..${name}`, 'x'.repeat(100_000)])(
    'is not %j',
    (part) => {
      expect(links.open(part)).toBeUndefined();
    },
  );

  it.each(['../secret.png', 'README', `${name}\n`, ''])('is made for stored files alone, not for %j', (other) => {
    expect(() => links.link(other, now + 1_000)).toThrow(TypeError);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('is made for a time that ends, not for %d', (until) => {
    expect(() => links.link(name, until)).toThrow(RangeError);
  });

  it('needs a secret', () => {
    expect(() => createLinks({ secret: '', publicUrl: 'https://dailies.example', store })).toThrow(TypeError);
  });
});
