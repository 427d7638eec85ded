// Every command as a form, made from its declared fields.
import { typable } from './complete.js';
import { ask, byId, el, newId, Refused, say, studio, threadPath } from './dom.js';
import { markWrong, row } from './fields.js';

const panel = byId('form-panel', HTMLDialogElement);
const choice = byId('form-command', HTMLSelectElement);
const trouble = byId('form-trouble', HTMLElement);
let requestId = '';
/** The command of the button that opened the form, where one did, and what it carries, which has no place in it. @type {string | undefined} */
let pressed;
/** @type {Record<string, string>} */
let carried = {};

const asked = () => pressed ?? choice.value;

function show() {
  const command = studio.commands.find((one) => one.command === asked());
  if (!command) return;
  trouble.textContent = '';
  byId('form-summary', HTMLElement).textContent = command.summary;
  const fields = command.fields.filter(({ name }) => carried[name] === undefined);
  const more = fields.filter(({ advanced }) => advanced).map((one) => row(one, 'field'));
  const rows = fields.filter(({ advanced }) => !advanced).map((one) => row(one, 'field'));
  if (more.length > 0) rows.push(el('details', {}, el('summary', {}, say('form.more')), ...more));
  byId('form-fields', HTMLElement).replaceChildren(...rows);
}

/** @param {FormData} given */
function bodyOf(given) {
  const body = new FormData();
  /** @type {Record<string, string>} */
  const values = { ...carried };
  for (const [name, value] of given) {
    if (typeof value === 'string') {
      if (value !== '') values[name] = value;
    } else if (value.size > 0) body.append(name, value);
  }
  body.append('command', asked());
  body.append('values', JSON.stringify(values));
  body.append('id', requestId);
  body.append('ask', 'true');
  return body;
}

/**
 * @param {string | undefined} path
 * @param {Record<string, string>} given
 */
function open(path, given) {
  pressed = path;
  carried = given;
  byId('form-choice', HTMLElement).hidden = path !== undefined;
  requestId = newId();
  show();
  panel.showModal();
}

/**
 * Opens the form of a pressed button's command where it lacks what has to be there; false where there is no need.
 * @param {string} path
 * @param {Record<string, string>} given
 */
export function askByForm(path, given) {
  const command = studio.commands.find((one) => one.command === path);
  const lacks = command?.fields.some(({ name, required }) => required && given[name] === undefined);
  if (!lacks || !command?.surfaces.includes('form')) return false;
  open(path, given);
  return true;
}

/** @param {() => void} sent */
export function startForm(sent) {
  const offered = studio.commands.filter(typable);
  choice.append(...offered.map((one) => el('option', { value: one.command }, `/${one.command}`)));
  choice.addEventListener('change', show);
  byId('open-form', HTMLButtonElement).addEventListener('click', () => open(undefined, {}));
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
      markWrong(form, undefined);
      panel.close();
      sent();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      trouble.textContent = error.message;
      markWrong(form, error.field);
    }
  });
}
