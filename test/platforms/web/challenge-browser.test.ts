import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChallengeView } from '../../../src/domain/challengeView.ts';
import type { SeasonPageView } from '../../../src/domain/seasonView.ts';
import { createStore } from '../../../src/media/store.ts';
import { findBrowser, launchBrowser } from '../../support/browser.ts';
import { endedWith, filmsOf, servePages, viewOf } from '../../support/challenge-views.ts';
import { tempFolder } from '../../support/folder.ts';
import { tinyMp4 } from '../../support/mp4.ts';
import { resultsOf, seasonViewOf } from '../../support/season-views.ts';

const executable = findBrowser();
const long = 'W'.repeat(80);

describe.skipIf(executable === undefined)('the pages of challenges and seasons, in a browser without scripts', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>;
  const views: Record<string, ChallengeView> = {};
  let browser: Browser;
  let pages: Awaited<ReturnType<typeof servePages>>;
  beforeAll(async () => {
    folder = await tempFolder();
    const store = createStore(join(folder.path, 'media'));
    const name = await store.put(await tinyMp4(320, 180, 2), 'mp4');
    const films = filmsOf(Array.from({ length: 3 }, () => `/media/${name}`));
    const many = filmsOf(
      Array.from({ length: 5 }, () => `/media/${name}`),
      { width: 720, height: 1280 },
    );
    const wordy = { title: long, theme: long.repeat(6), rules: [long], zone: 'America/Argentina/ComodRivadavia' };
    const named = endedWith(films);
    views.copen = viewOf({ phase: 'open', count: 2 }, wordy);
    views.cvoting = viewOf({ phase: 'voting', count: 5, films: many }, wordy);
    views.cended = viewOf(
      { ...named, places: named.places.map((place) => ({ ...place, name: long })) },
      { ...wordy, seal: '5f'.repeat(32) },
    );
    views.cplain = viewOf(named, { seal: '5f'.repeat(32) });
    const wide = resultsOf('sabcdefgh').map((result) => ({
      ...result,
      title: long,
      places: result.places.map((one) => ({ ...one, name: long + one.name })),
    }));
    const seasons: Record<string, SeasonPageView> = {
      sruns: seasonViewOf({ closes: Date.UTC(2026, 11, 20, 17) }),
      sover: seasonViewOf({ to: Date.UTC(2026, 10, 20) }),
      swordy: seasonViewOf({ name: long, zone: 'America/Argentina/ComodRivadavia' }, wide),
    };
    const source = {
      challenge: async (id: string) => views[id],
      season: async (id: string) => seasons[id],
      tally: async () => ({ text: '{}', for: 'all' as const }),
    };
    pages = await servePages(source, store.path);
    browser = await launchBrowser(executable ?? '');
  });
  afterAll(async () => {
    await browser.close();
    await pages.close();
    await folder.remove();
  });

  const complaints: string[] = [];
  const open = async (path: string, options: BrowserContextOptions = {}): Promise<Page> => {
    const page = await (await browser.newContext({ javaScriptEnabled: false, ...options })).newPage();
    page.on('console', (message) => {
      if (/Content Security Policy|violates/.test(message.text())) complaints.push(message.text());
    });
    page.on('requestfailed', (request) => {
      if (!request.url().includes('/media/')) complaints.push(request.url());
    });
    await page.goto(pages.url + path);
    return page;
  };
  const close = async (page: Page): Promise<void> => {
    await page.context().close();
    expect(complaints).toEqual([]);
  };

  it('has its style, its films and one heading', async () => {
    const page = await open('/c/cvoting');
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.evaluate("getComputedStyle(document.querySelector('.hero')).backgroundColor")).toBe(
      'rgb(34, 28, 30)',
    );
    const widths = () => page.evaluate("[...document.querySelectorAll('video')].map((one) => one.videoWidth)");
    await expect.poll(widths, { timeout: 10_000 }).toEqual([320, 320, 320, 320, 320]);
    await close(page);
  });

  it.each([...['/c/copen', '/c/cvoting', '/c/cended', '/c/cplain', '/c/cnothing'], ...['/s/sruns', '/s/swordy']])(
    '%s fits a phone of 360 pixels',
    async (path) => {
      const page = await open(path, { viewport: { width: 360, height: 740 }, hasTouch: true });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      await close(page);
    },
  );

  it('is used by keys in the order in which it is read, and shows where one is', async () => {
    const page = await open('/c/cplain');
    const stops: string[] = [];
    const focused = () =>
      page.evaluate(`(() => {
      const one = document.activeElement;
      const shown = getComputedStyle(one).outlineStyle !== 'none' && parseFloat(getComputedStyle(one).outlineWidth) >= 2;
      return (one.getAttribute('aria-label') ?? one.textContent.trim()) + (shown ? '' : ' (unseen)');
    })()`);
    for (let press = 0; press < 40; press += 1) {
      await page.keyboard.press('Tab');
      const at = String(await focused());
      if (at.replace(' (unseen)', '') === stops.at(-1)) continue; // A control within a film, which shows that itself.
      stops.push(at);
      if (at.startsWith('Save')) break;
    }
    const film = (number: number, name: string) => `Film number ${number}, by ${name}`;
    expect(stops).toEqual([...['Skip to the page', film(1, 'mira'), film(2, 'ada'), film(3, 'Jun'), 'Save the tally']]);
    await close(page);
  });

  it('is skipped to', async () => {
    const page = await open('/c/cplain');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('VIDEO');
    await close(page);
  });

  it.each(['light', 'dark'] as const)('%s: all that is said can be read', async (colorScheme) => {
    for (const path of ['/c/copen', '/c/cplain', '/c/cnothing', '/s/sruns', '/s/sover']) {
      const page = await open(path, { colorScheme });
      const dim = await page.evaluate(`(() => {
        const rgb = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
        const light = ([r, g, b]) => [r, g, b].map((one) => one / 255)
          .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
          .reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0);
        const behind = (one) => {
          for (let at = one; at; at = at.parentElement) {
            const [r, g, b, a = 1] = rgb(getComputedStyle(at).backgroundColor);
            if (a === 1 && r !== undefined) return [r, g, b];
          }
          return [255, 255, 255];
        };
        const own = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        return [...document.body.querySelectorAll('*')].filter(own).flatMap((one) => {
          const [a, b] = [light(rgb(getComputedStyle(one).color)), light(behind(one))].sort((x, y) => y - x);
          const ratio = (a + 0.05) / (b + 0.05);
          return ratio < 4.5 ? [one.className + ' ' + one.textContent.slice(0, 20) + ' ' + ratio.toFixed(2)] : [];
        });
      })()`);
      expect(dim).toEqual([]);
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
        colorScheme === 'dark' ? 'rgb(21, 17, 19)' : 'rgb(244, 239, 230)',
      );
      await close(page);
    }
  });

  it('of a season: its challenges are come to by keys, and its table is one to those who hear it', async () => {
    const page = await open('/s/sruns');
    const stops: string[] = [];
    for (let press = 0; press < 6; press += 1) {
      await page.keyboard.press('Tab');
      stops.push(String(await page.evaluate('document.activeElement.querySelector("strong")?.textContent')));
    }
    expect(stops.slice(1)).toEqual([
      ...['Night bus', 'A door that opens', 'Found in a pocket', 'Ten seconds of nothing', 'The rainy week'],
    ]);
    expect(await page.getByRole('row', { name: 'mira' }).getByRole('cell').allTextContents()).toEqual([
      ...['1st', '52', '2', '5'],
    ]);
    expect(await page.getByRole('columnheader').allTextContents()).toEqual([
      ...['Rank', 'Who', 'Points', 'Firsts', 'Challenges'],
    ]);
    await close(page);
  });

  it('has the command that checks the tally copied as one line', async () => {
    const page = await open('/c/cplain');
    const copied = await page.evaluate(`
      const range = document.createRange();
      range.selectNodeContents(document.querySelector('.command'));
      getSelection().addRange(range);
      String(getSelection());
    `);
    expect(copied).toMatch(/^npm run challenge:verify -- tally-\w+\.json --hash \w{64} --seal \w{64}$/);
    await close(page);
  });

  it('saves the tally', async () => {
    const page = await open('/c/cplain');
    const saving = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Save the tally' }).click();
    expect((await saving).suggestedFilename()).toBe('tally-cabcdefgh.json');
    await close(page);
  });
});
