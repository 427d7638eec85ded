import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBoard } from '../../../platforms/web/board.ts';
import { findBrowser, launchBrowser } from '../../support/browser.ts';
import { quickKind, startRedis, type TestRedis } from '../../support/redis.ts';
import { createTaker, entering } from '../shared/entering.ts';
import { createPages } from './pages.ts';
import { startStudio, type TestStudio } from './studio.ts';

const executable = findBrowser();

describe.skipIf(executable === undefined)('what the bot says, in a browser', () => {
  let redis: TestRedis;
  let studio: TestStudio;
  let browser: Browser;
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

  const { open, close } = createPages(
    () => browser,
    () => studio.url,
  );

  it('asks by form for what a button’s command lacks, and what the button carries goes along unseen', async () => {
    const asking = await startStudio(redis.connect(), { commands: entering });
    const { taken, handle } = createTaker();
    await asking.receiver.listen(handle);
    const board = createBoard(redis.connect(), 'studio');
    await board.open({ id: 'entering', channel: 'general', title: 'Entering' });
    const buttons = [{ label: 'Enter', command: 'enter', challenge: 'cabcdefg2-3' }];
    await board.put('entering', 'one', {
      author: 'Dailies',
      bot: true,
      text: '',
      parts: [{ kind: 'buttons', buttons }],
    });
    const pages = createPages(
      () => browser,
      () => asking.url,
    );
    const page = await pages.open('/t/entering?as=zoë');
    try {
      await page.getByRole('button', { name: 'Enter', exact: true }).click();
      const form = page.locator('#form');
      await form.locator('[name=prompt]').waitFor();
      expect(await form.locator('select, [name=challenge]').filter({ visible: true }).count()).toBe(0);
      await form.locator('[name=prompt]').fill('a paper boat');
      await form.getByRole('button', { name: 'Send' }).click();
      await page.getByText('Taken').waitFor();
      expect(taken).toMatchObject([
        { command: 'enter', values: { challenge: 'cabcdefg2-3', prompt: 'a paper boat' }, who: { id: 'zoë' } },
      ]);
      // The form of the line asks for all of it, and for which command it is.
      await page.click('#open-form');
      expect(await page.locator('#form-command').isVisible()).toBe(true);
      expect(await form.locator('[name=challenge]').isVisible()).toBe(true);
    } finally {
      await pages.close(page);
      await asking.close();
    }
  });

  it('shows a moment in the reader’s own locale and zone, with its words', async () => {
    const board = createBoard(redis.connect(), 'studio');
    await board.open({ id: 'moments', channel: 'general', title: 'Moments' });
    const value = 'Mon 30 Nov, 00:00 UTC';
    const facts = [
      { label: 'New credits', value, at: Date.UTC(2026, 10, 30) },
      { label: 'Never', value: 'at no time', at: 9e15 },
    ];
    await board.put('moments', 'one', { author: 'Dailies', bot: true, text: value, parts: [{ kind: 'facts', facts }] });
    const page = await open('/t/moments', { locale: 'de-DE', timezoneId: 'Asia/Tokyo' });
    const time = page.locator('dd time');
    await time.waitFor();
    expect(await time.textContent()).toMatch(/^Mo.* 30\. Nov.*09:00$/);
    expect(await time.getAttribute('title')).toBe(value);
    expect(await time.getAttribute('datetime')).toBe('2026-11-30T00:00:00.000Z');
    expect(await page.locator('dd').last().textContent()).toBe('at no time');
    await close(page);
  });
});
