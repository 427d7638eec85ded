// Small tools of the page: elements, words, requests. Whatever a member wrote becomes text, never markup.

/**
 * @typedef {{ id: string, state: string, line: string, requester: string, prompt: string, seconds: number, size: string,
 *   credits: number, image?: string, position?: number, eta?: number, percent?: number, actions: string[], more: string[] }} Job
 * @typedef {{ label: string, command: string, job?: string, quote?: string, challenge?: string }} Press
 * @typedef {{ kind: string, text?: string, label?: string, thread?: string, facts?: { label: string, value: string, at?: number, opens?: true }[], cards?: Job[], buttons?: Press[],
 *   title?: string, head?: string[], rows?: string[][], name?: string, type?: string }} Part
 * @typedef {{ url: string, seconds: number, width: number, height: number, job?: string, requester?: string, spoiler?: boolean }} Film
 * @typedef {{ id: string, author: string, bot: boolean, text: string, at: number, to?: string, parts?: Part[], job?: Job, video?: Film,
 *   picture?: string, opens?: { id: string, title: string } }} Message
 * @typedef {{ name: string, kind: string, label: string, hint?: string, required: boolean, advanced: boolean, multiline: boolean,
 *   min?: number, max?: number, value?: number, choices?: { value: string, label: string }[], suggest: string[] }} Field
 * @typedef {{ command: string, summary: string, who: string, surfaces: string[], fields: Field[] }} Command
 */

/** @type {{ commands: Command[], managers: string[], words: Record<string, string> }} */
export const studio = JSON.parse(document.getElementById('studio')?.textContent ?? '{}');

/** @param {string} key */
export const say = (key) => studio.words[key] ?? key;

/**
 * The element with this id, of this kind.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {{ new (): T, prototype: T }} kind
 * @returns {T}
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

/**
 * Makes an element; attributes that are false or undefined are left out, `class` and `data-…` are attributes too.
 * @param {string} tag
 * @param {Record<string, string | number | boolean | undefined>} attributes
 * @param {...(Node | string | undefined)} children
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === undefined) continue;
    made.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) if (child !== undefined) made.append(child);
  return made;
}

/**
 * A sentence of the page with its values, each for its name in braces. What members wrote stays by itself whichever way it runs.
 * @param {string} key
 * @param {Record<string, string>} values
 */
export function sentence(key, values) {
  const made = document.createDocumentFragment();
  for (const piece of say(key).split(/(\{\w+\})/)) {
    const value = /^\{(\w+)\}$/.exec(piece)?.[1];
    made.append(value === undefined ? piece : el('bdi', {}, values[value] ?? ''));
  }
  return made;
}

/**
 * @param {string} label
 * @param {(event: Event) => void} press
 * @param {Record<string, string>} more
 */
export function button(label, press, more = {}) {
  const made = el('button', { type: 'button', class: 'button', ...more }, label);
  made.addEventListener('click', press);
  return made;
}

/**
 * What a command calls the film that it is about.
 * @param {string} path
 */
const filmFieldOf = (path) =>
  studio.commands.find(({ command }) => command === path)?.fields.find(({ kind }) => kind === 'job')?.name ?? 'job';

/**
 * What a button carries, by the name of its field.
 * @param {Press} press
 * @returns {Record<string, string>}
 */
export const carriedBy = ({ command, job, quote, challenge }) => ({
  ...(job === undefined ? {} : { [filmFieldOf(command)]: job }),
  ...(quote === undefined ? {} : { quote }),
  ...(challenge === undefined ? {} : { challenge }),
});

/** @param {number} at Unix milliseconds */
export const clock = (at) => new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

/**
 * A moment as the reader's own locale and time zone have it, with the words that it was said in.
 * @param {number} at Unix milliseconds
 * @param {string} words
 */
export function momentOf(at, words) {
  const date = new Date(at);
  if (Number.isNaN(date.valueOf())) return words;
  const said = date.toLocaleString([], {
    ...{ weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  });
  return el('time', { datetime: date.toISOString(), title: words }, said);
}

let member = '';
export const currentMember = () => member;
/** @param {string} name */
export function setMember(name) {
  member = name;
}

/** What the studio answered when it refused. */
export class Refused extends Error {
  /**
   * @param {string} message
   * @param {string | undefined} field
   * @param {boolean} lost whether no answer came at all: it may have been taken
   */
  constructor(message, field, lost = false) {
    super(message);
    this.field = field;
    this.lost = lost;
  }
}

/**
 * Asks the API; throws {@link Refused} with the studio's own words.
 * @param {string} path
 * @param {object | FormData} [body] sent by POST
 * @returns {Promise<any>}
 */
export async function ask(path, body) {
  /** @type {Record<string, string>} */
  const headers = { 'X-Member': encodeURIComponent(member) };
  /** @type {RequestInit} */
  const init = { headers };
  if (body instanceof FormData) Object.assign(init, { method: 'POST', body });
  else if (body) {
    headers['Content-Type'] = 'application/json';
    Object.assign(init, { method: 'POST', body: JSON.stringify(body) });
  }
  const answer = await fetch(path, init).catch(() => {
    throw new Refused(say('error.network'), undefined, true);
  });
  const read = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(read.error ?? say('error.network'), read.field);
  return read;
}

let current = '';
export const currentThread = () => current;
/** @param {string} id */
export function setThread(id) {
  current = id;
}
export const threadPath = () => `/api/threads/${encodeURIComponent(current)}`;

export const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** @param {string} text */
export function announce(text) {
  byId('news', HTMLElement).textContent = text;
}
