/** Makes docs/studio.png: starts the program on a folder of its own, asks for films as a member would, and takes the picture. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProgram, freePort } from '../test/chaos/program.ts';
import { findBrowser, launchBrowser } from '../test/support/browser.ts';

const path = findBrowser();
if (path === undefined) throw new Error('A picture needs Chromium on the PATH.');
const dir = await mkdtemp(join(tmpdir(), 'dailies-screenshot-'));
const program = createProgram(dir, await freePort());
await program.start();
const browser = await launchBrowser(path);
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1240 }, deviceScaleFactor: 1.5 });
  await page.goto(`${program.base}/t/welcome?as=ada`);
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
  const target = join(import.meta.dirname, '..', 'docs', 'studio.png');
  await page.waitForTimeout(1_200);
  await page.screenshot({ path: target });
  process.stdout.write(`${target}\n`);
} finally {
  await browser.close();
  await program.kill();
  await rm(dir, { recursive: true, force: true });
}
