import { describe, expect, it } from 'vitest';
import type { Result } from '../../../src/domain/season.ts';
import type { SeasonPageView } from '../../../src/domain/seasonView.ts';
import { resultsOf, seasonViewOf } from '../../support/season-views.ts';
import { count, tagsOf, textOf, useServed } from './served.ts';

const evil = '"><img src=x onerror=alert(1)><script>alert(2)</script>';
const [first, second] = resultsOf('sabcdefgh') as [Result, Result];
const to = Date.UTC(2026, 10, 20, 11);
const evilResult: Result = { ...first, title: evil, places: [{ member: 'U0', name: evil, place: 1 }] };
const crowd = Array.from({ length: 260 }, (_, index) => ({ member: `U${index}`, name: `m${index}`, place: index + 1 }));
const many = Array.from({ length: 70 }, (_, index) => ({ ...first, id: `c${index}`, endedAt: index, places: crowd }));
const views: Record<string, SeasonPageView> = {
  sruns: seasonViewOf({ closes: Date.UTC(2026, 11, 20, 17) }),
  sopen: seasonViewOf({}),
  sover: seasonViewOf({ to, closes: to }, [first, second]),
  sempty: seasonViewOf({}, []),
  snobody: seasonViewOf({ to }, []),
  sshared: seasonViewOf({}, [{ ...first, places: crowd.slice(0, 6).map((one) => ({ ...one, place: 1 })) }]),
  sevil: seasonViewOf({ name: evil }, [evilResult]),
  slarge: seasonViewOf({}, many),
};
const { serve, get } = useServed({ season: async (id) => views[id] && { ...views[id], id } });

describe('the page of a season', () => {
  it('that runs: who leads, since when and until when, all standings and what counted', async () => {
    const { status, text, headers } = await get('/s/sruns');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
    expect(textOf(text)).toContain('The season runs Autumn mira leads with 52 points');
    expect(text).toContain('<time datetime="2026-09-01T09:00:00.000Z">Tue 1 Sept 2026</time>');
    expect(text).toContain('<time datetime="2026-12-20T17:00:00.000Z">Sun 20 Dec, 18:00 CET</time>');
    expect(textOf(text)).toContain('Challenges 5 Members with points 8');
    expect(textOf(text)).toContain('1st mira 2 first places, 5 challenges 52 2 5');
    expect(textOf(text)).toContain('8th Teo 2 challenges 11 0 2');
    expect(count(text, /<th scope="row">/g)).toBe(8);
    expect(count(text, /<tr class="first">/g)).toBe(1);
    expect(textOf(text)).toMatch(/worth 12, 10, 8, .* share a rank\./);
    expect(textOf((await get('/s/sopen')).text)).toContain('Ends when it is closed');
  });

  it('each challenge with its winner, leading to its own page', async () => {
    const { text } = await get('/s/sruns');
    const links = [...text.matchAll(/<a href="(\/c\/[^"]+)">/g)].map(([, path]) => path);
    expect(links).toEqual(['/c/cebcdefgh', '/c/cdbcdefgh', '/c/ccbcdefgh', '/c/cbbcdefgh', '/c/cabcdefgh']);
    expect(textOf(text)).toContain('Night bus Won by ada Sat 31 Oct 2026 · 9 films');
    const below = await serve({ publicUrl: 'https://films.example/bots/dailies/' });
    const { text: other } = await get('/s/sruns', {}, below);
    expect(count(other, /href="\/bots\/dailies\/c\/c/g)).toBe(5);
    expect(other).toContain('href="/bots/dailies/pages/season.css?v=');
  });

  it('that is over: when it ended, and who shares the first place', async () => {
    const { text } = await get('/s/sover');
    expect(textOf(text)).toContain('The season is over Autumn ada and mira share the first place with 22 points each');
    expect(textOf(text)).toContain('Ended Fri 20 Nov 2026');
    expect([...text.matchAll(/<td class="place">([^<]*)</g)].map(([, rank]) => rank).slice(0, 3)).toEqual([
      ...['1st', '1st', '3rd'],
    ]);
    expect(textOf((await get('/s/sshared')).text)).toContain('6 members lead with 12 points each');
  });

  it('of nobody and nothing yet: says so, and how points are given', async () => {
    const { text } = await get('/s/sempty');
    expect(textOf(text)).toContain('No challenge counts in it yet. As soon as the result of the first is told');
    expect(textOf(text)).toContain('How points are given 1st 12 2nd 10');
    expect(text).not.toMatch(/<table|Challenges/);
    expect(textOf((await get('/s/snobody')).text)).toContain('No challenge counted in it, so nobody has points.');
  });

  it('shows what members write as text, and nothing of who they are to the chat', async () => {
    const { text } = await get('/s/sevil');
    expect(count(text, /<script|<img/g)).toBe(0);
    expect(count(text, /&quot;&gt;&lt;img src=x onerror=alert\(1\)&gt;&lt;script&gt;/g)).toBeGreaterThan(6);
    for (const id of Object.keys(views)) expect((await get(`/s/${id}`)).text).not.toMatch(/\bU\d/);
  });

  it('of many: the first of them, with how many more there are', async () => {
    const { text } = await get('/s/slarge');
    expect(count(text, /<th scope="row">/g)).toBe(200);
    expect(textOf(text)).toContain('60 more have points. /challenge standings in the chat tells of all.');
    expect(count(text, /class="ticket"/g)).toBe(60);
    expect(textOf(text)).toContain('And 10 earlier ones. /challenge hall in the chat tells of all.');
    expect(text.length).toBeLessThan(200_000);
  });
});

describe('what a chat shows of a link to a season', () => {
  it('has a title, who leads, and its address', async () => {
    const { text } = await get('/s/sruns');
    const description = 'mira leads with 52 points, after 5 challenges.';
    expect(tagsOf(text)).toEqual({
      ...{ 'og:type': 'website', 'og:site_name': 'Dailies', 'og:title': 'Autumn', 'og:description': description },
      ...{ 'og:url': 'https://films.example/s/sruns', 'twitter:card': 'summary' },
      ...{ 'twitter:title': 'Autumn', 'twitter:description': description },
    });
    expect(text).toContain('<link rel="canonical" href="https://films.example/s/sruns">');
    expect(tagsOf((await get('/s/sempty')).text)['og:description']).toContain('No challenge counts in it yet.');
  });

  it('has no address where others cannot reach it', async () => {
    const local = await serve({ publicUrl: 'http://localhost:3000' });
    expect((await get('/s/sruns', {}, local)).text).not.toMatch(/og:url|canonical/);
  });
});
