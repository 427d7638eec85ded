import { html } from 'hono/html';
import { type PlainWord, word } from '../../../src/domain/words.ts';
import type { Html } from './layout.ts';

/** What a slate notes, with its label. */
export type Mark = [label: PlainWord, value: Html | string];

/** A moment, in words and for machines. `at` is Unix milliseconds. */
export const timed = (at: number, said: string): Html =>
  html`<time datetime="${new Date(at).toISOString()}">${said}</time>`;

/** The slate that pages begin with; it is open or shut by what it `is` of. */
export function slate(of: {
  is: string;
  phase: string;
  title: string;
  line: string;
  picture?: string | undefined;
  marks: readonly Mark[];
}): Html {
  const { is, phase, title, line, picture } = of;
  const marks = of.marks.map(([label, value]) => html`<div><dt>${word(label)}</dt><dd>${value}</dd></div>`);
  return html`<header class="hero" data-phase="${is}">
<div class="sticks" aria-hidden="true"></div>
<div class="sheet${picture === undefined ? '' : ' pictured'}">
${picture === undefined ? '' : html`<img class="picture" src="${picture}" alt="${word('page.picture')}">`}
<div class="words">
<p class="phase"><span class="lamp" aria-hidden="true"></span>${phase}</p>
<h1>${title}</h1>
<p class="theme">${line}</p>
</div>
<dl class="marks">${marks}</dl>
</div>
</header>`;
}
