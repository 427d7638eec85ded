// For those who run the studio: its commands as sections with forms, and their answers. The server lets nobody else do any of it.
import { ask, button, byId, carriedBy, currentMember, el, newId, Refused, say, studio, threadPath } from './dom.js';
import { markWrong, row } from './fields.js';
import { partOf } from './message.js';
import { rowDeeds, sections } from './sections.js';

/** @typedef {import('./sections.js').Section} Section */
/** @typedef {import('./dom.js').Part} Part */
/** @typedef {Record<string, string>} Values */

const panel = byId('admin-panel', HTMLDialogElement);
const opener = byId('open-admin', HTMLButtonElement);

/** @param {string} path */
const described = (path) => studio.commands.find(({ command }) => command === path);
/** The last word of a command's path, which names its button. @param {string} path */
const verb = (path) => path.split(' ').at(-1) ?? '';

/**
 * Asks for a command; its answer comes back here and goes nowhere else. A deed whose answer was lost keeps its id for the next try.
 * @param {string} command
 */
function caller(command) {
  let [id, asked] = ['', ''];
  return async (/** @type {Values} */ values) => {
    const what = JSON.stringify([currentMember(), values]);
    if (what !== asked) [id, asked] = [newId(), what];
    try {
      const { reply } = await ask(`${threadPath()}/calls`, { command, values, id, quiet: true });
      asked = '';
      return /** @type {{ parts: Part[], text: string }} */ (reply);
    } catch (error) {
      if (error instanceof Refused && !error.lost) asked = '';
      throw error;
    }
  };
}

/**
 * A command as a form; `done` gets its values and its answer.
 * @param {string} path
 * @param {string} label of its button
 * @param {(values: Values, parts: Part[]) => void} done
 */
function formOf(path, label, done) {
  const fields = described(path)?.fields ?? [];
  const under = `admin-${path.replaceAll(' ', '-')}`;
  const trouble = el('div', { class: 'trouble', role: 'alert' });
  const send = el('button', { class: 'button' }, label);
  const grid = el('div', { class: 'grid' }, ...fields.map((field) => row(field, under, true)), send);
  const form = /** @type {HTMLFormElement} */ (el('form', { autocomplete: 'off' }, grid, trouble));
  const call = caller(path);
  let turn = 0;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const mine = ++turn;
    const given = [...new FormData(form)].flatMap(([name, value]) =>
      typeof value === 'string' && value !== '' ? [[name, value]] : [],
    );
    const values = Object.fromEntries(given);
    form.classList.add('busy');
    try {
      const { parts } = await call(values);
      if (mine !== turn) return;
      trouble.textContent = '';
      markWrong(form, undefined);
      done(values, parts);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (mine !== turn) return;
      trouble.textContent = error.message;
      markWrong(form, error.field);
    } finally {
      if (mine === turn) form.classList.remove('busy');
    }
  });
  return { form, send, fields };
}

/**
 * A button that does something, and `done` with what came of it. What cannot be taken back is pressed twice.
 * @param {string} label
 * @param {string} path
 * @param {Values} values
 * @param {(parts: Part[]) => void} done
 * @param {boolean} twice
 */
function deedButton(label, path, values, done, twice = false) {
  const name = Object.values(values).join(' ');
  const call = caller(path);
  let isSure = !twice;
  const pressed = button(label, () => void press(), { 'aria-label': `${label}: ${name}` });
  async function press() {
    if (!isSure) {
      isSure = true;
      pressed.textContent = `${say('admin.sure')} ${label}`;
      pressed.setAttribute('aria-label', `${pressed.textContent}: ${name}`);
      pressed.classList.add('strong');
      return;
    }
    pressed.setAttribute('disabled', '');
    try {
      done((await call(values)).parts);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      done([{ kind: 'text', text: error.message }]);
    } finally {
      pressed.removeAttribute('disabled');
    }
  }
  return pressed;
}

/** @param {Section} section */
function viewOf(section) {
  const status = el('div', { class: 'told', role: 'status' });
  const answer = el('div', { class: 'answer' });
  const reading = described(section.reads)
    ? formOf(section.reads, say('admin.show'), (_values, parts) => show(parts))
    : undefined;
  const states = reading?.fields.find(({ name }) => name === 'state')?.choices ?? [];
  const again = () => {
    if (reading?.form.checkValidity()) reading.form.requestSubmit();
  };

  /** @param {Part[]} parts */
  function tell(parts) {
    status.replaceChildren(...parts.map((part) => partOf(part, pressable)));
    again();
  }

  /** @param {import('./dom.js').Press} one */
  function pressable(one) {
    return deedButton(one.label, one.command, carriedBy(one), tell);
  }

  /** @param {string[]} cells */
  const buttons = (cells) =>
    rowDeeds(section, cells, states)
      .filter(described)
      .map((path) =>
        deedButton(say(`admin.do.${verb(path)}`), path, { [section.by]: cells[0] ?? '' }, tell, verb(path) !== 'retry'),
      );

  /** @param {Part} part */
  function lineUp(part) {
    const made = partOf(part, pressable);
    if (section.rows.length === 0) return made;
    if (part.kind === 'table') {
      made.querySelector('thead tr')?.append(el('th', { scope: 'col' }, say('admin.do')));
      for (const [n, line] of [...made.querySelectorAll('tbody tr')].entries()) {
        line.append(el('td', { class: 'deeds' }, ...buttons(part.rows?.[n] ?? [])));
      }
    }
    for (const [n, { label, value }] of (part.facts ?? []).entries()) {
      made.children[n]?.append(el('dd', { class: 'deeds' }, ...buttons([label, value])));
    }
    return made;
  }

  /** @param {Part[]} parts */
  function show(parts) {
    answer.replaceChildren(...parts.map(lineUp));
  }

  const deeds = section.deeds.filter(described).map((path, index) => {
    const { form, send } = formOf(path, say(`admin.do.${verb(path)}`), (values, parts) => {
      form.reset();
      // What was just changed is what is looked at next.
      for (const [name, value] of Object.entries(values)) {
        const same = reading?.form.elements.namedItem(name);
        if (same instanceof HTMLInputElement) same.value = value;
      }
      tell(parts);
    });
    send.classList.add('strong');
    const needs = reading?.fields.some(({ required }) => required) ?? true;
    const open = index === 0 && needs;
    return el('details', { class: 'deed', open }, el('summary', {}, described(path)?.summary ?? path), form);
  });
  reading?.form.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLSelectElement) again();
  });
  const root = el('div', {}, status, ...deeds, reading && el('div', { class: 'reading' }, reading.form, answer));
  return { root, again };
}

/** @type {Map<string, ReturnType<typeof viewOf>>} */
const views = new Map();
const offered = sections.filter(({ reads, deeds, rows }) => [reads, ...deeds, ...rows].some(described));
let chosen = offered[0]?.id ?? '';

/** @param {string} id @param {boolean} focus */
function choose(id, focus) {
  chosen = id;
  for (const { id: one } of offered) {
    const tab = byId(`admin-tab-${one}`, HTMLButtonElement);
    tab.setAttribute('aria-selected', String(one === id));
    tab.tabIndex = one === id ? 0 : -1;
    if (one === id && focus) tab.focus();
    if (one === id) tab.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
  const section = offered.find((one) => one.id === id);
  if (!section) return;
  const view = views.get(id) ?? viewOf(section);
  views.set(id, view);
  const body = byId('admin-body', HTMLElement);
  body.setAttribute('aria-labelledby', `admin-tab-${id}`);
  body.replaceChildren(view.root);
  body.scrollTop = 0;
  view.again();
}

/** @param {KeyboardEvent} event */
function key(event) {
  const at = offered.findIndex(({ id }) => id === chosen);
  const steps = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: offered.length - 1 };
  const to = Object.entries(steps).find(([name]) => name === event.key)?.[1];
  if (to === undefined) return;
  event.preventDefault();
  choose(offered.at(to % offered.length)?.id ?? chosen, true);
}

/** Offers the panel to those who run the studio; what another of them saw in it is gone. */
export function offerAdmin() {
  opener.hidden = offered.length === 0 || !studio.managers.includes(currentMember());
  views.clear();
}

export function startAdmin() {
  const tabs = byId('admin-tabs', HTMLElement);
  tabs.append(
    ...offered.map(({ id }) =>
      button(say(`admin.${id}`), () => choose(id, false), {
        ...{ class: 'tab', role: 'tab', id: `admin-tab-${id}`, 'aria-controls': 'admin-body' },
      }),
    ),
  );
  tabs.addEventListener('keydown', key);
  opener.addEventListener('click', () => {
    panel.showModal();
    choose(chosen, true);
  });
  byId('admin-close', HTMLButtonElement).addEventListener('click', () => panel.close());
  offerAdmin();
}
