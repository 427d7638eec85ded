import { html } from 'hono/html';
import type { ChallengeView, EndedShown } from '../../../src/domain/challengeView.ts';
import { moment, say, word } from '../../../src/domain/words.ts';
import { screening } from './films.ts';
import type { Html, Page } from './layout.ts';
import { checking, ranking } from './result.ts';
import { type Mark, slate, timed } from './slate.ts';

const seasonMark = ({ id, name }: NonNullable<EndedShown['season']>, base: string): Mark => [
  'page.season',
  html`<a href="${base}/s/${id}">${name}</a>`,
];

/** The times of a challenge, by the clocks of its space, how many films there are, and in which season it counts. */
function marksOf(view: ChallengeView, base: string): Mark[] {
  const { opensAt, closesAt, votesUntil, zone, shown, voting } = view;
  const time = (at: number): Html => timed(at, moment(at, zone));
  const count = String(shown.count);
  switch (shown.phase) {
    case 'announced':
      return [
        ['page.opens', time(opensAt)],
        ['page.closes', time(closesAt)],
        ['page.votes', time(votesUntil)],
      ];
    case 'open':
    case 'closing':
      return [
        ['page.so.far', count],
        [shown.phase === 'open' ? 'page.closes' : 'page.closed', time(closesAt)],
        ['page.votes', time(votesUntil)],
      ];
    case 'voting':
      return [
        ['page.films', count],
        ['page.closed', time(closesAt)],
        ['page.votes', time(votesUntil)],
      ];
    case 'counting':
      return [
        ['page.films', count],
        ['page.voted', time(votesUntil)],
      ];
    case 'ended':
      return [
        ['page.films', count],
        [voting === 'one' ? 'page.ballots' : 'page.opinions', String(shown.opinions)],
        ['page.voted', time(votesUntil)],
        ...(shown.season ? [seasonMark(shown.season, base)] : []),
      ];
    case 'cancelled':
      return [['page.opened', time(opensAt)]];
  }
}

/** The slate that every challenge begins with. */
const slateOf = (view: ChallengeView, base: string): Html => {
  const { title, theme, picture, shown } = view;
  const phase = say({ word: 'page.phase', with: { phase: shown.phase } });
  return slate({ is: shown.phase, phase, title, line: theme, picture, marks: marksOf(view, base) });
};

const part = (id: string, title: string, ...texts: (Html | string)[]): Html =>
  html`<section class="part" aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${texts.map(
  (text) => html`<p>${text}</p>
`,
)}</section>
`;

const rules = ({ rules }: ChallengeView): Html => html`<section class="part" aria-labelledby="rules">
<h2 id="rules">${word('page.rules')}</h2>
<ul class="rules">${rules.map((rule) => html`<li>${rule}</li>`)}</ul>
</section>
`;

/** Two parts, side by side where there is room. */
const sides = (one: Html, other: Html): Html => html`<div class="sides">${one}${other}</div>`;

/** What follows the slate. */
function partsOf(view: ChallengeView, tally: string): Html[] {
  const { shown, preset, voting } = view;
  const before = say({ word: 'page.before', with: { preset } });
  const vote = say({ word: 'page.vote.how', with: { voting, button: word('challenge.vote.button') } });
  switch (shown.phase) {
    case 'announced':
      return [sides(part('enter', word('page.enter'), word('page.enter.soon'), before), rules(view))];
    case 'open': {
      const how = say({ word: 'page.enter.how', with: { button: word('challenge.enter.button') } });
      const made = view.takesMade ? [say({ word: 'page.enter.made', with: { button: word('film.more') } })] : [];
      return [sides(part('enter', word('page.enter'), how, ...made, before), rules(view))];
    }
    case 'closing':
      return [html`<p class="lead">${word('page.closing')}</p>`, rules(view)];
    case 'voting':
      return [part('vote', word('page.vote'), vote, word('page.vote.own')), screening(shown.films), rules(view)];
    case 'counting':
      return [html`<p class="lead">${word('page.counting')}</p>`, screening(shown.films), rules(view)];
    case 'ended':
      return [ranking(shown, voting), checking(view, shown.hash, tally), rules(view)];
    case 'cancelled':
      return [
        html`<p class="lead">${word('page.cancelled')}</p>`,
        ...(shown.why === '' ? [] : [part('why', word('page.why'), shown.why)]),
      ];
  }
}

/** What a chat shows of a link to it. */
function aboutOf({ theme: said, opensAt, closesAt, votesUntil, zone, shown }: ChallengeView): string {
  const theme = said.replace(/[.\s]+$/, '');
  const { phase, count } = shown;
  switch (phase) {
    case 'announced':
      return say({ word: 'page.about.announced', with: { theme, at: opensAt, zone } });
    case 'open':
      return say({ word: 'page.about.open', with: { theme, count, at: closesAt, zone } });
    case 'voting':
      return say({ word: 'page.about.voting', with: { theme, count, at: votesUntil, zone } });
    case 'closing':
      return say({ word: 'page.about.closing', with: { theme } });
    case 'counting':
      return say({ word: 'page.about.counting', with: { theme, count } });
    case 'ended': {
      const [first] = shown.places;
      if (!first) return say({ word: 'page.about.none', with: { theme } });
      return say({ word: 'page.about.ended', with: { theme, name: first.name, count } });
    }
    case 'cancelled':
      return say({ word: 'page.about.cancelled', with: { theme } });
  }
}

/** The page of a challenge. `tally`: the path of its tally file; `path`: its own, where others may be sent to it; `base`: what is before all paths. */
export function challengePage(
  view: ChallengeView,
  { tally, path, base }: { tally: string; path: string | undefined; base: string },
): Page {
  const { title, picture } = view;
  const body = html`<article>
${slateOf(view, base)}
${partsOf(view, tally)}</article>`;
  return { title, description: aboutOf(view), path, picture, body };
}
