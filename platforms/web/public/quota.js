// The credits, always in sight: a ring with what is left, and behind it where they went.
import { ask, byId, currentMember, el, Refused, say, sentence } from './dom.js';

/**
 * @typedef {{ id: string, at: number, kind: string, credits: number, job: string, with?: string, why?: string }} Line
 * @typedef {{ id: string, left: number, held: number, expires?: number }} Lot
 * @typedef {{ allowance: number, held: number, spent: number, pledged: number, left: number, free?: number, renewsAt: number, lots: Lot[], entries: Line[] }} Quota
 */

/** How often the panel looks again while it is open, in milliseconds. */
const often = 3_000;

/** @type {Quota | undefined} */
let quota;
let again = 0;
let drawn = '';
const panel = byId('quota-panel', HTMLDialogElement);
const trouble = byId('quota-trouble', HTMLElement);

async function read() {
  const member = currentMember();
  try {
    const found = await ask('/api/quota');
    // Somebody else looks at the page by now.
    if (member !== currentMember()) return;
    quota = found;
    trouble.textContent = '';
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (panel.open) trouble.textContent = error.message;
    return;
  }
  if (quota) ring(quota);
  if (panel.open) show();
}

/** @param {Quota} now */
function ring({ left, allowance }) {
  const part = allowance > 0 ? Math.max(0, Math.min(100, (left / allowance) * 100)) : left > 0 ? 100 : 0;
  byId('left', HTMLElement).textContent = String(left);
  document.querySelector('circle#ring')?.setAttribute('stroke-dasharray', `${part} 100`);
  const label = `${say('quota.label')}: ${left} ${say('quota.left')} ${say('quota.of')} ${allowance}`;
  byId('quota', HTMLButtonElement).setAttribute('aria-label', label);
  byId('quota', HTMLButtonElement).classList.toggle('low', part < 20);
}

/** Reads the credits soon; many wishes at once are one. */
export function refreshQuota() {
  clearTimeout(again);
  again = setTimeout(() => void read(), 150);
}

/** @param {number} count */
const credits = (count) => `${count} ${say(count === 1 ? 'credits.one' : 'credits.many')}`;

/** @param {number} at Unix milliseconds */
const moment = (at) => new Date(at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });

/** Where all of a window's credits are, those of lots among them. @param {Quota} now */
function split({ spent, held, pledged, left }) {
  const bar = el('div', { class: 'split', 'aria-hidden': 'true' });
  const legend = el('dl', { class: 'legend' });
  for (const [name, count] of Object.entries({ spent, held, pledged, free: left })) {
    if (count > 0) {
      const piece = el('span', { 'data-part': name });
      piece.style.setProperty('flex-grow', String(count));
      bar.append(piece);
    }
    const label = el('dt', {}, el('i', { 'data-part': name, 'aria-hidden': 'true' }), say(`quota.${name}`));
    legend.append(el('div', {}, label, el('dd', {}, String(count))));
  }
  return [bar, legend];
}

/** @param {Lot} lot */
function lotOf({ left, held, expires }) {
  const until = expires === undefined ? say('lot.stays') : sentence('lot.until', { when: moment(expires) });
  const aside = held > 0 ? el('small', {}, sentence('lot.held', { credits: credits(held) })) : undefined;
  return el('li', {}, el('b', {}, credits(left)), el('span', {}, until), aside);
}

/** Whether a line brought its member credits or took them; else it only says what became of them. @type {Record<string, 'in' | 'out'>} */
const tones = {
  ...{ release: 'in', grant: 'in', got: 'in', return: 'in', 'correct.less': 'in' },
  ...{ hold: 'out', revoke: 'out', gave: 'out', expire: 'out', pledge: 'out', 'correct.more': 'out' },
};
const signs = { in: '+', out: '−', as: '·' };

/** The words for a line. @param {Line} line */
function kindOf(line) {
  if (line.kind === 'correct') return line.credits < 0 ? 'correct.less' : 'correct.more';
  // What a pot pays for is none of the member's own.
  return line.job !== '' && line.with !== undefined ? `${line.kind}.pot` : line.kind;
}

/** @param {Line} line */
function lineOf(line) {
  const kind = kindOf(line);
  const values = { credits: credits(Math.abs(line.credits)), film: line.job, with: line.with ?? '' };
  const tone = tones[kind] ?? 'as';
  const text = el('p', {}, sentence(`line.${kind}`, values));
  if (line.why !== undefined) text.append(': ', el('q', {}, el('bdi', {}, line.why)));
  const time = el('time', { datetime: new Date(line.at).toISOString() }, moment(line.at));
  return el(
    'li',
    {},
    el('span', { class: `sign ${tone}`, 'aria-hidden': 'true' }, signs[tone]),
    el('div', {}, text, time),
  );
}

function show() {
  const body = byId('quota-body', HTMLElement);
  const next = JSON.stringify(quota);
  if (next === drawn) return;
  drawn = next;
  if (!quota) return body.replaceChildren();
  const { allowance, left, free, spent, held, pledged, renewsAt, lots, entries } = quota;
  const big = el('p', { class: 'big' }, el('b', {}, String(left)), ` ${say('quota.big')}`);
  const renews = el(
    'p',
    { class: 'hint' },
    sentence('quota.renew', { credits: credits(allowance), when: moment(renewsAt) }),
    ...(free === undefined ? [] : [' ', sentence('quota.limit', { credits: credits(free) })]),
  );
  const none = spent + held + pledged + left === 0;
  const where = none ? [el('p', { class: 'empty' }, say('quota.empty'))] : split(quota);
  const granted =
    lots.length > 0 ? el('ul', { class: 'lots' }, ...lots.map(lotOf)) : el('p', { class: 'empty' }, say('lot.none'));
  const lines =
    entries.length > 0
      ? el('ul', { class: 'entries' }, ...entries.map(lineOf))
      : el('p', { class: 'empty' }, say('quota.none'));
  body.replaceChildren(
    ...[big, renews, ...where],
    ...[el('h3', {}, say('quota.lots')), granted],
    ...[el('h3', {}, say('quota.entries')), lines],
  );
}

export function startQuota() {
  byId('quota', HTMLButtonElement).addEventListener('click', () => {
    panel.showModal();
    panel.scrollTop = 0;
    show();
    void read();
  });
  setInterval(refreshQuota, 60_000);
  setInterval(() => {
    if (panel.open && !document.hidden) void read();
  }, often);
}

/** Forgets whose credits were shown. */
export function forgetQuota() {
  quota = undefined;
}
