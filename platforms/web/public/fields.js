// A command's declared fields as labelled controls.
import { el, say } from './dom.js';

/** @typedef {import('./dom.js').Field} Field */

/** @param {Field} field */
const isListed = (field) => field.suggest.length > 0 && field.kind !== 'boolean';

/**
 * @param {Field} field
 * @param {string} id
 * @param {boolean} either whether no is an answer of its own, beside saying nothing
 */
function control(field, id, either) {
  const shared = { name: field.name, id, required: field.required };
  const list = isListed(field) ? `${id}-list` : undefined;
  const boolean = field.kind === 'boolean';
  const answers = ['yes', 'no'].map((value) => ({ value, label: say(`form.${value}`) }));
  const choices = field.choices ?? (boolean && either ? answers : undefined);
  if (choices) {
    const any = field.required ? [] : [el('option', { value: '' }, say('form.any'))];
    return el('select', shared, ...any, ...choices.map(({ value, label }) => el('option', { value }, label)));
  }
  if (field.kind === 'image') return el('input', { ...shared, type: 'file', accept: 'image/*' });
  if (boolean) return el('input', { ...shared, required: false, type: 'checkbox', value: 'yes' });
  if (field.kind === 'integer') {
    const { min, max, value } = field;
    return el('input', { ...shared, type: 'number', inputmode: 'numeric', min, max, value, list });
  }
  if (field.kind === 'text' && (field.multiline || (field.max ?? 0) > 200)) {
    return el('textarea', { ...shared, rows: 3, maxlength: field.max });
  }
  return el('input', { ...shared, type: 'text', maxlength: field.max, list });
}

/**
 * A field with its label; `under` is what its id begins with.
 * @param {Field} field
 * @param {string} under
 * @param {boolean} either
 */
export function row(field, under, either = false) {
  const id = `${under}-${field.name}`;
  const tick = field.kind === 'boolean' && !either;
  const made = el('label', { class: tick ? 'field tick' : 'field', for: id }, el('span', {}, field.label));
  made.append(control(field, id, either));
  if (field.hint) made.append(el('small', {}, field.hint));
  if (isListed(field)) {
    made.append(el('datalist', { id: `${id}-list` }, ...field.suggest.map((value) => el('option', { value }))));
  }
  return made;
}

/**
 * Marks the field that was refused, and goes to it.
 * @param {HTMLFormElement} form
 * @param {string | undefined} field
 */
export function markWrong(form, field) {
  for (const one of form.querySelectorAll('[aria-invalid]')) one.removeAttribute('aria-invalid');
  const wrong = field === undefined ? null : form.elements.namedItem(field);
  if (!(wrong instanceof HTMLElement)) return;
  wrong.setAttribute('aria-invalid', 'true');
  wrong.closest('details')?.setAttribute('open', '');
  wrong.focus();
}
