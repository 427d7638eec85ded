import type { Element, Option } from './blocks.ts';
import { optionsOf } from './blocks.ts';
import { either, plain, type Report } from './check-texts.ts';

const selects = /^(multi_)?(static|external|users|conversations|channels)_select$/;
const pickers = ['datepicker', 'timepicker', 'datetimepicker'];
const typed = ['plain_text_input', 'number_input', 'email_text_input', 'url_text_input', 'rich_text_input'];
const boxes = ['checkboxes', 'radio_buttons', 'overflow'];

/** Elements of each kind of block. */
const allowed: Record<string, (type: string) => boolean> = {
  input: (type) =>
    typed.includes(type) || selects.test(type) || pickers.includes(type) || type === 'file_input' || isBox(type),
  actions: (type) =>
    ['button', 'workflow_button', 'icon_button', ...boxes, ...pickers].includes(type) ||
    (selects.test(type) && !type.startsWith('multi_')),
  section: (type) => ['button', 'workflow_button', 'image', ...boxes, ...pickers].includes(type) || selects.test(type),
};
const isBox = (type: string) => type === 'checkboxes' || type === 'radio_buttons';

function checkOption(option: Option, at: string, box: boolean, report: Report): void {
  report.text(option?.text, 75, `${at}/text`, box ? either : plain);
  if (option?.value === undefined) report.add('missing required field: value', at);
  else report.length(option.value, 150, `${at}/value`);
  if (option?.description !== undefined) report.text(option.description, 75, `${at}/description`, box ? either : plain);
}

function checkOptions(element: Element, at: string, report: Report): void {
  const box = element.type === 'checkboxes' || element.type === 'radio_buttons';
  const most = element.type === 'overflow' ? 5 : box ? 10 : 100;
  if (!element.option_groups) report.items(element.options, most, `${at}/options`);
  else report.items(element.option_groups, 100, `${at}/option_groups`);
  for (const [index, group] of (element.option_groups ?? []).entries()) {
    report.text(group.label, 75, `${at}/option_groups/${index}/label`);
    report.items(group.options, 100, `${at}/option_groups/${index}/options`);
  }
  const options = optionsOf(element);
  for (const [index, option] of options.entries()) checkOption(option, `${at}/options/${index}`, box, report);
  const initial = [element.initial_option, ...(element.initial_options ?? [])].filter((one) => one !== undefined);
  for (const one of initial)
    if (!options.some(({ value, text }) => value === one.value && text.text === one.text?.text))
      report.add('initial option must be one of the options', at);
}

function checkInput(element: Element, at: string, report: Report): void {
  const { initial_value, min_length, max_length } = element;
  if (initial_value !== undefined) report.length(initial_value, 3000, `${at}/initial_value`, 0);
  if (min_length !== undefined && !(min_length >= 0 && min_length <= 3000))
    report.add('must be between 0 and 3000', `${at}/min_length`);
  if (max_length !== undefined && !(max_length >= 1 && max_length <= 3000))
    report.add('must be between 1 and 3000', `${at}/max_length`);
  if (initial_value !== undefined && max_length !== undefined && initial_value.length > max_length)
    report.add('initial_value is longer than max_length', `${at}/initial_value`);
}

function checkButton(element: Element, at: string, report: Report): void {
  report.text(element.text, 75, `${at}/text`);
  if (element.value !== undefined) report.length(element.value, 2000, `${at}/value`);
  if (element.url !== undefined) report.length(element.url, 3000, `${at}/url`);
  if (element.style !== undefined && !['primary', 'danger'].includes(String(element.style)))
    report.add('must be one of primary, danger', `${at}/style`);
}

/** An interactive element; `ids` are the action_ids of its block so far. */
export function checkElement(element: Element, at: string, kind: string, ids: Set<string>, report: Report): void {
  const type = element?.type;
  if (typeof type !== 'string' || !allowed[kind]?.(type)) {
    report.add(`unsupported type: ${type}`, at);
    return;
  }
  if (type === 'image') {
    report.length(element.alt_text, 2000, `${at}/alt_text`);
    return;
  }
  if (element.action_id !== undefined) {
    report.length(element.action_id, 255, `${at}/action_id`);
    if (ids.has(element.action_id)) report.add('action_id must be unique', `${at}/action_id`);
    ids.add(element.action_id);
  }
  if (element.placeholder !== undefined) report.text(element.placeholder, 150, `${at}/placeholder`);
  if (type === 'button') checkButton(element, at, report);
  if (/^(multi_)?static_select$/.test(type) || boxes.includes(type)) checkOptions(element, at, report);
  if (typed.includes(type)) checkInput(element, at, report);
  if (type === 'number_input' && typeof element.is_decimal_allowed !== 'boolean')
    report.add('missing required field: is_decimal_allowed', at);
  if (type === 'file_input') {
    const { max_files = 10, filetypes } = element;
    if (!(max_files >= 1 && max_files <= 10)) report.add('must be between 1 and 10', `${at}/max_files`);
    if (filetypes !== undefined) report.items(filetypes, 100, `${at}/filetypes`);
  }
}
