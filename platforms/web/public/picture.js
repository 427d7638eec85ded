// The picture that goes with the next request: picked, pasted or dropped, shown as a chip until it is sent.
import { button, byId, el, say } from './dom.js';

/** @type {File | undefined} */
let chosen;
let preview = '';

export const chosenPicture = () => chosen;

/** @param {File | undefined} file */
export function choosePicture(file) {
  chosen = file;
  if (preview) URL.revokeObjectURL(preview);
  preview = file ? URL.createObjectURL(file) : '';
  const chip = byId('chip', HTMLElement);
  chip.hidden = !file;
  chip.replaceChildren();
  if (!file) return;
  const remove = button('×', () => choosePicture(undefined), {
    class: 'plain',
    'aria-label': say('composer.picture.remove'),
  });
  const image = el('img', { src: preview, alt: '' });
  // A picture that the browser cannot draw, such as an iPhone's HEIC, is one for the bot all the same.
  image.addEventListener('error', () => image.replaceWith(el('span', { class: 'tile', 'aria-hidden': 'true' })), {
    once: true,
  });
  chip.append(image, el('span', {}, file.name), remove);
}

/**
 * @param {DataTransfer | null} brought
 * @returns {File | undefined}
 */
function pictureIn(brought) {
  return [...(brought?.files ?? [])].find(({ type }) => type.startsWith('image/'));
}

/** @param {(trouble: string) => void} complain */
export function startPicture(complain) {
  const file = byId('file', HTMLInputElement);
  byId('pick', HTMLButtonElement).addEventListener('click', () => file.click());
  file.addEventListener('change', () => {
    choosePicture(file.files?.[0]);
    file.value = '';
    byId('line', HTMLTextAreaElement).focus();
  });
  document.addEventListener('paste', (event) => {
    const picture = pictureIn(event.clipboardData);
    if (!picture) return;
    event.preventDefault();
    choosePicture(picture);
  });
  let depth = 0;
  const mark = (/** @type {number} */ by) => {
    depth = Math.max(0, depth + by);
    document.body.classList.toggle('dropping', depth > 0);
  };
  document.addEventListener('dragenter', () => mark(1));
  document.addEventListener('dragleave', () => mark(-1));
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    mark(-depth);
    const picture = pictureIn(event.dataTransfer);
    if (picture) choosePicture(picture);
    else complain(say('composer.picture.only'));
  });
}
