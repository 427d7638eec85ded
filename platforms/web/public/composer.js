// The line at the bottom: typed commands with completion, talk, and what went wrong with them.
import { commandOf, complete, openFields } from './complete.js';
import { ask, byId, el, newId, Refused, say, studio, threadPath } from './dom.js';
import { choosePicture, chosenPicture, startPicture } from './picture.js';

const line = byId('line', HTMLTextAreaElement);
const list = byId('suggestions', HTMLElement);
const trouble = byId('trouble', HTMLElement);
const send = byId('composer', HTMLFormElement);

/** @type {import('./complete.js').Offers} */
let offered = { from: 0, offers: [], first: false };
let active = -1;
/** The id of the request as it stands in the line, so that sending it once more makes nothing twice. */
let pending = { what: '', id: '' };

/** @param {string} text */
export function complain(text) {
  trouble.textContent = text;
}

/**
 * Puts words into the line and the caret behind them.
 * @param {string} text
 */
export function prefill(text) {
  line.value = text;
  line.focus();
  line.setSelectionRange(text.length, text.length);
  changed();
}

function showOffers() {
  const open = offered.offers.length > 0;
  list.hidden = !open;
  line.setAttribute('aria-expanded', String(open));
  list.replaceChildren(
    ...offered.offers.map((offer, index) => {
      const row = el('li', { role: 'option', id: `offer-${index}`, 'aria-selected': String(index === active) });
      row.append(el('b', {}, offer.label), el('span', {}, offer.detail));
      row.addEventListener('mousedown', (event) => {
        event.preventDefault();
        take(index);
      });
      return row;
    }),
  );
  if (active >= 0 && open) {
    line.setAttribute('aria-activedescendant', `offer-${active}`);
    list.children[active]?.scrollIntoView({ block: 'nearest' });
  } else line.removeAttribute('aria-activedescendant');
}

/** @param {number} index */
function take(index) {
  const offer = offered.offers[index];
  if (!offer) return;
  const rest = line.value.slice(line.selectionStart).replace(/^ /, '');
  const head = line.value.slice(0, offered.from) + offer.insert;
  line.value = head + rest;
  line.setSelectionRange(head.length, head.length);
  changed();
}

function showFields() {
  const row = byId('fields', HTMLElement);
  const command = commandOf(line.value, studio.commands);
  const fields = command ? openFields(line.value, command) : [];
  row.replaceChildren(
    ...fields.map((field) => {
      const chip = el('button', { type: 'button', class: 'tag', title: field.label }, `${field.name}:`);
      chip.addEventListener('click', () => prefill(`${line.value.trimEnd()} ${field.name}:`));
      return chip;
    }),
  );
}

function changed() {
  line.style.setProperty('height', 'auto');
  line.style.setProperty('height', `${Math.min(line.scrollHeight, 180)}px`);
  offered = complete(line.value.slice(0, line.selectionStart), studio.commands);
  active = offered.first ? 0 : -1;
  showOffers();
  showFields();
}

function close() {
  offered = { from: 0, offers: [], first: false };
  showOffers();
}

/** @param {KeyboardEvent} event */
function key(event) {
  if (event.isComposing) return;
  const count = offered.offers.length;
  if (count > 0 && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
    event.preventDefault();
    active = (active + (event.key === 'ArrowDown' ? 1 : active < 0 ? 0 : -1) + count) % count;
    showOffers();
  } else if (count > 0 && event.key === 'Escape') close();
  else if (count > 0 && event.key === 'Tab' && !event.shiftKey) {
    event.preventDefault();
    take(Math.max(0, active));
  } else if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    if (count > 0 && active >= 0) take(active);
    else send.requestSubmit();
  }
}

/**
 * @param {string} text
 * @param {File | undefined} picture
 */
async function post(text, picture) {
  const what = JSON.stringify([threadPath(), text, picture?.name, picture?.size, picture?.lastModified]);
  if (pending.what !== what) pending = { what, id: newId() };
  const id = pending.id;
  if (!text.startsWith('/')) {
    if (!picture) return ask(`${threadPath()}/messages`, { text, id });
    // Nothing is paid for unasked: what a picture is for has to be said.
    prefill(`/video ${text}`);
    throw new Refused(say('error.picture'), undefined);
  }
  if (!picture) return ask(`${threadPath()}/calls`, { text, id, ask: true });
  const command = text;
  const form = new FormData();
  const field = commandOf(command, studio.commands)?.fields.find(({ kind }) => kind === 'image')?.name ?? 'image';
  form.append('text', command);
  form.append('id', id);
  form.append('ask', 'true');
  form.append(field, picture);
  return ask(`${threadPath()}/calls`, form);
}

/** @param {() => void} sent called after something was sent */
export function startComposer(sent) {
  startPicture(complain);
  line.addEventListener('input', () => {
    complain('');
    changed();
  });
  line.addEventListener('keydown', key);
  line.addEventListener('blur', close);
  send.addEventListener('submit', async (event) => {
    event.preventDefault();
    const text = line.value.trim();
    if ((text === '' && !chosenPicture()) || send.classList.contains('busy')) return;
    send.classList.add('busy');
    complain('');
    close();
    try {
      await post(text, chosenPicture());
      pending = { what: '', id: '' };
      line.value = '';
      choosePicture(undefined);
      changed();
      sent();
    } catch (error) {
      complain(error instanceof Refused ? error.message : say('error.network'));
      if (!(error instanceof Refused)) throw error;
    } finally {
      send.classList.remove('busy');
      line.focus();
    }
  });
}
