// One message of a thread, as elements.
import { complain, prefill } from './composer.js';
import {
  ask,
  button,
  carriedBy,
  clock,
  currentMember,
  el,
  momentOf,
  newId,
  Refused,
  say,
  studio,
  threadPath,
} from './dom.js';
import { askByForm } from './form.js';
import { fileOf, tableOf } from './table.js';

/** @typedef {import('./dom.js').Message} Message */
/** @typedef {import('./dom.js').Job} Job */

/** How long a press counts as the same one: a double click is one deed. */
const samePress = 2_000;
/** The ids of presses by what they ask; an answer that got lost keeps its id for the next try. @type {Map<string, string>} */
const presses = new Map();

/**
 * Sends what a button means; true when it was taken.
 * @param {Event} event
 * @param {string} path
 * @param {object} body
 */
async function press(event, path, body) {
  const pressed = event.currentTarget;
  const where = `${threadPath()}/${path}`;
  const deed = `${currentMember()} ${where} ${JSON.stringify(body)}`;
  const id = presses.get(deed) ?? newId();
  presses.set(deed, id);
  const done = () => setTimeout(() => presses.delete(deed), samePress);
  if (pressed instanceof HTMLButtonElement) pressed.disabled = true;
  complain('');
  try {
    await ask(where, { ...body, id, ask: true });
    done();
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (!error.lost) done();
    complain(error.message);
    return false;
  } finally {
    if (pressed instanceof HTMLButtonElement) setTimeout(() => (pressed.disabled = false), 400);
  }
}

/**
 * Whether a press would be let through: stopping, posting again and deleting are for whoever asked, and for those who run the studio.
 * Nobody reports their own film.
 * @param {string} action
 * @param {string} requester
 */
const mayPress = (action, requester) =>
  action === 'report'
    ? requester !== currentMember()
    : !['cancel', 'redeliver', 'delete'].includes(action) ||
      requester === currentMember() ||
      studio.managers.includes(currentMember());

/**
 * What only the house knows of a film that is there, such as the challenges that it fits: it answers its author with more buttons.
 * @param {Job} job
 */
function others({ id, state, requester }) {
  if (state !== 'delivered' || requester !== currentMember()) return [];
  const asked = { command: 'film more', values: { job: id } };
  return [button(say('action.others'), (event) => void press(event, 'calls', asked))];
}

/**
 * The buttons of a job.
 * @param {Job} job
 */
export function actions(job) {
  const buttons = (/** @type {string[]} */ names) =>
    names
      .filter((action) => mayPress(action, job.requester))
      .map((action) =>
        button(say(`action.${action}`), (event) => void press(event, 'actions', { job: job.id, action }), {
          'data-action': action,
        }),
      );
  const more = [...others(job), ...buttons(job.more)];
  if (more.length === 0) return buttons(job.actions);
  const menu = el('details', { class: 'more' }, el('summary', { class: 'button' }, say('action.more')), ...more);
  return [...buttons(job.actions), menu];
}

/**
 * Whether what a button in a message means can still be done.
 * @param {Job} job
 * @param {string | undefined} action
 */
export function isOpen(job, action) {
  if (action === undefined || action === 'details') return true;
  return action === 'remove' ? job.more.includes('delete') : [...job.actions, ...job.more].includes(action);
}

/**
 * The jobs of a quote's call have its hash: with one of them, the quote is answered.
 * @param {string} quote
 */
export const jobOfQuote = (quote) => `j${quote.slice(1, 17)}-1`;

/**
 * Takes the buttons of an answered quote away.
 * @param {string} job of one of its choices
 */
export function closeQuote(job) {
  for (const pressed of document.querySelectorAll(`[data-quote="${CSS.escape(job)}"]`)) {
    const row = pressed.parentElement;
    pressed.remove();
    if (row?.childElementCount === 0) row.remove();
  }
}

/**
 * @param {string} label
 * @param {string} command
 * @param {string} quote
 * @param {boolean} first
 */
function choice(label, command, quote, first) {
  const job = jobOfQuote(quote);
  const look = command === 'order make' ? (first ? 'button strong' : 'button') : 'button quiet';
  const answer = async (/** @type {Event} */ event) => {
    if (await press(event, 'calls', { command, values: { quote } })) closeQuote(job);
  };
  return button(label, (event) => void answer(event), { class: look, 'data-quote': job });
}

/**
 * @param {import('./dom.js').Press} one
 * @param {number} index
 */
function pressable(one, index) {
  const { label, command, job, quote } = one;
  if (quote !== undefined) return choice(label, command, quote, index === 0);
  const values = carriedBy(one);
  const action = job === undefined ? undefined : /^film (\w+)$/.exec(command)?.[1];
  const body = action ? { job, action } : { command, values };
  const deed = (/** @type {Event} */ event) => {
    if (!askByForm(command, values)) void press(event, action ? 'actions' : 'calls', body);
  };
  return button(label, deed, {
    ...(job === undefined ? {} : { 'data-of': job }),
    ...(action ? { 'data-action': action } : {}),
  });
}

/** @param {Job} job */
function listed(job) {
  const row = el('li', { 'data-state': job.state }, el('span', { class: 'lamp', 'aria-hidden': 'true' }));
  row.append(el('bdi', { class: 'prompt' }, job.prompt), el('span', { class: 'line' }, `${job.line} · ${job.id}`));
  return row;
}

/**
 * @param {import('./dom.js').Part} part
 * @param {(one: import('./dom.js').Press, index: number) => HTMLElement} pressed makes a button
 */
export function partOf(part, pressed = pressable) {
  if (part.facts) {
    /** @param {{ value: string, at?: number, opens?: true }} fact */
    const shownOf = ({ value, at, opens }) =>
      opens ? el('a', { href: value }, value) : at === undefined ? value : momentOf(at, value);
    const facts = part.facts.map((fact) => el('div', {}, el('dt', {}, fact.label), el('dd', {}, shownOf(fact))));
    return el('dl', { class: 'facts' }, ...facts);
  }
  if (part.thread !== undefined) {
    const where = el('a', { href: `/t/${encodeURIComponent(part.thread)}` }, part.thread);
    return el('p', { class: 'text' }, `${part.label}: `, where);
  }
  if (part.cards) return el('ul', { class: 'jobs' }, ...part.cards.map(listed));
  if (part.buttons) return el('div', { class: 'actions' }, ...part.buttons.map(pressed));
  if (part.kind === 'table') return tableOf(part);
  if (part.kind === 'file') return fileOf(part);
  return el('p', { class: 'text' }, part.text ?? '');
}

const colours = 6;
/** @param {string} name */
const colourOf = (name) => [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % colours;

/** @param {Message} message */
function avatar({ author, bot }) {
  if (bot) return el('span', { class: 'avatar bot', 'aria-hidden': 'true' });
  return el(
    'span',
    { class: `avatar tone-${colourOf(author)}`, 'aria-hidden': 'true' },
    [...author][0]?.toUpperCase() ?? '',
  );
}

function tries() {
  const frames = ['1', '2', '3'].map((number) => {
    const prompt = say(`try.${number}`);
    const frame = button('', () => prefill(`/video ${prompt}`), { class: 'frame' });
    frame.append(el('img', { src: `/studio/try-${number}.svg`, alt: '' }), el('span', {}, prompt));
    return frame;
  });
  return el('div', { class: 'tries' }, ...frames);
}

/**
 * A message's picture, and the thread that it opened.
 * @param {Message} message
 */
function besides({ picture, opens }) {
  const shown = picture === undefined ? [] : [pictureOf(picture)];
  if (!opens) return shown;
  const link = el('a', { class: 'opens', href: `/t/${encodeURIComponent(opens.id)}` }, el('bdi', {}, opens.title));
  return [...shown, el('p', { class: 'text' }, `${say('message.opens')} `, link)];
}

/** @param {string} src */
function pictureOf(src) {
  const made = el('img', { class: 'shown', src, alt: say('message.picture'), loading: 'lazy' });
  // What is not in the store any more leaves no frame behind.
  made.addEventListener('error', () => made.remove());
  return made;
}

/**
 * @param {Message} message
 * @param {HTMLElement | undefined} content a card or a film, instead of the message's own text and parts
 */
export function createMessage(message, content) {
  const head = el('header', {}, el('b', { class: 'author' }, message.author));
  head.append(el('time', { datetime: new Date(message.at).toISOString() }, clock(message.at)));
  if (message.to !== undefined) head.append(el('span', { class: 'private' }, say('message.private')));
  const body = el('div', { class: 'body' }, head);
  if (message.id === 'welcome') body.append(el('h2', { class: 'marquee' }, say('welcome.head')));
  if (content) body.append(content);
  else if (message.parts) body.append(...message.parts.map((part) => partOf(part)));
  else body.append(el('p', { class: 'text' }, message.text));
  body.append(...besides(message));
  if (message.id === 'welcome') body.append(tries());
  if (!message.bot && message.author === currentMember()) {
    const film = button(say('message.makeFilm'), () => prefill(`/video ${message.text}`), { class: 'button quiet' });
    body.append(el('div', { class: 'actions hover' }, film));
  }
  const root = el('li', { class: 'message', 'data-id': message.id, 'data-at': message.at }, avatar(message), body);
  root.classList.toggle('mine', message.to !== undefined);
  return root;
}
