// The open thread, live: its messages as they come, its cards as they change.
import { createCard, createFilm } from './card.js';
import { announce, byId, currentMember, say, threadPath } from './dom.js';
import { closeQuote, createMessage, isOpen, jobOfQuote } from './message.js';
import { refreshQuota } from './quota.js';

/** @typedef {import('./dom.js').Message} Message */
/** @typedef {import('./dom.js').Job} Job */

const list = byId('messages', HTMLOListElement);
const view = byId('thread', HTMLElement);

/** @type {Map<string, { message: Message, root: HTMLElement, card?: ReturnType<typeof createCard>, film?: ReturnType<typeof createFilm> }>} */
const shown = new Map();
/** @type {Map<string, Job>} */
const jobs = new Map();
/** @type {EventSource | undefined} */
let source;
let last = '';
let settledAt = 0;
let atEnd = true;

export function scrollToEnd() {
  atEnd = true;
  view.scrollTop = view.scrollHeight;
}

/** @param {Message} message */
function place(message) {
  const film = message.video && createFilm(message.video, message.text);
  const card = message.job && createCard(message.at, message.job);
  const root = createMessage(message, film?.root ?? card?.root);
  const before = [...list.children].findLast(
    (one) => Number(one instanceof HTMLElement && one.dataset.at) <= message.at,
  );
  if (before) before.after(root);
  else list.prepend(root);
  shown.set(message.id, { message, root, ...(card ? { card } : {}), ...(film ? { film } : {}) });
}

/** @param {string} id of a job, after it or its film changed */
function joinUp(id) {
  const job = jobs.get(id);
  const all = [...shown.values()];
  const films = all.filter(({ film }) => film?.root.dataset.job === id);
  for (const { root } of all.filter(({ card }) => card?.root.dataset.job === id)) {
    root.classList.toggle('short', films.length > 0 && job?.state === 'delivered');
  }
  if (!job) return;
  closeQuote(id);
  for (const { film } of films) film?.offer(job);
  for (const pressed of list.querySelectorAll('[data-of]')) {
    if (!(pressed instanceof HTMLElement) || pressed.dataset.of !== id) continue;
    pressed.hidden = !isOpen(job, pressed.dataset.action);
  }
}

/** @param {Message} message */
function news(message) {
  if (Date.now() < settledAt) return;
  if (message.video) announce(`${say('film.label')}: ${message.text}`);
  else if (message.job) announce(`${message.job.prompt}: ${message.job.line}`);
  else announce(`${message.author}: ${message.text}`);
}

/** @param {Message} message */
function take(message) {
  let known = shown.get(message.id);
  const replaced = known && !known.card && !known.film && !message.job;
  if (known && (replaced || (known.film && !message.video))) {
    // It was said anew, or a film was removed: nothing of what it was stays.
    known.root.remove();
    shown.delete(message.id);
    known = undefined;
  }
  const before = message.job && jobs.get(message.job.id);
  if (known?.card && message.job) known.card.update(message.job);
  else if (!known) place(message);
  if (message.job) jobs.set(message.job.id, message.job);
  const job = message.job?.id ?? message.video?.job;
  if (job) joinUp(job);
  for (const { job: of, quote } of (message.parts ?? []).flatMap(({ buttons = [] }) => buttons)) {
    joinUp(of ?? jobOfQuote(quote ?? ''));
  }
  if (!known || before?.line !== message.job?.line) news(message);
  if (message.job && before?.state !== message.job.state) refreshQuota();
  if (atEnd) scrollToEnd();
}

function clear() {
  shown.clear();
  jobs.clear();
  list.replaceChildren();
  last = '';
}

function connect() {
  const query = new URLSearchParams({ member: currentMember(), ...(last ? { after: last } : {}) });
  const stream = new EventSource(`${threadPath()}/events?${query}`);
  source = stream;
  stream.addEventListener('open', () => {
    byId('lost', HTMLElement).hidden = true;
  });
  stream.addEventListener('message', (event) => {
    if (event.lastEventId) last = event.lastEventId;
    take(JSON.parse(event.data));
  });
  stream.addEventListener('reset', clear);
  stream.addEventListener('error', () => {
    byId('lost', HTMLElement).hidden = false;
    if (stream.readyState !== EventSource.CLOSED || source !== stream) return;
    setTimeout(() => {
      if (source === stream) connect();
    }, 2000);
  });
}

/** Shows the current thread as the current member sees it, from its beginning. */
export function openThread() {
  source?.close();
  clear();
  atEnd = true;
  settledAt = Date.now() + 1500;
  connect();
}

export function startThread() {
  // A browser keeps few connections to one host: a page that nobody looks at lets its own go.
  document.addEventListener('visibilitychange', () => {
    source?.close();
    source = undefined;
    if (!document.hidden) connect();
  });
  view.addEventListener('scroll', () => {
    atEnd = view.scrollHeight - view.scrollTop - view.clientHeight < 80;
  });
  new ResizeObserver(() => {
    if (atEnd) scrollToEnd();
  }).observe(list);
  new ResizeObserver(() => {
    if (atEnd) scrollToEnd();
  }).observe(view);
  setInterval(() => {
    for (const { card } of shown.values()) card?.tick();
  }, 500);
}
