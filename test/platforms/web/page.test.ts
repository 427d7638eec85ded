import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBoard } from '../../../platforms/web/board.ts';
import type { Part } from '../../../src/domain/command.ts';
import type { ModelCard } from '../../../src/domain/model.ts';
import { findBrowser, launchBrowser } from '../../support/browser.ts';
import { fakeModels } from '../../support/fake-house.ts';
import { tinyMp4 } from '../../support/mp4.ts';
import { quickKind, startRedis, type TestRedis } from '../../support/redis.ts';
import { createPages } from './pages.ts';
import { startStudio, type TestStudio } from './studio.ts';

const executable = findBrowser();
const asset = { name: `${'e'.repeat(64)}.mp4`, bytes: 1, seconds: 4, width: 320, height: 180 };

/** Brightness and spread of the frame that a video shows now; written as text, for the page runs it. */
const frameSpread = `(() => {
  const video = document.querySelector('video');
  const canvas = document.createElement('canvas');
  canvas.width = 64; canvas.height = 36;
  const pen = canvas.getContext('2d');
  pen.drawImage(video, 0, 0, 64, 36);
  const bytes = pen.getImageData(0, 0, 64, 36).data.filter((_, index) => index % 4 !== 3);
  return { brightest: Math.max(...bytes), spread: Math.max(...bytes) - Math.min(...bytes) };
})()`;

describe.skipIf(executable === undefined)('the page in a browser', () => {
  let redis: TestRedis;
  let studio: TestStudio;
  let browser: Browser;
  beforeAll(async () => {
    redis = await startRedis(quickKind);
    studio = await startStudio(redis.connect());
    await studio.house.store(asset.name, await tinyMp4(asset.width, asset.height, asset.seconds));
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

  it('types a command, sees the card move, and the film plays with a picture at 60 %', async () => {
    const page = await open('/t/welcome');
    await page.waitForSelector('[data-id="welcome"]');
    await page.locator('#line').pressSequentially('/vi');
    await page.locator('#suggestions [role=option][aria-selected=true]').getByText('/video').waitFor();
    await page.keyboard.press('Tab');
    await page.locator('#line').pressSequentially('a paper boat sec');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('#line').pressSequentially('4');
    expect(await page.inputValue('#line')).toBe('/video a paper boat seconds:4');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    const card = page.locator('.slate');
    await card.getByText('Next in line').waitFor();
    expect(await page.inputValue('#line')).toBe('');
    await page.locator('#left', { hasText: '56' }).waitFor();

    const id = (await card.getAttribute('data-job')) ?? '';
    await studio.house.advance(id, { taskId: 't', percent: 40 });
    await page.locator('[role=progressbar][aria-valuenow="40"]').waitFor();
    await studio.house.deliver(id, asset);
    await page.waitForSelector('video');
    await page.locator('.message.short').waitFor({ state: 'attached' });
    await page.locator('.film').getByRole('button', { name: 'Make it again' }).waitFor();
    await page.locator('.film').getByText('More').click();
    await page.locator('.film').getByRole('button', { name: 'Delete' }).waitFor();
    await page.locator('.film').getByRole('button', { name: 'Challenges and mentions' }).waitFor();
    expect(await page.locator('.film').getByRole('button', { name: 'Report' }).count()).toBe(0);
    await page.evaluate(`(async () => {
      const video = document.querySelector('video');
      video.muted = true;
      await video.play();
      video.pause();
      const sought = new Promise((done) => video.addEventListener('seeked', done, { once: true }));
      video.currentTime = video.duration * 0.6;
      await sought;
    })()`);
    const frame = (await page.evaluate(frameSpread)) as { brightest: number; spread: number };
    expect(frame.brightest).toBeGreaterThan(40);
    expect(frame.spread).toBeGreaterThan(20);

    // It is removed: nothing of it stays on the page.
    const thread = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    const posted = await createBoard(redis.connect(), 'studio').messages(thread);
    const ref = posted.find(({ video }) => video?.job === id)?.id ?? '';
    const there = { platform: 'web', space: 'studio', channel: 'general', thread } as const;
    await studio.poster.remove(there, { ref, place: 'asked' });
    await page.getByText('This film was removed.', { exact: true }).waitFor();
    expect(await page.locator('video').count()).toBe(0);
    await close(page);
  });

  it('keeps the text and says why when something is refused', async () => {
    const page = await open('/t/refused');
    await page.fill('#line', '/video a boat seconds:900');
    await page.keyboard.press('Enter');
    await page.locator('#trouble', { hasText: 'whole number' }).waitFor();
    expect(await page.inputValue('#line')).toBe('/video a boat seconds:900');
    await close(page);
  });

  it.each([
    ['model:sora-2', 'the name of a model that others begin with'],
    ['seconds:4 model:SORA-2', 'the same in capitals'],
    ['seconds:2', 'a number that others begin with'],
    ['original:no', 'a yes or no'],
  ])('sends a line that ends in %s, %s, as it stands', async (end) => {
    const long = { ...fakeModels[0], snapshots: ['sora-2-2025-10-06'], seconds: [2, 20, 24] } as ModelCard;
    const served = await startStudio(redis.connect(), { models: [long] });
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${served.url}/t/${end.replace(/\W+/g, '-').toLowerCase()}`);
    await page.waitForSelector('#channels a', { state: 'attached' });
    await page.locator('#line').pressSequentially(`/video a boat ${end}`);
    await page.keyboard.press('Enter');
    await page.locator('.slate').waitFor();
    const values = Object.fromEntries(end.split(' ').map((one) => one.split(':')));
    expect(served.house.calls.at(-1)?.values).toEqual({ prompt: 'a boat', ...values });
    await page.context().close();
    await served.close();
  });

  it('completes what is begun, by Enter', async () => {
    const page = await open('/t/welcome');
    await page.locator('#line').pressSequentially('/video a boat shape:po');
    await page.keyboard.press('Enter');
    expect(await page.inputValue('#line')).toBe('/video a boat shape:portrait ');
    await close(page);
  });

  it('shows what members write as text and nothing else', async () => {
    const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    await studio.ask('/api/channels/general/threads', { title: evil });
    await studio.ask('/api/threads/evil/messages', { text: evil });
    await studio.ask('/api/threads/evil/calls', { command: 'video', values: { prompt: evil, seconds: 4 } });
    const page = await open('/t/evil');
    await page.locator('.slate .prompt', { hasText: evil }).waitFor();
    await page.locator('.text', { hasText: evil }).waitFor();
    expect(await page.locator('#messages img[src="x"], #messages script, #channels img').count()).toBe(0);
    expect(await page.title()).toContain('evil');
    await close(page);
  });

  it('shows private answers to their member alone, who can be chosen', async () => {
    await studio.ask('/api/threads/pair/messages', { text: 'for all' });
    const page = await open('/t/pair');
    await page.fill('#line', '/quota');
    await page.keyboard.press('Enter');
    await page.getByText('Only you can see this').waitFor();
    await page.selectOption('#member', 'lin');
    await page.getByText('for all').waitFor();
    expect(await page.getByText('Only you can see this').count()).toBe(0);
    await close(page);
  });

  it('offers to stop a film to whoever asked for it, and counts a double press once', async () => {
    const page = await open('/t/press?as=presser');
    await page.fill('#line', '/video mine');
    await page.keyboard.press('Enter');
    const card = page.locator('.slate').first();
    await card.getByRole('button', { name: 'Cancel' }).waitFor();
    const before = studio.house.calls.length;
    await card.getByRole('button', { name: 'Details' }).dblclick();
    await page.getByText('Job', { exact: true }).last().waitFor();
    const keys = studio.house.calls.slice(before).map((call) => call.key);
    expect(new Set(keys).size).toBe(1);
    await page.selectOption('#member', 'lin');
    const seen = page.locator('.slate').first();
    await seen.getByRole('button', { name: 'Details' }).waitFor();
    expect(await seen.getByRole('button', { name: 'Cancel' }).count()).toBe(0);
    await close(page);
  });

  it('asks by form, with a picture, and shows it before it is sent', async () => {
    const page = await open('/t/forms?as=former');
    await page.click('#open-form');
    await page.getByLabel('What happens in the film').fill('from a form');
    await page.getByLabel('Seconds').fill('4');
    await page.setInputFiles('#field-image', { name: 'a.png', mimeType: 'image/png', buffer: Buffer.alloc(99) });
    await page.locator('#form').getByRole('button', { name: 'Send' }).click();
    await page.locator('.slate .prompt', { hasText: 'from a form' }).waitFor();
    expect([...studio.house.pictures.values()]).toContain(99);
    await page.setInputFiles('#file', { name: 'chip.png', mimeType: 'image/png', buffer: Buffer.alloc(77) });
    // It is no picture that a browser can draw, as an iPhone's HEIC is none: a tile stands for it, no broken image.
    await page.locator('#chip', { hasText: 'chip.png' }).waitFor();
    await page.locator('#chip .tile').waitFor();
    expect(await page.locator('#chip img').count()).toBe(0);
    await page.fill('#line', '/video with a chip seconds:4');
    await page.keyboard.press('Enter');
    await page.locator('.slate .prompt', { hasText: 'with a chip' }).waitFor();
    expect([...studio.house.pictures.values()]).toContain(77);
    await close(page);
  });

  it('shows tables with a name, heads of columns and rows, and saves files', async () => {
    const evil = '<img src=x onerror="document.title=1">';
    const text = `By,Films\r\nжанна,3\r\n${'x'.repeat(50_000)}`;
    const parts: Part[] = [
      {
        kind: 'table',
        title: 'By member',
        head: ['Member', 'Films', 'Wait'],
        rows: [
          [evil, '12', '2:05'],
          ['lin', '3', ''],
        ],
      },
      { kind: 'table', head: ['W'.repeat(200), 'x'], rows: [['W'.repeat(300), 'words']] },
      { kind: 'file', name: 'report-2026-11.csv', text, type: 'text/csv' },
    ];
    await studio.receiver.listen(async () => ({ to: 'private', jobs: [], parts }));
    const page = await open('/t/tables?as=boss', { viewport: { width: 360, height: 740 } });
    try {
      const { json } = await studio.ask('/api/threads/tables/calls', { command: 'quota' }, { member: 'boss' });
      expect(json.reply.parts).toEqual(parts);
      expect(json.reply.text).toContain('By member\nMember · Films · Wait\n');
      const table = page.getByRole('table', { name: 'By member' });
      await table.waitFor();
      expect(await table.locator('caption').textContent()).toBe('By member');
      expect(await table.getByRole('columnheader').allTextContents()).toEqual(['Member', 'Films', 'Wait']);
      expect(await table.getByRole('rowheader').allTextContents()).toEqual([evil, 'lin']);
      expect(await table.locator('th:not([scope])').count()).toBe(0);
      expect(await table.locator('td.number').allTextContents()).toEqual(['12', '2:05', '3', '']);
      expect(await table.locator('th.number').allTextContents()).toEqual(['Films', 'Wait']);
      // What is wider than its message is scrolled by itself, by keys too.
      const second = page.getByRole('region', { name: 'Table', exact: true });
      expect(await second.getAttribute('tabindex')).toBe('0');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      const saving = page.waitForEvent('download');
      await page.getByRole('link', { name: 'Download report-2026-11.csv' }).click();
      const download = await saving;
      expect(download.suggestedFilename()).toBe('report-2026-11.csv');
      expect(await readFile(await download.path(), 'utf8')).toBe(text);
    } finally {
      await studio.receiver.listen(studio.house.handle);
      await close(page);
    }
  });

  it('fits a phone, with the side as a drawer', async () => {
    const page = await open('/t/welcome', { viewport: { width: 360, height: 740 }, hasTouch: true });
    await page.waitForSelector('.tries');
    const wide = () => page.evaluate('document.documentElement.scrollWidth');
    expect(await wide()).toBe(360);
    expect(await page.locator('#side').isVisible()).toBe(false);
    await page.click('#menu');
    await page.locator('#side a').first().waitFor();
    expect(await wide()).toBe(360);
    await page.keyboard.press('Escape');
    await page.locator('#side').waitFor({ state: 'hidden' });
    await close(page);
  });

  it('fits a phone whatever long words are said, by members and back to them', async () => {
    const page = await open('/t/long?as=wordy', { viewport: { width: 360, height: 740 }, hasTouch: true });
    const wide = () =>
      page.evaluate('[document.documentElement.scrollWidth, document.querySelector("#thread").scrollWidth]');
    const long = 'W'.repeat(190);
    for (const [line, error] of [
      [`/video a boat seconds:${long}`, 'whole number'],
      [`/${long}`, 'no command'],
      [`/video a boat model:${long}`, 'no model'],
    ] as const) {
      await page.fill('#line', line);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Enter');
      await page.locator('#trouble', { hasText: error }).waitFor();
      expect(await wide()).toEqual([360, 360]);
    }
    await studio.ask('/api/threads/long/messages', { text: long });
    await studio.ask('/api/threads/long/calls', { command: 'video', values: { prompt: long } }, { member: 'wordy' });
    await page.locator('.text', { hasText: long }).waitFor();
    await page.locator('.slate .prompt', { hasText: long }).waitFor();
    expect(await wide()).toEqual([360, 360]);
    await close(page);
  });

  it('has a name for all that can be used, one heading, and an order to tab in', async () => {
    const page = await open('/t/welcome');
    await page.waitForSelector('.tries');
    const nameless = (await page.evaluate(`[...document.querySelectorAll('button, a, input, select, textarea, video')]
      .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() || (one.labels && one.labels.length)))
      .map((one) => one.outerHTML)`)) as string[];
    expect(nameless).toEqual([]);
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    const order: string[] = [];
    for (let press = 0; press < 40 && order.at(-1) !== 'line'; press++) {
      await page.keyboard.press('Tab');
      order.push((await page.evaluate(`document.activeElement.id || document.activeElement.className`)) as string);
    }
    const steps = ['skip', 'quota', 'member', 'thread', 'open-form', 'pick', 'line'];
    expect(order.filter((one) => steps.includes(one))).toEqual(steps);
    await close(page);
  });

  it('comes back by itself when the connection broke', async () => {
    const page = await open('/t/broken');
    await studio.ask('/api/threads/broken/messages', { text: 'before' });
    await page.getByText('before', { exact: true }).waitFor();
    await redis.kill();
    await redis.restart();
    await studio.ask('/api/threads/broken/messages', { text: 'behind' });
    await page.getByText('behind', { exact: true }).waitFor();
    expect(await page.locator('.message').count()).toBe(2);
    await close(page);
  });
});
