import { html } from 'hono/html';
import { pointsByPlace } from '../../../src/domain/season.ts';
import type { NamedStanding, NamedWon, SeasonPageView } from '../../../src/domain/seasonView.ts';
import { day, moment, say, word } from '../../../src/domain/words.ts';
import type { Html, Page } from './layout.ts';
import { type Mark, slate, timed } from './slate.ts';

/** So many rows and challenges are shown; the chat tells of all. */
const rowsMost = 200;
const challengesMost = 60;

/** Who is first, and with how much; what there is to say where nobody is. */
function firstOf({ standings, to }: SeasonPageView): string {
  const over = to !== undefined;
  const first = standings.filter(({ rank }) => rank === 1);
  const [one] = first;
  if (!one) return word(over ? 'season.page.nobody' : 'season.page.none');
  const names = first.map(({ name }) => name);
  return say({ word: 'season.page.first', with: { over, names, points: one.points } });
}

function marksOf({ from, to, closes, zone, challenges, standings }: SeasonPageView): Mark[] {
  const ends: Mark =
    to !== undefined
      ? ['season.page.ended', timed(to, day(to, zone))]
      : ['season.page.ends', closes === undefined ? word('season.page.open') : timed(closes, moment(closes, zone))];
  const counts: Mark[] = [
    ['season.challenges', String(challenges.length)],
    ['season.page.members', String(standings.length)],
  ];
  return [['season.page.began', timed(from, day(from, zone))], ends, ...(challenges.length === 0 ? [] : counts)];
}

/** One row: as much film as there are points, beside the best. */
function row({ rank, name, points, firsts, challenges }: NamedStanding, most: number): Html {
  const width = Math.max(1, Math.round((points / most) * 1_000) / 10);
  return html`<tr${rank === 1 ? html` class="first"` : ''}>
<td class="place">${say({ word: 'page.place', with: { place: rank } })}</td>
<th scope="row"><span class="who">${name}</span>
<svg class="reel" width="${width}%" height="12" aria-hidden="true" focusable="false"></svg>
<span class="did">${say({ word: 'season.page.did', with: { firsts, challenges } })}</span></th>
<td class="points">${points}</td><td class="more">${firsts}</td><td class="more">${challenges}</td>
</tr>
`;
}

function standingsOf({ standings }: SeasonPageView): Html {
  const most = standings[0]?.points ?? 1;
  const left = standings.length - rowsMost;
  return html`<section class="part" aria-labelledby="standings">
<h2 id="standings">${word('season.page.standings')}</h2>
<table class="standings">
<thead><tr><th scope="col">${word('season.rank')}</th><th scope="col">${word('season.who')}</th>
<th scope="col" class="points">${word('season.points')}</th><th scope="col" class="more">${word('season.firsts')}</th>
<th scope="col" class="more">${word('season.challenges')}</th></tr></thead>
<tbody>
${standings.slice(0, rowsMost).map((one) => row(one, most))}</tbody>
</table>
${left > 0 ? html`<p class="fine">${say({ word: 'season.page.more', with: { count: left } })}</p>` : ''}
</section>
`;
}

function counted({ id, title, endedAt, films, winners }: NamedWon, zone: string, base: string): Html {
  return html`<li class="ticket"><a href="${base}/c/${id}"><span class="stripe" aria-hidden="true"></span>
<strong>${title}</strong>
<span class="winner">${say({ word: 'season.page.won', with: { names: winners } })}</span>
<span class="fine">${timed(endedAt, day(endedAt, zone))}<span class="dot" aria-hidden="true"> · </span>${say({ word: 'season.page.films', with: { count: films } })}</span>
</a></li>
`;
}

function challengesOf({ challenges, zone }: SeasonPageView, base: string): Html {
  const left = challenges.length - challengesMost;
  return html`<section class="part" aria-labelledby="challenges">
<h2 id="challenges">${word('season.page.challenges')}</h2>
<ol class="tickets">
${challenges.slice(0, challengesMost).map((one) => counted(one, zone, base))}</ol>
${left > 0 ? html`<p class="fine">${say({ word: 'season.page.challenges.more', with: { count: left } })}</p>` : ''}
</section>
`;
}

/** What each place is worth, a frame each, and the rule in words below. */
function ruleOf({ rule }: SeasonPageView): Html {
  const frames = pointsByPlace.map(
    (points, index) =>
      html`<li><span>${say({ word: 'page.place', with: { place: index + 1 } })}</span> <b>${points}</b></li>`,
  );
  return html`<section class="part" aria-labelledby="rule">
<h2 id="rule">${word('season.page.rule')}</h2>
<ol class="gate worth" aria-hidden="true">${frames}</ol>
<p>${rule}</p>
</section>
`;
}

/** The page of a season. `path`: its own, where others may be sent to it; `base`: what is before all paths. */
export function seasonPage(view: SeasonPageView, { path, base }: { path: string | undefined; base: string }): Page {
  const { name: title, to, standings, challenges } = view;
  const over = to !== undefined;
  const phase = say({ word: 'season.page.phase', with: { over } });
  const first = firstOf(view);
  const head = slate({ is: over ? 'ended' : 'open', phase, title, line: first, marks: marksOf(view) });
  const body = html`<article>
${head}
${standings.length === 0 ? '' : standingsOf(view)}${challenges.length === 0 ? '' : challengesOf(view, base)}${ruleOf(view)}</article>`;
  const about = say({ word: 'season.page.about', with: { first, count: challenges.length } });
  return { title, description: standings.length === 0 ? first : about, path, style: 'season', body };
}
