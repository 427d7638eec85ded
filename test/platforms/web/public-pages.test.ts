import { describe, expect, it } from 'vitest';
import type { ChallengeView } from '../../../src/domain/challengeView.ts';
import { UserError } from '../../../src/domain/errors.ts';
import { endedWith, filmsOf, viewOf } from '../../support/challenge-views.ts';
import { seasonViewOf } from '../../support/season-views.ts';
import { textOf, useServed } from './served.ts';

const films = filmsOf(['/media/a', '/media/b', '/media/c', '/media/d']);
const views: Record<string, ChallengeView | Error> = {
  cvoting: viewOf({ phase: 'voting', count: 4, films }),
  cended: viewOf(endedWith(films)),
  clink: viewOf(endedWith(films), { for: 'link' }),
  cstudio: viewOf({ phase: 'open', count: 1 }, { for: 'studio' }),
  caway: new UserError('unavailable', { word: 'service.away' }, { retryAfter: 7 }),
  cbroken: new Error('a secret of the house'),
};
const tally = '{"format": "dailies-tally-1",\n"of": "bytes"}\n';
const asked: [string, string | undefined][] = [];
const { serve, get, usual } = useServed({
  challenge: async (id, key) => {
    asked.push([id, key]);
    const view = views[id];
    if (view instanceof Error) throw view;
    return view && { ...view, id };
  },
  season: async (id) => {
    if (id === 'saway') throw views.caway;
    if (id !== 'sopen' && id !== 'sstudio') return undefined;
    return seasonViewOf({ id, for: id === 'sopen' ? 'all' : 'studio' });
  },
  tally: async (id) => {
    const view = views[id];
    return view && !(view instanceof Error) && view.shown.phase === 'ended'
      ? { text: tally, for: view.for }
      : undefined;
  },
});

describe('pages', () => {
  const strict = /^default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; base-uri/;

  it.each([
    ...['/c/cended', '/c/nothing', '/c/cended/tally.json', '/c/caway', '/c/cbroken'],
    ...['/s/sopen', '/s/nothing', '/s/saway', '/pages/pages.css', '/pages/season.css'],
  ])('%s runs no script, tells nobody where it was, and is in no list', async (path) => {
    const { headers, text } = await get(path);
    expect(headers.get('content-security-policy')).toMatch(strict);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-robots-tag')).toBe('noindex');
    expect(headers.get('cache-control')).toBe(path.startsWith('/pages') ? 'no-cache' : 'no-store');
    expect(text).not.toMatch(/<script|style="|\son\w+="|src="https?:|stylesheet" href="[^/]/);
  });

  it('answers HEAD as GET, without a body', async () => {
    for (const path of ['/c/cended', '/c/cended/tally.json', '/c/nothing', '/s/sopen', '/s/nothing']) {
      const [whole, head] = [await get(path), await get(path, { method: 'HEAD' })];
      expect([head.status, head.text]).toEqual([whole.status, '']);
      expect(head.headers.get('content-type')).toBe(whole.headers.get('content-type'));
    }
  });

  it('gives the tally to the byte, to be saved', async () => {
    const { status, text, headers } = await get('/c/cended/tally.json');
    expect([status, text]).toEqual([200, tally]);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('content-disposition')).toBe('attachment; filename="tally-cended.json"');
  });

  it('says the same of what there is not and of what is not to be shown', async () => {
    const closed = await serve({ studio: { token: 'a-token-of-sixteen-letters' } });
    const none = await serve({ studio: undefined });
    const { status, text } = await get('/c/nothing');
    expect([status, textOf(text)]).toEqual([404, expect.stringContaining('There is nothing here')]);
    for (const [path, from] of [
      ['/c/cvoting/tally.json', usual()],
      ['/c/a/b/c', usual()],
      ['/c/%00', usual()],
      ['/s/nothing', usual()],
      ['/s/a/b/c', usual()],
      ['/pages/studio.js', usual()],
      ...['/c/cstudio', '/s/sstudio'].flatMap((path) => [[path, closed] as const, [path, none] as const]),
    ] as const) {
      expect(await get(path, {}, from)).toMatchObject({ status: 404, text });
    }
  });

  it.each(['/c/cstudio', '/s/sstudio'])('show what is of the studio to whom that lets in: %s', async (path) => {
    const token = 'a-token-of-sixteen-letters';
    const closed = await serve({ studio: { token } });
    const as = (value: string) => get(path, { headers: { Authorization: `Bearer ${value}` } }, closed);
    expect((await as(token)).status).toBe(200);
    expect((await as('another-token-of-sixteen')).status).toBe(404);
    expect((await get(path)).status).toBe(200);
    expect((await get(path)).text).not.toContain('canonical');
  });

  it('hand on the key of a link, and keep it for the tally', async () => {
    asked.length = 0;
    const { text } = await get('/c/clink?k=abc.def');
    expect(asked).toEqual([['clink', 'abc.def']]);
    expect(text).toContain('href="/c/clink/tally.json?k=abc.def"');
  });

  it('say in words that something does not work now, and no more', async () => {
    const away = await get('/c/caway');
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '7']);
    const broken = await get('/c/cbroken');
    expect(broken.status).toBe(500);
    expect(broken.text).not.toContain('secret');
    expect(usual().logged.at(-1)).toMatchObject({ level: 'error', message: 'a page broke' });
  });
});
