import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBoard } from '../../../platforms/web/board.ts';
import { findBrowser, launchBrowser } from '../../support/browser.ts';
import { tinyMp4 } from '../../support/mp4.ts';
import { quickKind, startRedis, type TestRedis } from '../../support/redis.ts';
import { until } from '../../support/until.ts';
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
    const film = 'jabcdefgh234567ab-1';
    const buttons = [
      { label: 'Enter', command: 'enter', challenge: 'cabcdefg2-3' },
      { label: 'Enter in Boats', command: 'submit', job: film, challenge: 'cabcdefg2' },
    ];
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
      await page.getByText('Taken', { exact: true }).waitFor();
      expect(taken).toMatchObject([
        { command: 'enter', values: { challenge: 'cabcdefg2-3', prompt: 'a paper boat' }, who: { id: 'zoë' } },
      ]);
      await page.getByRole('button', { name: 'Enter in Boats' }).click();
      await until('the press is taken', () => taken.length === 2);
      expect(taken[1]).toMatchObject({ command: 'submit', values: { film, challenge: 'cabcdefg2' } });
      // The form of the line offers what can be asked for without a button.
      await page.click('#open-form');
      expect(await page.locator('#form-command').isVisible()).toBe(true);
      expect(await page.locator('#form-command option').allTextContents()).toEqual(['/wish']);
      expect(await form.locator('[name=prompt]').isVisible()).toBe(true);
    } finally {
      await pages.close(page);
      await asking.close();
    }
  });

  it('shows what is announced with its picture and the way to its thread, and what is said in its place', async () => {
    const board = createBoard(redis.connect(), 'studio');
    await board.open({ id: 'news', channel: 'storyboards', title: 'News' });
    const picture = `${'d'.repeat(64)}.png`;
    await studio.house.store(
      picture,
      await sharp({ create: { width: 8, height: 6, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
    );
    const to = { platform: 'web', space: 'studio', channel: 'storyboards', thread: 'news' } as const;
    const said = (text: string) => [{ kind: 'text' as const, text }];
    const page = await open('/t/news');
    const announced = { key: 'n', parts: said('Make a film of rain'), thread: 'Rain <b>', picture };
    const { ref, place } = await studio.poster.announce(to, announced);
    await studio.poster.announce(to, { key: 'm', parts: said('Vote now'), picture: `${'9'.repeat(64)}.png` });
    await page.getByText('Vote now', { exact: true }).waitFor();
    const shown = page.locator('.message img.shown');
    await shown.first().waitFor();
    expect(await page.evaluate('document.querySelector("img.shown").decode().then(() => "decoded")')).toBe('decoded');
    await studio.poster.amend(to, ref, said('It is over'));
    await page.getByText('It is over', { exact: true }).waitFor();
    expect(await page.locator('.message .text').allTextContents()).toEqual([
      'It is over',
      'It goes on in Rain <b>',
      'Vote now',
    ]);
    // The one that is not in the store has left no frame.
    await until('one picture', async () => (await shown.count()) === 1);
    await page.getByRole('link', { name: 'Rain <b>' }).first().click();
    await page.waitForURL(`**/t/${place.thread}`);
    await page.locator('#title', { hasText: 'Rain <b>' }).waitFor();
    await close(page);
  });

  it('shows a film without a word of who made it, called by its number', async () => {
    const name = `${'c'.repeat(64)}.mp4`;
    await studio.house.store(name, await tinyMp4(320, 180, 4));
    const board = createBoard(redis.connect(), 'studio');
    await board.open({ id: 'show', channel: 'screening-room', title: 'Show' });
    const to = { platform: 'web', space: 'studio', channel: 'screening-room', thread: 'show' } as const;
    const film = {
      key: 'x',
      repeated: false,
      before: undefined,
      note: async () => undefined,
      spoiler: true,
      file: name,
    };
    const asset = { name, bytes: 1, seconds: 4, width: 320, height: 180 };
    const exhibit = { ...film, caption: 'Number 3', asset };
    const posted = await studio.poster.exhibit(to, exhibit, new AbortController().signal);
    const page = await open('/t/show?as=zoë');
    await page.locator('figure summary').click();
    expect(await page.locator('figure .prompt').textContent()).toBe('Number 3');
    expect(await page.locator('figure button').count()).toBe(0);
    const saving = page.waitForEvent('download');
    await page.getByRole('link', { name: /Save|Download/ }).click();
    expect((await saving).suggestedFilename()).toBe('film-3.mp4');
    await studio.poster.remove(to, posted);
    await page.locator('video').waitFor({ state: 'detached' });
    await close(page);
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
