import { html } from 'hono/html';
import type { FilmView, NumberedFilm } from '../../../src/domain/challengeView.ts';
import { say, word } from '../../../src/domain/words.ts';
import type { Html } from './layout.ts';

/** So many films of a page load their first frame by themselves; what is further down, when it is played. */
const eager = 24;

/** How the films of a challenge are shaped, so that their frames are alike. */
export function shapeOf(films: readonly NumberedFilm[]): 'wide' | 'square' | 'tall' {
  const ratios = films.flatMap(({ film }) => (film ? [film.width / film.height] : [])).sort((a, b) => a - b);
  const middle = ratios[Math.floor(ratios.length / 2)] ?? 16 / 9;
  if (middle < 0.8) return 'tall';
  return middle < 1.25 ? 'square' : 'wide';
}

/** The time in the address has phones show the first frame before it is played. */
const video = ({ path, width, height }: FilmView, label: string, index: number): Html =>
  html`<video controls playsinline preload="${index < eager ? 'metadata' : 'none'}" width="${width}" height="${height}" aria-label="${label}" src="${path}#t=0.001"></video>`;

/** A film in its frame, of which a page says no more than its label. */
export function framed({ film }: NumberedFilm, label: string, index: number): Html {
  if (!film) return html`<div class="gate"><p class="instead">${word('page.film.gone')}</p></div>`;
  const shown = video(film, label, index);
  return film.spoiler
    ? html`<details class="gate cover"><summary>${word('page.film.covered')}</summary>${shown}</details>`
    : html`<div class="gate">${shown}</div>`;
}

/** All films by their numbers. */
export function screening(films: readonly NumberedFilm[]): Html {
  const items = films.map((one, index) => {
    const { number } = one;
    return html`<li><figure>
${framed(one, say({ word: 'page.film.label', with: { number } }), index)}
<figcaption>${say({ word: 'page.number', with: { number } })}</figcaption>
</figure></li>
`;
  });
  return html`<ol class="films ${shapeOf(films)}">
${items}</ol>`;
}
