// The studio's page: channels and threads on the left, one thread in the middle, the line below it.
import { offerAdmin, startAdmin } from './admin.js';
import { startComposer } from './composer.js';
import { ask, button, byId, currentThread, el, Refused, say, setThread } from './dom.js';
import { startForm } from './form.js';
import { startMembers } from './members.js';
import { forgetQuota, refreshQuota, startQuota } from './quota.js';
import { openThread, scrollToEnd, startThread } from './thread.js';

const menu = byId('menu', HTMLButtonElement);
const panel = byId('thread-panel', HTMLDialogElement);
let channel = 'general';

/** @param {boolean} open */
function drawer(open) {
  document.body.classList.toggle('drawer', open);
  menu.setAttribute('aria-expanded', String(open));
  if (open) byId('side-close', HTMLButtonElement).focus();
}

async function listThreads() {
  /** @type {{ id: string, title: string, threads: { id: string, title: string }[] }[]} */
  const channels = await ask('/api/channels');
  const here = currentThread();
  const found = channels.flatMap(({ threads }) => threads).find(({ id }) => id === here);
  byId('title', HTMLElement).textContent = found?.title ?? here;
  document.title = `${found?.title ?? here} · ${say('bot')}`;
  const sections = channels.map((one) => {
    const add = button('+', () => askTitle(one.id), {
      class: 'plain add',
      'aria-label': `${say('thread.new')}: ${one.title}`,
    });
    const rows = one.threads.map(({ id, title }) => {
      const link = el('a', { href: `/t/${id}`, 'aria-current': id === here ? 'page' : undefined }, title);
      link.addEventListener('click', (event) => {
        if (!(event instanceof MouseEvent) || event.metaKey || event.ctrlKey) return;
        event.preventDefault();
        history.pushState(null, '', `/t/${id}`);
        enter();
      });
      return el('li', {}, link);
    });
    return el('section', {}, el('h2', {}, one.title, add), el('ul', {}, ...rows));
  });
  byId('channels', HTMLElement).replaceChildren(...sections);
}

/** @param {string} id */
function askTitle(id) {
  channel = id;
  panel.showModal();
}

/** Shows the thread that the address names. */
function enter() {
  setThread(decodeURIComponent(location.pathname.replace(/^\/t\//, '')));
  drawer(false);
  openThread();
  refreshQuota();
  void listThreads();
}

function startSide() {
  byId('open-admin', HTMLButtonElement).addEventListener('click', () => drawer(false));
  menu.addEventListener('click', () => drawer(!document.body.classList.contains('drawer')));
  byId('side-close', HTMLButtonElement).addEventListener('click', () => {
    drawer(false);
    menu.focus();
  });
  byId('scrim', HTMLElement).addEventListener('click', () => drawer(false));
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') drawer(false);
  });
  byId('thread-close', HTMLButtonElement).addEventListener('click', () => panel.close());
  byId('thread-form', HTMLFormElement).addEventListener('submit', async (event) => {
    event.preventDefault();
    const input = byId('thread-name', HTMLInputElement);
    try {
      const { id } = await ask(`/api/channels/${channel}/threads`, { title: input.value });
      input.value = '';
      panel.close();
      history.pushState(null, '', `/t/${id}`);
      enter();
      byId('line', HTMLTextAreaElement).focus();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      byId('thread-trouble', HTMLElement).textContent = error.message;
    }
  });
}

function sent() {
  scrollToEnd();
  refreshQuota();
  void listThreads();
}

startMembers(() => {
  openThread();
  forgetQuota();
  offerAdmin();
  refreshQuota();
});
startQuota();
startAdmin();
startSide();
startThread();
startComposer(sent);
startForm(sent);
window.addEventListener('popstate', enter);
enter();
