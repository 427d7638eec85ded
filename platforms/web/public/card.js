// A job on its slate, and a film in its frame.
import { clock, el, say } from './dom.js';
import { actions } from './message.js';

/** @typedef {import('./dom.js').Job} Job */
/** @typedef {import('./dom.js').Film} Film */

/** When the page first saw each job rendering, for a bar that moves by the clock. @type {Map<string, number>} */
const began = new Map();

/**
 * How far a job is, in per cent; nothing when nobody can tell.
 * @param {Job} job
 * @param {number} at when its card was posted
 */
function progress(job, at) {
  if (job.state === 'rendered' || job.state === 'delivered') return 100;
  if (job.state !== 'rendering') return undefined;
  if (job.percent) return job.percent;
  if (job.eta === undefined) return undefined;
  if (!began.has(job.id)) began.set(job.id, Math.min(at, Date.now()));
  const start = began.get(job.id) ?? at;
  const part = (Date.now() - start) / Math.max(1, job.eta - start);
  return 100 * (part < 0.8 ? part : 1 - 0.2 * Math.exp(-(part - 0.8) / 0.2));
}

/** @param {string} label @param {string} value */
const mark = (label, value) => el('div', {}, el('dt', {}, label), el('dd', {}, value));

/** @param {Job} job */
function slate(job) {
  const head = el('div', { class: 'scene' });
  head.append(el('p', { class: 'prompt' }, job.prompt));
  if (job.image) head.append(el('img', { class: 'thumb', src: job.image, alt: say('card.picture'), loading: 'lazy' }));
  const marks = el('dl', { class: 'marks' });
  marks.append(
    mark(say('card.by'), job.requester),
    mark(say('card.length'), `${job.seconds} ${say('card.seconds')}`),
    mark(say('card.size'), job.size.replace('x', ' × ')),
    mark(say('card.cost'), String(job.credits)),
  );
  return [head, marks];
}

/**
 * The card of a job. `update` shows its next state; the elements stay, so that focus and animations do too.
 * @param {number} at Unix milliseconds of its posting
 * @param {Job} first
 */
export function createCard(at, first) {
  const line = el('p', { class: 'line' });
  const bar = el('div', {
    class: 'strip',
    role: 'progressbar',
    'aria-label': say('state.rendering'),
    'aria-valuemin': 0,
    'aria-valuemax': 100,
  });
  bar.append(el('span', { class: 'reel' }));
  const buttons = el('div', { class: 'actions' });
  const body = el('div', { class: 'slate-body' });
  const brief = el('p', { class: 'brief' });
  const root = el('article', { class: 'slate' }, el('div', { class: 'sticks', 'aria-hidden': 'true' }), body, brief);
  let job = first;
  let drawn = '';
  let offered = '';

  function tick() {
    const part = progress(job, at);
    bar.hidden = !['queued', 'rendering', 'rendered'].includes(job.state);
    bar.classList.toggle('endless', part === undefined);
    bar.style.setProperty('--part', `${part ?? 0}%`);
    if (part === undefined) bar.removeAttribute('aria-valuenow');
    else bar.setAttribute('aria-valuenow', String(Math.round(part)));
  }

  /** @param {Job} next */
  function update(next) {
    job = next;
    root.dataset.state = job.state;
    root.dataset.job = job.id;
    const still = JSON.stringify([job.prompt, job.image, job.requester, job.size, job.credits, job.seconds]);
    if (still !== drawn) body.replaceChildren(...slate(job), line, bar, buttons);
    drawn = still;
    const eta = job.eta === undefined ? '' : ` · ${say('card.ready')} ${clock(job.eta)}`;
    const text = `${job.line}${eta}`;
    if (line.textContent !== text) line.replaceChildren(el('span', { class: 'lamp', 'aria-hidden': 'true' }), text);
    brief.replaceChildren(
      el('b', {}, el('bdi', {}, job.requester)),
      ` ${say('card.asked')} “`,
      el('bdi', {}, job.prompt),
      `” · ${job.seconds} ${say('card.seconds')} · ${job.credits} ${say('card.cost').toLowerCase()}`,
    );
    const may = String([job.actions, job.more]);
    if (offered !== may) buttons.replaceChildren(...actions(job));
    offered = may;
    tick();
  }
  update(first);
  return { root, update, tick };
}

/**
 * A film in its frame; `offer` shows what can be done with it.
 * @param {Film} film
 * @param {string} prompt
 */
export function createFilm(film, prompt) {
  const video = el('video', {
    src: film.url,
    width: film.width,
    height: film.height,
    controls: true,
    playsinline: true,
    preload: 'metadata',
    'aria-label': `${say('film.label')}: ${prompt}`,
  });
  const buttons = el('div', { class: 'actions' });
  // One that is shown without its maker is called by the number in its caption.
  const called = film.job ?? ['film', ...(/\d+/.exec(prompt) ?? [])].join('-');
  const save = el('a', { class: 'button', href: film.url, download: `${called}.mp4` }, say('film.save'));
  buttons.append(save);
  const gate = el('div', { class: 'gate' }, video);
  gate.style.setProperty('--shape', String(film.width / film.height));
  const root = el(
    'figure',
    { class: 'film', 'data-job': film.job },
    film.spoiler ? el('details', { class: 'cover' }, el('summary', {}, say('film.spoiler')), gate) : gate,
    el('figcaption', {}, el('p', { class: 'prompt' }, prompt), buttons),
  );
  let offered = '';
  /** @param {Job} job */
  function offer(job) {
    const may = String([job.actions, job.more]);
    if (offered !== may) buttons.replaceChildren(...actions(job), save);
    offered = may;
  }
  return { root, offer };
}
