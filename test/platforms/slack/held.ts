import { expect } from 'vitest';
import type { Message } from '../../../platforms/slack/blocks.ts';
import { limits } from '../../../platforms/slack/limits.ts';
import { checkBlocks } from '../../support/slack/check-blocks.ts';

interface Part {
  type?: string;
  text?: unknown;
  elements?: Part[];
  action_id?: string;
  value?: string;
}
const lettersOf = (part: Part): string =>
  typeof part.text === 'string' ? part.text : String((part.text as Part | undefined)?.text ?? '');

/** What of a block is beyond a limit. */
function beyond({ type, elements = [], ...block }: Part): string[] {
  const most: [string, number, number][] = [];
  const add = (what: string, is: number, limit: number) => void most.push([what, is, limit]);
  if (type === 'section') add('section', lettersOf(block).length, limits.section);
  if (type === 'header') add('header', lettersOf(block).length, limits.header);
  if (type === 'context') add('elements', elements.length, limits.contextElements);
  if (type === 'context') for (const one of elements) add('element', lettersOf(one).length, limits.section);
  if (type === 'actions') add('buttons', elements.length, limits.rowButtons);
  if (type === 'actions') {
    for (const one of elements) {
      add('button', lettersOf(one).length, limits.button);
      add('action_id', (one.action_id ?? '').length, limits.actionId);
      add('value', (one.value ?? '').length, limits.buttonValue);
    }
  }
  return most.filter(([, is, limit]) => is > limit).map(([what, is, limit]) => `${type}: ${what}: ${is} of ${limit}`);
}

/** Holds blocks against all limits: the ones that this room keeps, and what the tests' Slack has against them. */
export function expectWithin(blocks: readonly object[], on: 'message' | 'modal' | 'home' = 'message'): void {
  expect(blocks.length).toBeLessThanOrEqual(on === 'message' ? limits.blocks : limits.viewBlocks);
  expect((blocks as Part[]).flatMap(beyond)).toEqual([]);
  expect(checkBlocks(blocks, on)).toEqual([]);
}

/** The same for a message, with the words that stand for it: Slack takes 4,000 letters of them in an edit. */
export function expectMessage({ text, blocks }: Message): void {
  expectWithin(blocks);
  expect(text.length).toBeGreaterThan(0);
  expect(text.length).toBeLessThanOrEqual(4_000);
}

/** Every text that blocks show, with nothing between. */
export function shownIn(value: unknown): string {
  if (Array.isArray(value)) return value.map(shownIn).join('');
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([name, one]) => (name === 'text' && typeof one === 'string' ? one : shownIn(one)))
    .join('');
}

/** That a text is whole, or says by an ellipsis that it is not. */
export function expectWholeOrSaid(shown: string, text: string): void {
  if (shown === text) return;
  expect(shown).toMatch(/…$/u);
  expect(text.startsWith(shown.slice(0, -1))).toBe(true);
}
