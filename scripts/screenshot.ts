/**
 * Makes the pictures in docs/: starts the program on a folder of its own, asks for films and gives credits as members and managers would,
 * and takes them. `npm run screenshot -- quota` makes one of them, `-- challenge` those of the pages of challenges and of a season;
 * `-- --all DIR` all but the studio's, narrow and dark too, those of pages into DIR.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { createPots } from '../src/desk/pots.ts';
import { spaceKey } from '../src/domain/origin.ts';
import { windowAt } from '../src/domain/policy.ts';
import { createStore } from '../src/media/store.ts';
import { createProgram, freePort } from '../test/chaos/program.ts';
import { findBrowser, launchBrowser } from '../test/support/browser.ts';
import { endedWith, filmsOf, servePages, viewOf } from '../test/support/challenge-views.ts';
import { startRedis } from '../test/support/redis.ts';
import { seasonViewOf } from '../test/support/season-views.ts';
import { until } from '../test/support/until.ts';

const docs = join(import.meta.dirname, '..', 'docs');
const narrow: BrowserContextOptions = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 1 };

interface Shot {
  browser: Browser;
  program: ReturnType<typeof createProgram>;
  /** What the program keeps things in. */
  redis: Awaited<ReturnType<typeof startRedis>>;
}

type Call = (member: string, command: string, values: Record<string, string | number>) => Promise<void>;

/** A call of a member, in a thread of films. */
const caller =
  ({ program }: Shot): Call =>
  async (member, command, values) => {
    const body = JSON.stringify({ command, values, id: JSON.stringify(values) });
    const headers = { 'X-Member': member };
    const answer = await program.api('/api/threads/rainy-week/calls', { method: 'POST', body, headers });
    if (!answer.ok) throw new Error(`${command}: ${await answer.text()}`);
  };

async function openPage({ browser, program }: Shot, path: string, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB', deviceScaleFactor: 1.5, ...options });
  const page = await context.newPage();
  await page.goto(program.base + path);
  await page.locator('#channels a').first().waitFor({ state: 'attached' });
  return page;
}

async function studio(shot: Shot): Promise<void> {
  const page = await openPage(shot, '/t/welcome?as=ada', { viewport: { width: 1280, height: 1240 } });
  const composer = page.locator('#line');
  await composer.fill('/video a paper boat drifting down a rainy street');
  await composer.press('Enter');
  const film = page.locator('video').first();
  await film.waitFor({ timeout: 30_000 });
  await film.evaluate(async (video: { currentTime: number; readyState: number }) => {
    video.currentTime = 2;
    while (video.readyState < 2) await new Promise((resolve) => setTimeout(resolve, 50));
  });
  await composer.fill('/video a lighthouse in fog, seen from a small boat seconds:8');
  await composer.press('Enter');
  await page.getByRole('progressbar').first().waitFor({ timeout: 15_000 });
  await page.waitForTimeout(1_200);
  await page.screenshot({ path: join(docs, 'studio.png') });
}

/** Films in several states, credits that were granted, a pot and blocks. */
async function furnish(shot: Shot): Promise<void> {
  const call = caller(shot);
  const films: [string, string, number][] = [
    ['ada', 'a paper boat drifting down a rainy street', 4],
    ['lin', 'a lighthouse waking up in the fog', 4],
    ['mira', 'a fox crossing fresh snow at dusk', 4],
    ['jun', 'a tram at night, seen from above', 8],
    ['ada', 'fail please: a storm over the harbour', 4],
    ['teo', 'ink spreading in a glass of water', 4],
  ];
  await call('boss', 'admin credits grant', { member: 'ada', credits: 25, days: 7, reason: 'won the rainy week' });
  await call('boss', 'admin credits grant', { member: 'ada', credits: 10, reason: 'for the trailer' });
  await call('boss', 'admin credits grant', { member: 'mira', credits: 20, days: 14, reason: 'a first storyboard' });
  await call('boss', 'admin credits revoke', { member: 'mira', credits: 5, reason: 'granted twice' });
  await call('boss', 'admin block add', { phrase: 'free coins', reason: 'spam' });
  await call('boss', 'admin block add', { member: 'adbot', reason: 'asked for the same film all night' });
  for (const [member, prompt, seconds] of films) await call(member, 'video', { prompt, seconds });
  const settled = async () => {
    const lists = await Promise.all(
      [...new Set(films.map(([member]) => member))].map(async (member) => {
        const answer = await shot.program.api('/api/jobs', { headers: { 'X-Member': member } });
        return (await answer.json()) as { state: string }[];
      }),
    );
    return lists.flat().filter(({ state }) => state === 'delivered' || state === 'failed').length >= 3;
  };
  await until('the first films are made', settled, 120_000);
  const pots = createPots(shot.redis.connect());
  const space = spaceKey({ platform: 'web', space: 'studio' });
  const about = { title: 'The rainy week', for: { kind: 'thread', channel: 'general', thread: 'rainy-week' } } as const;
  const pot = await pots.open(space, 'pot', { ...about, by: 'lin', deadline: Date.now() + 7 * 86_400_000 });
  const terms = { window: windowAt(Date.now(), 'week', 'UTC'), allowance: 60 };
  await pots.pledge(space, 'pledge', { pot, member: 'ada', credits: 12, terms });
  for (const [member, prompt] of [
    ['ada', 'the boat reaches the sea'],
    ['jun', 'rain on a tin roof, close'],
    ['mira', 'the fox looks back once'],
  ] as const) {
    await call(member, 'video', { prompt, seconds: 8 });
  }
}

async function quota(shot: Shot, path: string, options: BrowserContextOptions): Promise<void> {
  const page = await openPage(shot, '/t/rainy-week?as=ada', options);
  await page.click('#quota');
  await page.locator('.split').waitFor();
  await page.screenshot({ path });
  await page.context().close();
}

async function admin(shot: Shot, path: string, section: string, options: BrowserContextOptions): Promise<void> {
  const page = await openPage(shot, '/t/rainy-week?as=boss', options);
  if (await page.locator('#menu').isVisible()) await page.click('#menu');
  await page.click('#open-admin');
  await page.click(`#admin-tab-${section}`);
  await page.locator('.answer > *, .deed').first().waitFor();
  await page.waitForTimeout(400);
  await page.screenshot({ path });
  await page.context().close();
}

/** Films of five members, by the paths that their pages have. */
async function filmed(shot: Shot): Promise<string[]> {
  const call = caller(shot);
  const films = [
    ['mira', 'a paper boat drifting down a rainy street'],
    ['ada', 'a snail crossing wet stone, very close'],
    ['jun', 'a tram at night, seen through a rainy window'],
    ['teo', 'a red umbrella alone on a square'],
    ['lin', 'a lighthouse keeps turning in the storm'],
  ] as const;
  for (const [member, prompt] of films) await call(member, 'video', { prompt, seconds: 4 });
  let paths: string[] = [];
  const made = async (): Promise<boolean> => {
    const answer = await shot.program.api('/api/threads/rainy-week/messages');
    const messages = (await answer.json()) as { video?: { url: string } }[];
    paths = messages.flatMap(({ video }) => (video ? [video.url] : []));
    return paths.length >= films.length;
  };
  await until('the films are made', made, 180_000);
  return paths;
}

/** The page of a challenge before, during and after its vote, wide and narrow. */
async function challenge(shot: Shot, dir: string, into: string): Promise<void> {
  const films = filmsOf(await filmed(shot));
  const drawn = join(docs, '..', 'platforms', 'web', 'public', 'try-1.svg');
  const bytes = await sharp(drawn, { density: 360 }).png().toBuffer();
  const picture = `/media/${await createStore(join(dir, 'media')).put(bytes, 'png')}`;
  const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
  const seal = hashOf('seal');
  const views = {
    before: viewOf({ phase: 'open', count: 3 }, { picture }),
    voting: viewOf({ phase: 'voting', count: films.length, films }, { seal }),
    ended: viewOf(
      { ...endedWith(films), hash: hashOf('tally'), season: { id: 'sabcdefgh', name: 'Autumn' } },
      { seal },
    ),
  };
  for (const [name, view] of Object.entries(views)) {
    const pages = await servePages({ challenge: async () => view }, (file) => join(dir, 'media', file));
    await shotOf(shot, `${pages.url}/c/${view.id}`, join(into, `challenge-${name}`));
    await pages.close();
  }
}

/** The page of a season, wide and narrow. */
async function season(shot: Shot, into: string): Promise<void> {
  const view = seasonViewOf({ closes: Date.UTC(2026, 11, 20, 17) });
  const pages = await servePages({ season: async () => view }, (file) => file);
  await shotOf(shot, `${pages.url}/s/${view.id}`, join(into, 'season'));
  await pages.close();
}

/** A page as it is read without scripts, by day and wide, and by night on a phone. */
async function shotOf({ browser }: Shot, url: string, to: string): Promise<void> {
  for (const [suffix, options] of [
    ['', { viewport: { width: 1180, height: 900 } }],
    ['-phone', { viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: 'dark' }],
  ] as const) {
    const context = await browser.newContext({ deviceScaleFactor: 1, javaScriptEnabled: false, ...options });
    const page = await context.newPage();
    await page.goto(url, { waitUntil: 'load' });
    const drawn = "[...document.querySelectorAll('video')].every((one) => one.readyState >= 2)";
    await until('the first frames', () => page.evaluate<boolean>(drawn), 30_000);
    // A film that was never in sight is painted black.
    const height = await page.evaluate<number>('document.documentElement.scrollHeight');
    await page.setViewportSize({ width: options.viewport.width, height });
    await page.waitForTimeout(800);
    await page.screenshot({ path: `${to}${suffix}.png`, fullPage: true });
    await context.close();
  }
}

const path = findBrowser();
if (path === undefined) throw new Error('A picture needs Chromium on the PATH.');
const [, , only, into] = process.argv;
const wants = (name: string) => only === undefined || only === name || (only === '--all' && name !== 'studio');
const dir = await mkdtemp(join(tmpdir(), 'dailies-screenshot-'));
const redis = await startRedis('single');
const env = { REDIS_URL: redis.url, MANAGERS: 'boss', TIME_ZONE: 'UTC' };
const program = createProgram(dir, await freePort(), env);
await program.start();
const browser = await launchBrowser(path);
const shot = { browser, program, redis };
try {
  if (wants('studio')) await studio(shot);
  if (wants('quota') || wants('admin')) await furnish(shot);
  const wide = { viewport: { width: 1120, height: 820 } };
  if (wants('quota')) await quota(shot, join(docs, 'quota.png'), { viewport: { width: 820, height: 860 } });
  if (wants('admin')) await admin(shot, join(docs, 'admin.png'), 'films', wide);
  if (wants('challenge')) {
    await season(shot, into ?? docs);
    await challenge(shot, dir, into ?? docs);
  }
  if (only === '--all' && into !== undefined) {
    await quota(shot, join(into, 'quota-narrow.png'), narrow);
    await quota(shot, join(into, 'quota-dark.png'), { ...wide, colorScheme: 'dark' });
    for (const section of ['month', 'credits', 'films', 'blocks', 'trail']) {
      await admin(shot, join(into, `admin-${section}.png`), section, wide);
      await admin(shot, join(into, `admin-${section}-narrow.png`), section, { ...narrow, colorScheme: 'dark' });
    }
  }
} finally {
  await browser.close();
  await program.kill();
  await redis.close();
  await rm(dir, { recursive: true, force: true });
}
