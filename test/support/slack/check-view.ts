import type { View } from './blocks.ts';
import { checkBlocks } from './check-blocks.ts';
import { createReport } from './check-texts.ts';

/** What Slack has against a view, in its words. */
export function checkView(value: unknown, type: 'modal' | 'home', at = '/view'): string[] {
  const report = createReport();
  if (typeof value !== 'object' || value === null) return [`must provide an object [json-pointer:${at}]`];
  const view = value as View;
  if (view.type !== type) report.add(`unsupported type: ${view.type}`, `${at}/type`);
  if (type === 'modal') {
    report.text(view.title, 24, `${at}/title`);
    if (view.submit !== undefined) report.text(view.submit, 24, `${at}/submit`);
    if (view.close !== undefined) report.text(view.close, 24, `${at}/close`);
  }
  if (view.private_metadata !== undefined) report.length(view.private_metadata, 3000, `${at}/private_metadata`, 0);
  if (view.callback_id !== undefined) report.length(view.callback_id, 255, `${at}/callback_id`, 0);
  if (view.external_id !== undefined) report.length(view.external_id, 255, `${at}/external_id`, 0);
  checkBlocks(view.blocks, type, `${at}/blocks`, report);
  const inputs = Array.isArray(view.blocks) && view.blocks.some((block) => block?.type === 'input');
  if (type === 'modal' && inputs && view.submit === undefined)
    report.add('submit must be defined when an input block is in blocks', at);
  return report.messages;
}
