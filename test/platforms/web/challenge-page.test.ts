import { describe, expect, it, test } from 'vitest';
import type { ChallengeView, Shown } from '../../../src/domain/challengeView.ts';
import { endedWith, filmsOf, viewOf } from '../../support/challenge-views.ts';
import { count, tagsOf, textOf, useServed } from './served.ts';

const evil = '"><img src=x onerror=alert(1)><script>alert(2)</script>';
const films = filmsOf(['/media/a', '/media/b', '/media/c', '/media/d']);
const sealed = { seal: '5f'.repeat(32) };
const views: Record<string, ChallengeView> = {
  cannounced: viewOf({ phase: 'announced', count: 0 }),
  copen: viewOf({ phase: 'open', count: 3 }, { picture: '/media/picture' }),
  cfree: viewOf({ phase: 'open', count: 1 }, { preset: 'open', takesMade: true }),
  cclosing: viewOf({ phase: 'closing', count: 1 }),
  cvoting: viewOf({ phase: 'voting', count: 4, films }, sealed),
  cone: viewOf({ phase: 'voting', count: 4, films }, { ...sealed, voting: 'one' }),
  ccounting: viewOf({ phase: 'counting', count: 4, films }, sealed),
  cended: viewOf(endedWith(films), sealed),
  cempty: viewOf({ ...endedWith([]), leftOut: 2, filmsLeftOut: 2 }, sealed),
  ccancelled: viewOf({ phase: 'cancelled', count: 1, why: 'the storm is over' }),
  cevil: viewOf(
    {
      ...endedWith(films),
      places: [{ place: 1, number: 1, name: evil, score: 3 }],
    },
    { title: evil, theme: evil, rules: [evil], voting: 'one', picture: `/media/${evil}` },
  ),
  clink: viewOf(endedWith(films), { ...sealed, for: 'link' }),
};
// The page says its challenge's own id, whatever was asked for.
const { serve, get } = useServed({ challenge: async (id) => views[id] && { ...views[id], id } });

describe('the page of a challenge', () => {
  it('announced: says when, what and by which rules', async () => {
    const { status, text, headers } = await get('/c/cannounced');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
    expect(textOf(text)).toMatch(/Coming up The rainy week Something small that keeps going in the rain/);
    expect(text).toContain('<time datetime="2026-11-27T17:00:00.000Z">Fri 27 Nov, 18:00 CET</time>');
    expect(textOf(text)).toContain('Each may enter 1 film.');
    expect(count(text, /<(video|img)/g)).toBe(0);
  });

  it('open and sealed: how many films, and nothing of any', async () => {
    const { text } = await get('/c/copen');
    expect(textOf(text)).toContain('Films so far 3');
    expect(textOf(text)).toContain('Press “Enter” under the announcement');
    expect(textOf(text)).toContain('nobody but its author sees it');
    expect(text).toContain('<img class="picture" src="/media/picture" alt="The picture of this challenge">');
    expect(count(text, /<video/g)).toBe(0);
    expect(textOf((await get('/c/cfree')).text)).toContain('The films stand in the chat, as they come.');
    expect(textOf((await get('/c/cfree')).text)).toContain('since entries opened: press “More” under it in the chat.');
    expect(textOf(text)).not.toContain('since entries opened');
    expect(count((await get('/c/cfree')).text, /<video/g)).toBe(0);
  });

  it('closing: that the last films are waited for', async () => {
    expect(textOf((await get('/c/cclosing')).text)).toContain('The last films are on their way.');
  });

  it('voting: all films by their numbers, and how to vote', async () => {
    const { text } = await get('/c/cvoting');
    expect([...text.matchAll(/<figcaption>([^<]*)</g)].map(([, said]) => said)).toEqual(
      [1, 2, 3, 4].map((number) => `Number ${number}`),
    );
    expect(count(text, /<video controls playsinline preload="metadata" width="1280" height="720"/g)).toBe(4);
    expect(textOf(text)).toContain('You are shown two films at a time');
    expect(textOf((await get('/c/cone')).text)).toContain('You name the number of the film');
    expect(text).not.toMatch(/Mira|ada\b|<!--/);
  });

  it('counting: the films are still there, and nothing of the result', async () => {
    const { text } = await get('/c/ccounting');
    expect(textOf(text)).toContain('The votes are being counted.');
    expect(count(text, /<video/g)).toBe(4);
    expect(text).not.toMatch(/tally\.json|%/);
  });

  it('ended: the ranking with names, films and scores, and how to check it', async () => {
    const { text } = await get('/c/cended');
    expect([...text.matchAll(/<h3>([^<]*)</g)].map(([, name]) => name)).toEqual([
      ...['mira', 'ada', 'Jun', 'Teo &amp; Co'],
    ]);
    expect(textOf(text)).toContain(
      '1st mira Number 1 71.3 % chance to beat the average film here 95 % sure: 60 to 81 % · won 31 of 42 duels',
    );
    expect(count(text, /<video/g)).toBe(4);
    expect(text).toContain('<a class="button strong" href="/c/cended/tally.json" download>');
    expect(textOf(text)).toContain(`SHA-256 of the tally ${'ab'.repeat(32)}`);
    expect(textOf(text)).toContain(`said before the vote ${sealed.seal}`);
    expect(textOf(text)).toContain('npm run challenge:verify -- tally-cended.json');
    const empty = textOf((await get('/c/cempty')).text);
    expect(empty).toContain('No film is left in it');
    expect(empty).toContain('2 opinions of voters who were blocked meanwhile are left out.');
    expect(empty).toContain('2 films are left out, for their authors were blocked.');
    expect(textOf(text)).not.toContain('left out');
  });

  it('ended: leads to the season that it counts in, where there is one', async () => {
    const season = { id: 'sabcdefgh', name: 'Spring <3' };
    views.cseason = viewOf({ ...endedWith(films), season });
    const { text } = await get('/c/cseason');
    expect(text).toContain('<dt>Counts in the season</dt><dd><a href="/s/sabcdefgh">Spring &lt;3</a></dd>');
    const below = await serve({ publicUrl: 'https://films.example/bots/dailies/' });
    expect((await get('/c/cseason', {}, below)).text).toContain('href="/bots/dailies/s/sabcdefgh"');
    expect((await get('/c/cended')).text).not.toContain('season');
  });

  it('cancelled: that it was, and why', async () => {
    expect(textOf((await get('/c/ccancelled')).text)).toContain('was called off');
    expect(textOf((await get('/c/ccancelled')).text)).toContain('the storm is over');
  });

  it('shows a film that is gone, or covered, as such', async () => {
    const [first, second] = filmsOf(['/media/a', '/media/b'], { spoiler: true });
    if (!first || !second) throw new Error('no films');
    views.ccover = viewOf({ phase: 'voting', count: 2, films: [first, { number: 2 }] });
    const { text } = await get('/c/ccover');
    expect(text).toContain('<details class="gate cover"><summary>Covered by whoever made it. Show it</summary><video');
    expect(textOf(text)).toContain('This film is not shown any more.');
    expect(count(text, /<video/g)).toBe(1);
  });

  it('loads the first frames of no more films than one looks at', async () => {
    const many = filmsOf(Array.from({ length: 40 }, (_, index) => `/media/${index}`));
    views.cmany = viewOf({ phase: 'voting', count: 40, films: many });
    const { text } = await get('/c/cmany');
    expect([count(text, /preload="metadata"/g), count(text, /preload="none"/g)]).toEqual([24, 16]);
  });

  it('shows what members write as text and nothing else', async () => {
    const { text } = await get('/c/cevil');
    expect(count(text, /<script|onerror=alert\(1\)>|<img src=x/g)).toBe(0);
    expect(count(text, /<img/g)).toBe(1);
    expect(count(text, /&quot;&gt;&lt;img src=x onerror=alert\(1\)&gt;&lt;script&gt;/g)).toBeGreaterThan(8);
    // Every attribute ends where it is meant to.
    expect(text).not.toMatch(/content="[^"]*</);
  });
});

describe('what a chat shows of a link', () => {
  it('has a title, where it stands, its picture and its address', async () => {
    const { text } = await get('/c/copen');
    const description =
      'Something small that keeps going in the rain. 3 films so far; entries close Fri 4 Dec, 18:00 CET.';
    const image = 'https://films.example/media/picture';
    expect(tagsOf(text)).toEqual({
      ...{ 'og:type': 'website', 'og:site_name': 'Dailies', 'og:title': 'The rainy week' },
      ...{ 'og:description': description, 'og:image': image, 'og:image:alt': 'The picture of this challenge' },
      ...{ 'og:url': 'https://films.example/c/copen', 'twitter:card': 'summary_large_image' },
      ...{ 'twitter:title': 'The rainy week', 'twitter:description': description, 'twitter:image': image },
    });
    expect(text).toContain('<link rel="canonical" href="https://films.example/c/copen">');
  });

  it('says who won, once that is known', async () => {
    expect(tagsOf((await get('/c/cended')).text)['og:description']).toContain('the first place goes to mira');
    for (const id of ['copen', 'cvoting', 'ccounting']) {
      expect(tagsOf((await get(`/c/${id}`)).text)['og:description']).not.toContain('Mira');
    }
  });

  it('has no address where others cannot reach it, or may not', async () => {
    const local = await serve({ publicUrl: 'http://localhost:3000' });
    const { text } = await get('/c/copen', {}, local);
    expect(text).not.toMatch(/og:url|og:image|canonical/);
    expect((await get('/c/clink?k=key')).text).not.toMatch(/og:url|canonical/);
    const below = await serve({ publicUrl: 'https://films.example/bots/dailies/' });
    expect((await get('/c/cended', {}, below)).text).toContain('href="/bots/dailies/c/cended/tally.json"');
  });
});

test('nothing is said of who entered before the end', async () => {
  const shown: Shown[] = [
    { phase: 'announced', count: 2 },
    { phase: 'open', count: 2 },
    { phase: 'closing', count: 2 },
    { phase: 'voting', count: 4, films },
    { phase: 'counting', count: 4, films },
    { phase: 'cancelled', count: 2, why: 'rain' },
  ];
  for (const one of shown) {
    views.cquiet = viewOf(one);
    expect((await get('/c/cquiet')).text).not.toMatch(/Mira|Lindqvist|\bJun\b|j[a-z2-7]{16}/);
  }
});
