import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lineKinds, type Quota } from '../../../src/domain/ledger.ts';
import { findBrowser, launchBrowser } from '../../support/browser.ts';
import { quickKind, startRedis, type TestRedis } from '../../support/redis.ts';
import { createPages } from './pages.ts';
import { startStudio, type TestStudio } from './studio.ts';

const executable = findBrowser();
const evil = '<img src=x onerror="document.title=1">';
const at = Date.UTC(2026, 10, 24, 9, 30);

const rich: Quota = {
  ...{ allowance: 60, held: 8, spent: 12, pledged: 10, byPots: 0, left: 55, renewsAt: Date.UTC(2026, 10, 30) },
  lots: [
    { id: 'one', left: 20, held: 5, expires: Date.UTC(2026, 11, 3, 12) },
    { id: 'two', left: 5, held: 0 },
  ],
  entries: [
    ...lineKinds.map((kind, index) => ({
      ...{ id: `${at}-${index}`, at, kind, member: 'ada', window: '', credits: index + 1 },
      job: ['hold', 'capture', 'release'].includes(kind) ? 'jaaa-1' : '',
      ...(['pledge', 'return'].includes(kind) ? { with: 'paaaaaaaa' } : {}),
      ...(['grant', 'revoke', 'gave', 'got', 'correct'].includes(kind) ? { with: 'boss', why: evil } : {}),
    })),
    ...(['hold', 'capture', 'release'] as const).map((kind) => ({
      ...{ id: `${at}-5${kind}`, at, kind, member: 'ada', window: '', credits: 4, job: 'jbbb-1', with: 'paaaaaaaa' },
    })),
    { id: `${at}-9`, at, kind: 'correct', member: 'ada', window: '', credits: -3, job: '', with: 'boss' },
  ],
};
const poor: Quota = {
  ...{
    allowance: 0,
    held: 0,
    spent: 0,
    pledged: 0,
    byPots: 0,
    left: 0,
    renewsAt: rich.renewsAt,
    lots: [],
    entries: [],
  },
};

describe.skipIf(executable === undefined)('the panel of credits', () => {
  let redis: TestRedis;
  let studio: TestStudio;
  let browser: Browser;
  let shown: Quota | 'away';
  beforeAll(async () => {
    redis = await startRedis(quickKind);
    studio = await startStudio(redis.connect());
    browser = await launchBrowser(executable ?? '');
  });
  afterAll(async () => {
    await browser.close();
    await studio.close();
    await redis.close();
  });
  const pages = createPages(
    () => browser,
    () => studio.url,
  );
  async function open(options = {}) {
    const page = await pages.open('/t/welcome', { timezoneId: 'UTC', ...options });
    await page.route('**/api/quota', (route) =>
      shown === 'away'
        ? route.fulfill({ status: 503, json: { error: 'Come back later.' } })
        : route.fulfill({ json: shown }),
    );
    await page.click('#quota');
    return page;
  }

  it('says what is left, where the rest is, what was granted and until when, and what happened', async () => {
    shown = rich;
    const page = await open({ viewport: { width: 360, height: 740 } });
    const panel = page.getByRole('dialog', { name: 'Credits' });
    await panel.getByText('55 credits left').waitFor();
    await panel.getByText('The 60 credits of your allowance come anew on 30 Nov 2026, 00:00.').waitFor();
    expect(await panel.locator('.legend div').allTextContents()).toEqual([
      ...['Spent12', 'Set aside8', 'In pots10', 'Left55'],
    ]);
    expect(await panel.locator('.split span').count()).toBe(4);
    expect(await panel.locator('.lots li').allTextContents()).toEqual([
      '20 creditsuntil 3 Dec 2026, 12:00and 5 credits set aside',
      '5 creditsfor as long as you like',
    ]);
    const quoted = `: ${evil}`;
    expect(await panel.locator('.entries p').allTextContents()).toEqual([
      '1 credit set aside for film jaaa-1',
      '2 credits paid for film jaaa-1, which arrived',
      '3 credits given back: film jaaa-1 did not arrive',
      `boss granted you 4 credits${quoted}`,
      `boss took back 5 credits${quoted}`,
      `You gave boss 6 credits${quoted}`,
      `boss gave you 7 credits${quoted}`,
      '8 credits that were granted to you ran out',
      `boss put it right: 9 credits more are spent${quoted}`,
      'You put 10 credits into pot paaaaaaaa',
      '11 credits came back from pot paaaaaaaa',
      'Pot paaaaaaaa set 4 credits aside for film jbbb-1',
      'Pot paaaaaaaa paid 4 credits for film jbbb-1, which arrived',
      'Pot paaaaaaaa got 4 credits back: film jbbb-1 did not arrive',
      'boss put it right: 3 credits fewer are spent',
    ]);
    expect(await panel.locator('time').first().textContent()).toBe('24 Nov 2026, 09:30');
    expect(await panel.locator('img').count()).toBe(0);
    expect(await page.evaluate('document.querySelector("#quota-panel").scrollWidth')).toBeLessThanOrEqual(360);
    await pages.close(page);
  });

  it('stays true while it is open, says when it cannot, and gives the focus back', async () => {
    shown = poor;
    const page = await open();
    const panel = page.getByRole('dialog', { name: 'Credits' });
    await panel.getByText('There are no credits here for you now.').waitFor();
    await panel.getByText('None. Those who run the studio').waitFor();
    await panel.getByText('Nothing yet.').waitFor();
    shown = 'away';
    await panel.getByRole('alert').getByText('Come back later.').waitFor();
    shown = { ...poor, left: 7, lots: [{ id: 'one', left: 7, held: 0 }] };
    await panel.getByText('7 credits left').waitFor();
    await panel.getByText('Come back later.').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
    expect(await page.evaluate('document.activeElement.id')).toBe('quota');
    await pages.close(page);
  });
});
