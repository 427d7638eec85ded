import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser, launchBrowser } from '../../support/browser.ts';
import { quickKind, startRedis, type TestRedis } from '../../support/redis.ts';
import { startStudio, type TestStudio } from './studio.ts';

const executable = findBrowser();
let redis: TestRedis;
let studio: TestStudio;
beforeAll(async () => {
  redis = await startRedis(quickKind);
  studio = await startStudio(redis.connect(), { real: true });
});
afterAll(async () => {
  await studio.close();
  await redis.close();
});

const left = async (member: string): Promise<number> =>
  (await studio.ask('/api/quota', undefined, { member })).json.left;

describe('a dear film in the API', () => {
  const calls = '/api/threads/dear/calls';
  const boat = { command: 'video', values: { prompt: 'a paper boat', seconds: 20 } };
  interface Button {
    label: string;
    command: string;
    quote: string;
  }

  it('is taken at once without ask, and refused with 402', async () => {
    for (const [index, status] of [202, 202, 202, 402].entries()) {
      const answer = await studio.ask(calls, { ...boat, id: `plain-${index}` }, { member: 'program' });
      expect([answer.status, answer.json.jobs?.length]).toEqual([status, status === 202 ? 1 : undefined]);
    }
    expect((await studio.ask(calls, boat, { member: 'program' })).json).toMatchObject({ balance: 0 });
  });

  it('with ask is answered with choices, and a choice is a call', async () => {
    const asked = await studio.ask(calls, { ...boat, ask: true, id: 'q' }, { member: 'lin' });
    expect([asked.status, asked.json.jobs]).toEqual([202, []]);
    const { buttons }: { buttons: Button[] } = asked.json.reply.parts.at(-1);
    expect(buttons.map(({ label }) => label)[0]).toBe('Make it for 20 credits');
    expect(await left('lin')).toBe(60);
    const press = ({ command, quote }: Button, member: string) =>
      studio.ask(calls, { command, values: { quote } }, { member });
    const [whole, shorter] = buttons as [Button, Button];
    expect((await press(whole, 'bob')).status).toBe(403);
    const taken = await press(shorter, 'lin');
    expect([taken.status, taken.json.jobs.length]).toEqual([202, 1]);
    expect((await press(shorter, 'lin')).json.jobs).toEqual(taken.json.jobs);
    expect((await press(whole, 'lin')).status).toBe(409);
    expect((await press({ ...whole, quote: 'qaaaaaaaaaaaaaaaa-1' }, 'lin')).status).toBe(404);
    expect(await left('lin')).toBe(44);
  });
});

describe.skipIf(executable === undefined)('a dear film on the page', () => {
  let browser: Browser;
  const errors: string[] = [];
  beforeAll(async () => {
    browser = await launchBrowser(executable ?? '');
  });
  afterAll(() => browser.close());

  async function open(member: string) {
    const page = await (
      await browser.newContext({ locale: 'en-GB', viewport: { width: 1100, height: 820 } })
    ).newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${studio.url}/t/${member}?as=${member}`);
    await page.waitForSelector('#channels a', { state: 'attached' });
    return page;
  }

  it('is asked about, made by one press, and asked about no more', async () => {
    const page = await open('ada');
    await page.fill('#line', '/video a paper boat in the rain seconds:20');
    await page.keyboard.press('Enter');
    const make = page.getByRole('button', { name: 'Make it for 20 credits' });
    await make.waitFor();
    expect(await page.locator('.slate').count()).toBe(0);
    expect(await left('ada')).toBe(60);
    await page.getByRole('button', { name: '16 seconds for 16 credits' }).dblclick();
    await page.locator('.slate').waitFor();
    await make.waitFor({ state: 'detached' });
    await page.locator('#left', { hasText: '44' }).waitFor();
    await page.reload();
    await page.locator('.text', { hasText: 'Nothing is taken before you choose' }).waitFor();
    await page.locator('.slate').waitFor();
    await make.waitFor({ state: 'detached' });
    expect(await page.locator('.slate').count()).toBe(1);

    await page.locator('.slate').getByRole('button', { name: 'Cancel' }).click();
    await page.locator('.slate').getByRole('button', { name: 'Make it again' }).waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('made again is asked about too, and Never mind takes nothing', async () => {
    const values = { prompt: 'a boat', seconds: 20 };
    const { json } = await studio.ask('/api/threads/eve/calls', { command: 'video', values }, { member: 'eve' });
    await studio.ask('/api/threads/eve/actions', { job: json.id, action: 'cancel' }, { member: 'eve' });
    const page = await open('eve');
    await page.getByRole('button', { name: 'Make it again' }).click();
    const never = page.getByRole('button', { name: 'Never mind' });
    await never.click();
    await page.locator('.text', { hasText: 'All right, nothing was taken.' }).waitFor();
    await never.waitFor({ state: 'detached' });
    expect(await page.locator('.slate').count()).toBe(1);
    expect(await left('eve')).toBe(60);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('in a form with a picture is asked about, in both sizes of it', async () => {
    const page = await open('max');
    await page.click('#open-form');
    await page.getByLabel('What happens in the film').fill('from a form');
    await page.getByLabel('Seconds').fill('20');
    await page.setInputFiles('#field-image', { name: '1365x768.png', mimeType: 'image/png', buffer: Buffer.alloc(9) });
    await page.locator('#form').getByRole('button', { name: 'Send' }).click();
    await page.getByRole('button', { name: 'Sandbox mini, 8 seconds, for 4 credits' }).click();
    await page.locator('.slate', { hasText: '854 × 480' }).waitFor();
    expect(await left('max')).toBe(56);
    expect(errors).toEqual([]);
    await page.context().close();
  });
});
