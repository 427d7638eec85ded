import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

/** Pages of a studio, each in a context of its own; what they complain about is collected, and looked at when one is closed. */
export function createPages(browser: () => Browser, url: () => string) {
  const errors: string[] = [];
  return {
    async open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
      const page = await (await browser().newContext({ locale: 'en-GB', ...options })).newPage();
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => {
        if (/Content Security Policy|violates/.test(message.text())) errors.push(message.text());
      });
      await page.goto(url() + path);
      await page.waitForSelector('#channels a', { state: 'attached' });
      return page;
    },
    async close(page: Page): Promise<void> {
      await page.context().close();
      expect(errors).toEqual([]);
    },
  };
}
