import { expect } from 'vitest';
import { createMetrics } from '../../src/metrics.ts';

/** What a pattern's first group finds in a text, each once, sorted. */
export const found = (text: string, pattern: RegExp): string[] =>
  [...new Set([...text.matchAll(pattern)].map(([whole, group]) => group ?? whole))].sort();

/** The cells of the table whose first column has this name, row by row. */
export function rowsOf(doc: string, first: string): string[][] {
  const lines = doc.split('\n');
  const at = lines.findIndex((line) => line.startsWith(`| ${first} |`));
  if (at < 0) throw new Error(`no table begins with ${first}`);
  const end = lines.findIndex((line, index) => index > at && !line.startsWith('|'));
  return lines.slice(at + 2, end < 0 ? undefined : end).map((line) => line.slice(2, -2).split(' | '));
}

/** Every metric that the document names is there, with the labels that it gives it; and it names all of a chat's. */
export async function expectMetrics(doc: string, platform: 'discord' | 'slack'): Promise<void> {
  const metrics = createMetrics();
  metrics.acknowledged(platform, 'call', 0.1);
  metrics.limited(platform);
  metrics.watchChat(platform, () => true);
  const text = await metrics.text();
  const there = found(text, /^# TYPE (dailies_\w+) /gm);
  const named = found(doc, /\bdailies_[a-z_]+\b/g);
  expect(named.filter((name) => !there.includes(name))).toEqual([]);
  expect(there.filter((name) => name.startsWith('dailies_chat_') && !named.includes(name))).toEqual([]);
  for (const [, name, labels = ''] of doc.matchAll(/\b(dailies_\w+)\{([^}]*)\}/g)) {
    const samples = text.split('\n').filter((line) => line.startsWith(name ?? ''));
    for (const label of labels.split(',').map((one) => one.split('=')[0])) {
      expect(
        samples.some((line) => line.includes(`${label}="`)),
        `${name} ${label}`,
      ).toBe(true);
    }
  }
}
