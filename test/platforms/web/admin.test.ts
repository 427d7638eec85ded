import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser, launchBrowser } from '../../support/browser.ts';
import { quickKind, startRedis, type TestRedis } from '../../support/redis.ts';
import { createPages } from './pages.ts';
import { startStudio, type TestStudio } from './studio.ts';

const executable = findBrowser();

describe.skipIf(executable === undefined)('the panel of those who run the studio', () => {
  let redis: TestRedis;
  let studio: TestStudio;
  let browser: Browser;
  beforeAll(async () => {
    redis = await startRedis(quickKind);
    studio = await startStudio(redis.connect(), { real: true });
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

  it('is for managers alone, by the page and by the server', async () => {
    const page = await pages.open('/t/welcome?as=ada');
    expect(await page.locator('#open-admin').isVisible()).toBe(false);
    const grant = { command: 'admin credits grant', values: { member: 'ada', credits: 5, reason: 'me' }, quiet: true };
    expect((await studio.ask('/api/threads/welcome/calls', grant, { member: 'ada' })).status).toBe(403);
    await page.selectOption('#member', '');
    await page.fill('#member-name', 'boss');
    await page.keyboard.press('Enter');
    await page.locator('#open-admin').waitFor();
    await pages.close(page);
  });

  it('grants credits, which arrive, and the thread has nothing of it', async () => {
    const page = await pages.open('/t/grants?as=boss');
    await page.click('#open-admin');
    const panel = page.getByRole('dialog', { name: 'Run the studio' });
    await panel.getByText('Nothing was made').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('admin-tab-month');
    await page.keyboard.press('ArrowRight');
    expect(await panel.getByRole('tab', { selected: true }).textContent()).toBe('Credits');
    const form = panel.locator('.deed[open]');
    await form.getByLabel('Whose credits').fill('lin');
    await form.getByLabel('How many credits').fill('25');
    await form.getByLabel('Why').fill('<b>the reel</b>');
    await form.getByRole('button', { name: 'Grant' }).click();
    await panel.getByRole('status').getByText('25 credits').waitFor();
    const { json } = await studio.ask('/api/quota', undefined, { member: 'lin' });
    expect(json).toMatchObject({ left: 85, entries: [{ kind: 'grant', with: 'boss', why: '<b>the reel</b>' }] });
    // What was done is shown, and noted nowhere but in the books.
    await panel.locator('.answer').getByText('85', { exact: false }).first().waitFor();
    expect((await studio.ask('/api/threads/grants/messages', undefined, { member: 'boss' })).json).toEqual([]);
    expect(await panel.locator('b, img').filter({ hasText: 'the reel' }).count()).toBe(0);

    await form.getByLabel('Whose credits').fill('Dailies');
    await form.getByLabel('How many credits').fill('1');
    await form.getByLabel('Why').fill('x');
    await form.getByRole('button', { name: 'Grant' }).click();
    await form.getByRole('alert').filter({ hasText: /\S/ }).waitFor();
    expect(await page.evaluate('document.activeElement.name')).toBe('member');
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
    expect(await page.evaluate('document.activeElement.id')).toBe('open-admin');
    await pages.close(page);
  });

  it('cancels a film, blocks words and lets them in, and shows the trail, on a phone too', async () => {
    const asked = { command: 'video', values: { prompt: 'a boat', seconds: 4 }, id: 'boat' };
    const { json } = await studio.ask('/api/threads/films/calls', asked, { member: 'jun' });
    const page = await pages.open('/t/films?as=boss', { viewport: { width: 360, height: 740 } });
    await page.click('#menu');
    await page.click('#open-admin');
    const panel = page.getByRole('dialog', { name: 'Run the studio' });
    await panel.getByRole('tab', { name: 'Films' }).click();
    await panel.getByRole('row').filter({ hasText: json.id }).getByText('waiting').waitFor();
    await panel.getByRole('button', { name: `Cancel: ${json.id}`, exact: true }).click();
    await panel.getByRole('button', { name: `Sure? Cancel: ${json.id}` }).click();
    await panel.getByRole('status').getByText('Cancelled.').waitFor();
    await panel.getByRole('row').filter({ hasText: json.id }).getByText('cancelled').waitFor();
    await panel.getByLabel('Only those in this state').selectOption('queued');
    await panel.getByText('There are no such films here.').waitFor();

    await panel.getByRole('tab', { name: 'Blocks' }).click();
    await panel.locator('summary').click();
    await panel.getByLabel('Words in a row').fill('free coins');
    await panel.getByRole('button', { name: 'Block', exact: true }).click();
    await panel.getByText('phrase: free coins').waitFor();
    await panel.getByRole('button', { name: /^Let in: / }).click();
    await panel.getByRole('button', { name: /^Sure\? Let in: / }).click();
    await panel.getByText('Nothing is blocked here.').waitFor();

    await panel.getByRole('tab', { name: 'Trail' }).click();
    await panel.getByRole('table').getByText('block').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    const nameless = (await page.evaluate(`[...document.querySelectorAll('#admin-panel :is(button, a, input, select)')]
      .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() || (one.labels && one.labels.length)))
      .map((one) => one.outerHTML)`)) as string[];
    expect(nameless).toEqual([]);
    await pages.close(page);
  });
});
