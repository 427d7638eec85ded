// Every command as a form, made from its declared fields.
import { typable } from './complete.js';
import { ask, byId, el, newId, Refused, say, studio, threadPath } from './dom.js';

/** @typedef {import('./dom.js').Field} Field */

const panel = byId('form-panel', HTMLDialogElement);
const choice = byId('form-command', HTMLSelectElement);
const trouble = byId('form-trouble', HTMLElement);
let requestId = '';

/** @param {Field} field */
function control(field) {
  const shared = { name: field.name, id: `field-${field.name}`, required: field.required };
  if (field.choices) {
    const any = field.required ? [] : [el('option', { value: '' }, say('form.any'))];
    return el('select', shared, ...any, ...field.choices.map(({ value, label }) => el('option', { value }, label)));
  }
  if (field.kind === 'image') return el('input', { ...shared, type: 'file', accept: 'image/*' });
  if (field.kind === 'boolean') return el('input', { ...shared, required: false, type: 'checkbox', value: 'yes' });
  if (field.kind === 'integer') {
    const { min, max, value } = field;
    return el('input', { ...shared, type: 'number', inputmode: 'numeric', min, max, value, list: listOf(field) });
  }
  if (field.kind === 'text' && (field.multiline || (field.max ?? 0) > 200)) {
    return el('textarea', { ...shared, rows: 3, maxlength: field.max });
  }
  return el('input', { ...shared, type: 'text', maxlength: field.max, list: listOf(field) });
}

/** @param {Field} field */
const listOf = (field) => (field.suggest.length > 0 && field.kind !== 'boolean' ? `list-${field.name}` : undefined);

/** @param {Field} field */
function row(field) {
  const made = el(
    'label',
    { class: field.kind === 'boolean' ? 'field tick' : 'field', for: `field-${field.name}` },
    el('span', {}, field.label),
    control(field),
  );
  if (field.hint) made.append(el('small', {}, field.hint));
  if (listOf(field)) {
    made.append(el('datalist', { id: `list-${field.name}` }, ...field.suggest.map((value) => el('option', { value }))));
  }
  return made;
}

function show() {
  const command = studio.commands.find((one) => one.command === choice.value);
  if (!command) return;
  trouble.textContent = '';
  byId('form-summary', HTMLElement).textContent = command.summary;
  const more = command.fields.filter(({ advanced }) => advanced).map(row);
  const rows = command.fields.filter(({ advanced }) => !advanced).map(row);
  if (more.length > 0) rows.push(el('details', {}, el('summary', {}, say('form.more')), ...more));
  byId('form-fields', HTMLElement).replaceChildren(...rows);
}

/** @param {FormData} given */
function bodyOf(given) {
  const body = new FormData();
  /** @type {Record<string, string>} */
  const values = {};
  for (const [name, value] of given) {
    if (typeof value === 'string') {
      if (value !== '') values[name] = value;
    } else if (value.size > 0) body.append(name, value);
  }
  body.append('command', choice.value);
  body.append('values', JSON.stringify(values));
  body.append('id', requestId);
  body.append('ask', 'true');
  return body;
}

/** @param {string | undefined} field */
function mark(field) {
  for (const one of panel.querySelectorAll('[aria-invalid]')) one.removeAttribute('aria-invalid');
  const wrong = field === undefined ? null : document.getElementById(`field-${field}`);
  wrong?.setAttribute('aria-invalid', 'true');
  wrong?.closest('details')?.setAttribute('open', '');
  wrong?.focus();
}

/** @param {() => void} sent */
export function startForm(sent) {
  choice.append(
    ...studio.commands.filter(typable).map((one) => el('option', { value: one.command }, `/${one.command}`)),
  );
  choice.addEventListener('change', show);
  byId('open-form', HTMLButtonElement).addEventListener('click', () => {
    requestId = newId();
    show();
    panel.showModal();
  });
  byId('form-close', HTMLButtonElement).addEventListener('click', () => panel.close());
  const form = byId('form', HTMLFormElement);
  form.addEventListener('input', () => {
    requestId = newId();
    trouble.textContent = '';
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      await ask(`${threadPath()}/calls`, bodyOf(new FormData(form)));
      mark(undefined);
      panel.close();
      sent();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      trouble.textContent = error.message;
      mark(error.field);
    }
  });
}
