import { html } from 'hono/html';
import { say, word } from '../../../src/domain/words.ts';
import { say as sayOfStudio } from '../words.ts';

export type Html = ReturnType<typeof html>;

/** What all pages know of the house they are served by. */
export interface House {
  /** Changes with the files that pages load. */
  version: string;
  /** Where the house is reached from elsewhere, without a slash at its end; nothing where it is not. */
  origin: string | undefined;
  /** What comes before each path, where the house lies below another's address. */
  base: string;
}

/** A page: what stands in it, and what is said of it where somebody shows a link to it. */
export interface Page {
  title: string;
  description: string;
  /** Its own path, where others may be sent to it. */
  path?: string | undefined;
  /** The path of its picture. */
  picture?: string | undefined;
  /** The style that it alone has. */
  style?: 'season';
  body: Html;
}

/** What chats and networks show of a link. Only what is reached from elsewhere has an address there. */
function preview({ title, description, path, picture }: Page, { origin }: House): Html {
  const image = origin === undefined || picture === undefined ? undefined : origin + picture;
  const address = origin === undefined || path === undefined ? undefined : origin + path;
  return html`<meta name="description" content="${description}">
<meta property="og:type" content="website">
<meta property="og:site_name" content="${sayOfStudio('bot')}">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${description}">
<meta name="twitter:card" content="${image === undefined ? 'summary' : 'summary_large_image'}">
<meta name="twitter:title" content="${title}">
<meta name="twitter:description" content="${description}">
${
  image === undefined
    ? ''
    : html`<meta property="og:image" content="${image}">
<meta property="og:image:alt" content="${word('page.picture')}">
<meta name="twitter:image" content="${image}">
`
}${
  address === undefined
    ? ''
    : html`<meta property="og:url" content="${address}">
<link rel="canonical" href="${address}">
`
}`;
}

/** A whole page, which needs no script and loads nothing from elsewhere. */
export async function layout(page: Page, house: House): Promise<string> {
  const { base, version } = house;
  const whole = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#f4efe6" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#151113" media="(prefers-color-scheme: dark)">
<title>${say({ word: 'page.title', with: { title: page.title } })}</title>
${preview(page, house)}<link rel="icon" href="${base}/pages/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${base}/pages/base.css?v=${version}">
<link rel="stylesheet" href="${base}/pages/pages.css?v=${version}">
${
  page.style === undefined
    ? ''
    : html`<link rel="stylesheet" href="${base}/pages/${page.style}.css?v=${version}">
`
}</head>
<body class="public">
<a class="skip" href="#main">${word('page.skip')}</a>
<header class="top"><div class="brand">
<div class="clapper" aria-hidden="true"><span class="stick"></span></div>
<p class="name">${sayOfStudio('bot')}<span class="tagline">${sayOfStudio('tagline')}</span></p>
</div></header>
<main id="main" tabindex="-1">
${page.body}
</main>
<footer class="foot"><p>${word('page.foot')}</p></footer>
</body>
</html>
`;
  return `${await whole}`;
}

/** A page that says one thing: that there is nothing, or that something does not work now. */
export function notice(title: string, text: string): Page {
  const body = html`<section class="notice">
<h1>${title}</h1>
<p>${text}</p>
</section>`;
  return { title, description: text, body };
}
