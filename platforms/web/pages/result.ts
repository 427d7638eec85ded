import { html } from 'hono/html';
import type { Voting } from '../../../src/domain/challenge.ts';
import type { ChallengeView, PlaceView, Shown } from '../../../src/domain/challengeView.ts';
import { say, word } from '../../../src/domain/words.ts';
import { framed, shapeOf } from './films.ts';
import type { Html } from './layout.ts';

/** From 0 to 100 per cent: the interval as a bar, the score in it, and the average, which is 50. Said in words beside it. */
function scale(score: number, [low, high]: readonly [number, number]): Html {
  return html`<svg class="scale" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
<rect class="track" x="0" y="3" width="100" height="2"></rect>
<rect class="half" x="49.8" y="0" width="0.4" height="8"></rect>
<rect class="between" x="${low}" y="1.5" width="${Math.max(high - low, 0.6)}" height="5"></rect>
<rect class="mark" x="${Math.min(Math.max(score - 0.5, 0), 99)}" y="0" width="1" height="8"></rect>
</svg>`;
}

function told({ score, interval, wins, duels }: PlaceView, voting: Voting): Html {
  const points = say({ word: 'page.score', with: { voting, score } });
  if (voting === 'one' || !interval) return html`<p class="score"><b>${points}</b></p>`;
  const [low, high] = interval;
  return html`<p class="score"><b>${points}</b> <span>${word('page.score.means')}</span></p>
${scale(score, interval)}
<p class="fine">${say({ word: 'page.interval', with: { low, high } })}${
    wins === undefined || duels === undefined
      ? ''
      : html`<span class="dot" aria-hidden="true"> · </span>${say({ word: 'page.duels', with: { wins, duels } })}`
  }</p>`;
}

function placed(one: PlaceView, index: number, voting: Voting): Html {
  const { place, number, name } = one;
  return html`<li class="rank${place === 1 ? ' best' : ''}">
${framed(one, say({ word: 'page.film.by', with: { number, name } }), index)}
<div class="told">
<p class="place">${say({ word: 'page.place', with: { place } })}</p>
<h3>${name}</h3>
<p class="fine">${say({ word: 'page.number', with: { number } })}</p>
${told(one, voting)}
</div>
</li>
`;
}

/** The ranking, the first place first. */
export function ranking(shown: Extract<Shown, { phase: 'ended' }>, voting: Voting): Html {
  const { places, leftOut, filmsLeftOut: films } = shown;
  const told = [
    ...(leftOut === 0 ? [] : [say({ word: 'challenge.say.blocked', with: { count: leftOut } })]),
    ...(films === 0 ? [] : [say({ word: 'challenge.say.blocked.films', with: { count: films } })]),
  ];
  const left = told.map((text) => html`<p>${text}</p>`);
  if (places.length === 0) return html`<section class="part"><p>${word('page.none')}</p>${left}</section>`;
  return html`<section class="part" aria-labelledby="ranking">
<h2 id="ranking">${word('page.ranking')}</h2>
<ol class="ranking ${shapeOf(places)}">
${places.map((one, index) => placed(one, index, voting))}</ol>
${left}
</section>`;
}

/** How anybody can come to the same result. `tally`: the path of the file. */
export function checking({ id, seal }: ChallengeView, hash: string, tally: string): Html {
  return html`<section class="part" aria-labelledby="check">
<h2 id="check">${word('page.check')}</h2>
<p>${word('page.check.how')}</p>
<p class="command"><code>npm run challenge:verify -- tally-${id}.json <span>--hash ${hash}</span>${seal === undefined ? '' : html` <span>--seal ${seal}</span>`}</code></p>
<p><a class="button strong" href="${tally}" download>${word('page.tally')}</a></p>
<dl class="hashes">
<div><dt>${word('page.tally.hash')}</dt><dd><code>${hash}</code></dd></div>
${seal === undefined ? '' : html`<div><dt>${word('page.seal')}</dt><dd><code>${seal}</code></dd></div>`}
</dl>
</section>`;
}
