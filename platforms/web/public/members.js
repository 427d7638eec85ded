// Who looks at the page: two suggested members, or any other name. Kept in this browser; `?as=` wins.
import { byId, el, say, setMember } from './dom.js';

const suggested = ['ada', 'lin'];
const pattern = /^[\p{L}\p{M}\p{N}_.-]{1,32}$/u;
const place = 'dailies.member';

const choice = byId('member', HTMLSelectElement);

/** @param {string} name */
function list(name) {
  const names = [...new Set([...suggested, name])];
  choice.replaceChildren(
    ...names.map((one) => el('option', { value: one, selected: one === name }, one)),
    el('option', { value: '' }, say('member.other')),
  );
}

/** @param {(name: string) => void} changed called for every other member chosen */
export function startMembers(changed) {
  const panel = byId('member-panel', HTMLDialogElement);
  const input = byId('member-name', HTMLInputElement);
  const asked = new URLSearchParams(location.search).get('as') ?? '';
  const kept = localStorage.getItem(place) ?? '';
  let name = [asked, kept].find((one) => pattern.test(one)) ?? 'ada';
  /** @param {string} next */
  const be = (next) => {
    name = next;
    localStorage.setItem(place, name);
    setMember(name);
    list(name);
  };
  be(name);
  choice.addEventListener('change', () => {
    if (choice.value === '') {
      choice.value = name;
      panel.showModal();
      return;
    }
    be(choice.value);
    changed(name);
  });
  byId('member-close', HTMLButtonElement).addEventListener('click', () => panel.close());
  byId('member-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    const next = input.value.trim().normalize('NFC');
    byId('member-trouble', HTMLElement).textContent = pattern.test(next) ? '' : say('member.name');
    if (!pattern.test(next)) return;
    panel.close();
    be(next);
    changed(name);
  });
}
