// The credits, always in sight: a ring with what is left, and behind it where they went.
import { ask, byId, el, Refused, say } from './dom.js';

/** @type {{ allowance: number, held: number, spent: number, left: number, renewsAt: number, entries: any[] } | undefined} */
let quota;
let again = 0;

async function read() {
  try {
    quota = await ask('/api/quota');
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return;
  }
  if (!quota) return;
  const part = quota.allowance > 0 ? Math.max(0, Math.min(100, (quota.left / quota.allowance) * 100)) : 0;
  byId('left', HTMLElement).textContent = String(quota.left);
  document.querySelector('circle#ring')?.setAttribute('stroke-dasharray', `${part} 100`);
  const label = `${say('quota.label')}: ${quota.left} ${say('quota.left')} ${say('quota.of')} ${quota.allowance}`;
  byId('quota', HTMLButtonElement).setAttribute('aria-label', label);
  byId('quota', HTMLButtonElement).classList.toggle('low', part < 20);
}

/** Reads the credits soon; many wishes at once are one. */
export function refreshQuota() {
  clearTimeout(again);
  again = setTimeout(() => void read(), 150);
}

/** @param {string} label @param {string} value */
const fact = (label, value) => el('div', {}, el('dt', {}, label), el('dd', {}, value));

function show() {
  if (!quota) return;
  const facts = el('dl', { class: 'facts' });
  facts.append(
    fact(say('quota.allowance'), String(quota.allowance)),
    fact(say('quota.held'), String(quota.held)),
    fact(say('quota.spent'), String(quota.spent)),
    fact(say('quota.left'), String(quota.left)),
    fact(say('quota.renews'), new Date(quota.renewsAt).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })),
  );
  const lines = quota.entries.map((/** @type {{ at: number, kind: string, credits: number }} */ entry) => {
    const when = new Date(entry.at).toLocaleString([], { dateStyle: 'short', timeStyle: 'short' });
    return el(
      'li',
      {},
      el('time', {}, when),
      el('span', {}, say(`entry.${entry.kind}`)),
      el('b', {}, String(entry.credits)),
    );
  });
  const entries = lines.length > 0 ? el('ul', { class: 'entries' }, ...lines) : el('p', {}, say('quota.none'));
  byId('quota-body', HTMLElement).replaceChildren(facts, el('h3', {}, say('quota.entries')), entries);
}

export function startQuota() {
  byId('quota', HTMLButtonElement).addEventListener('click', async () => {
    await read();
    show();
    byId('quota-panel', HTMLDialogElement).showModal();
  });
  setInterval(refreshQuota, 60_000);
}
