import type { Block } from './blocks.ts';
import { checkElement } from './check-elements.ts';
import { createReport, either, plain, type Report } from './check-texts.ts';

type Surface = 'message' | 'modal' | 'home';

const both: readonly Surface[] = ['message', 'modal', 'home'];
const surfaces: Record<string, readonly Surface[]> = {
  ...{ section: both, actions: both, context: both, divider: both, header: both, image: both, rich_text: both },
  ...{ input: both, video: both, markdown: ['message'], file: ['message'], context_actions: ['message'] },
};

function checkSection(block: Block, at: string, report: Report): void {
  if (block.text === undefined && block.fields === undefined) report.add('must provide text or fields', at);
  if (block.text !== undefined) report.text(block.text, 3000, `${at}/text`, either);
  if (block.fields !== undefined) report.items(block.fields, 10, `${at}/fields`);
  for (const [index, field] of (block.fields ?? []).entries())
    report.text(field, 2000, `${at}/fields/${index}`, either, 0);
  if (block.accessory) checkElement(block.accessory, `${at}/accessory`, 'section', new Set(), report);
}

function checkInput(block: Block, at: string, report: Report): void {
  report.text(block.label, 2000, `${at}/label`);
  if (block.hint !== undefined) report.text(block.hint, 2000, `${at}/hint`);
  if (block.element === undefined) report.add('missing required field: element', at);
  else checkElement(block.element, `${at}/element`, 'input', new Set(), report);
}

const checks: Record<string, (block: Block, at: string, report: Report) => void> = {
  section: checkSection,
  input: checkInput,
  header: (block, at, report) => report.text(block.text, 150, `${at}/text`, plain),
  markdown: (block, at, report) => report.length(block.text, 12_000, `${at}/text`),
  actions(block, at, report) {
    report.items(block.elements, 25, `${at}/elements`);
    const ids = new Set<string>();
    for (const [index, element] of (block.elements ?? []).entries())
      checkElement(element, `${at}/elements/${index}`, 'actions', ids, report);
  },
  context(block, at, report) {
    report.items(block.elements, 10, `${at}/elements`);
    for (const [index, element] of (block.elements ?? []).entries())
      if (element?.type !== 'image') report.text(element, 3000, `${at}/elements/${index}`, either);
  },
  image(block, at, report) {
    report.length(block.alt_text, 2000, `${at}/alt_text`);
    if (block.image_url === undefined && block.slack_file === undefined)
      report.add('missing required field: image_url', at);
    if (block.image_url !== undefined) report.length(block.image_url, 3000, `${at}/image_url`);
    if (block.title !== undefined) report.text(block.title, 2000, `${at}/title`);
  },
  rich_text: (block, at, report) => report.items(block.elements, 1000, `${at}/elements`),
};

function checkBlock(block: Block, at: string, on: Surface, ids: Set<string>, report: Report): void {
  const type = block?.type;
  if (!surfaces[type]?.includes(on)) {
    report.add(`unsupported type: ${type}`, at);
    return;
  }
  if (block.block_id !== undefined) {
    report.length(block.block_id, 255, `${at}/block_id`);
    if (ids.has(block.block_id)) report.add('block_id must be unique', `${at}/block_id`);
    ids.add(block.block_id);
  }
  const file = block.type === 'input' && block.element?.type === 'file_input';
  if (file && on !== 'modal') report.add('unsupported type: file_input', `${at}/element`);
  checks[type]?.(block, at, report);
}

/** What Slack has against blocks, in its words; at most 50 of them in a message, 100 in a view. */
export function checkBlocks(blocks: unknown, on: Surface, at = '/blocks', report = createReport()): string[] {
  const ids = new Set<string>();
  report.items(blocks, on === 'message' ? 50 : 100, at, on === 'message' ? 0 : 1);
  if (!Array.isArray(blocks)) return report.messages;
  for (const [index, block] of blocks.entries()) checkBlock(block, `${at}/${index}`, on, ids, report);
  return report.messages;
}
