import { describe, expect, it } from 'vitest';
import { createLinks } from '../../src/media/links.ts';
import { createPageLinks } from '../../src/media/pageLinks.ts';
import { createStore } from '../../src/media/store.ts';

let now = 1_800_000_000_000;
const links = createPageLinks({ secret: 'one', publicUrl: 'https://dailies.example/', now: () => now });
const [space, id] = ['discord-abc', 'caaaaaaaa'] as const;
const keyOf = (link: string): string => new URL(link).searchParams.get('k') ?? '';

describe('a link to the page of a challenge', () => {
  it('opens that page, and says what it is', () => {
    const link = links.challenge(space, id, now + 60_000);
    expect(link).toMatch(/^https:\/\/dailies\.example\/c\/caaaaaaaa\?k=[0-9a-z]+\.[\w-]{43}$/);
    expect(encodeURIComponent(keyOf(link))).toBe(keyOf(link));
    expect(links.opens(space, id, keyOf(link))).toBe(true);
  });

  it('opens until its time is over, and not a second longer', () => {
    const key = keyOf(links.challenge(space, id, now + 90_000));
    const before = now;
    now = before + 89_999;
    expect(links.opens(space, id, key)).toBe(true);
    now = before + 91_000;
    expect(links.opens(space, id, key)).toBe(false);
    now = before;
  });

  it('opens no other challenge, and none of another space', () => {
    const key = keyOf(links.challenge(space, id, now + 60_000));
    expect(links.opens(space, 'caaaaaaab', key)).toBe(false);
    expect(links.opens('slack-abc', id, key)).toBe(false);
  });

  it('opens by its own secret alone, and to the letter', () => {
    const other = createPageLinks({ secret: 'two', publicUrl: 'https://dailies.example', now: () => now });
    expect(links.opens(space, id, keyOf(other.challenge(space, id, now + 60_000)))).toBe(false);
    const key = keyOf(links.challenge(space, id, now + 60_000));
    const [until = '', signature = ''] = key.split('.');
    const later = (Number.parseInt(until, 36) + 999).toString(36);
    const changed = [`${later}.${signature}`, `0${key}`, ` ${key}`, `${key}=`, key.slice(0, -1), `${key}\n`, '', 'k'];
    expect(changed.filter((one) => links.opens(space, id, one))).toEqual([]);
    expect(() => createPageLinks({ secret: '', publicUrl: 'https://dailies.example' })).toThrow('secret');
    expect(() => links.challenge(space, id, Number.NaN)).toThrow('time');
  });

  it('and a link to a file open nothing of each other', () => {
    const files = createLinks({
      ...{ secret: 'one', publicUrl: 'https://dailies.example', store: createStore('/srv/media'), now: () => now },
    });
    const name = `${'ab'.repeat(32)}.mp4`;
    const [until = '', signature = ''] = (
      files
        .link(name, now + 60_000)
        .split('/')
        .at(-1) ?? ''
    ).split('.');
    expect(links.opens(space, name, `${until}.${signature}`)).toBe(false);
    expect(files.open(`${keyOf(links.challenge(space, id, now + 60_000))}.${name}`)).toBeUndefined();
  });
});
