import { html, raw } from 'hono/html';
import type { CommandJson } from './forms.ts';
import { say, words } from './words.ts';

type Html = ReturnType<typeof html>;

/** JSON that can stand in a script element: nothing in it can end the element. */
const data = (value: unknown): Html => raw(JSON.stringify(value).replace(/</g, '\\u003c'));

function frame(version: string, title: string, body: Html, script: Html): string {
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#f4efe6" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#151113" media="(prefers-color-scheme: dark)">
<title>${title}</title>
<link rel="icon" href="/studio/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/studio/base.css?v=${version}">
<link rel="stylesheet" href="/studio/studio.css?v=${version}">
<link rel="stylesheet" href="/studio/panels.css?v=${version}">
</head>
<body>
${body}
${script}
</body>
</html>
`}`;
}

const icon = (path: string): Html =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="${path}"></path></svg>`;
const icons = {
  menu: 'M4 7h16M4 12h16M4 17h10',
  close: 'M6 6l12 12M18 6L6 18',
  picture: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01',
  form: 'M5 4h14v16H5zM8.5 9h7M8.5 13h7M8.5 17h4',
  manage: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4',
  send: 'M4 12l16-7-6 16-3-7z',
};

const brand = html`<div class="brand">
<div class="clapper" aria-hidden="true"><span class="stick"></span></div>
<p class="name">${say('bot')}<span class="tagline">${say('tagline')}</span></p>
</div>`;

const side = html`<nav class="side" id="side" aria-label="${say('nav.open')}">
${brand}
<button type="button" class="plain side-close" id="side-close" aria-label="${say('nav.close')}">${icon(icons.close)}</button>
<div id="channels"></div>
<button type="button" class="button manage" id="open-admin" aria-haspopup="dialog" hidden>${icon(icons.manage)}${say('admin.title')}</button>
</nav>
<div class="scrim" id="scrim"></div>`;

const bar = html`<header class="bar">
<button type="button" class="plain menu" id="menu" aria-label="${say('nav.open')}" aria-expanded="false" aria-controls="side">${icon(icons.menu)}</button>
<h1 id="title">${say('welcome.title')}</h1>
<button type="button" class="quota" id="quota" aria-haspopup="dialog">
<svg class="ring" viewBox="0 0 36 36" aria-hidden="true"><circle cx="18" cy="18" r="15"></circle><circle class="fill" id="ring" cx="18" cy="18" r="15" pathLength="100"></circle></svg>
<span class="count"><b id="left">–</b> <span>${say('quota.left')}</span></span>
</button>
<label class="who"><span>${say('member.label')}</span><select id="member"></select></label>
</header>`;

const composer = html`<form class="composer" id="composer" autocomplete="off">
<div class="trouble" id="trouble" role="alert"></div>
<div class="chip" id="chip" hidden></div>
<div class="box" id="box">
<ul class="suggestions" id="suggestions" role="listbox" aria-label="${say('composer.suggestions')}" hidden></ul>
<button type="button" class="plain" id="open-form" aria-label="${say('composer.form')}" title="${say('composer.form')}">${icon(icons.form)}</button>
<button type="button" class="plain" id="pick" aria-label="${say('composer.picture')}" title="${say('composer.picture')}">${icon(icons.picture)}</button>
<input type="file" id="file" accept="image/*" hidden aria-label="${say('composer.picture')}">
<label class="unseen" for="line">${say('composer.label')}</label>
<textarea id="line" rows="1" placeholder="${say('composer.hint')}" role="combobox" aria-autocomplete="list" aria-expanded="false" aria-controls="suggestions" aria-describedby="keys" maxlength="40000" enterkeyhint="send"></textarea>
<button type="submit" class="send" aria-label="${say('composer.send')}">${icon(icons.send)}</button>
</div>
<div class="fields" id="fields"></div>
<p class="keys" id="keys">${say('composer.keys')}</p>
<div class="drop" aria-hidden="true">${say('composer.drop')}</div>
</form>`;

const dialogs = html`<dialog id="quota-panel" class="panel" aria-labelledby="quota-title">
<h2 id="quota-title">${say('quota.label')}</h2><div class="trouble" id="quota-trouble" role="alert"></div><div id="quota-body"></div>
<form method="dialog"><button class="button">${say('form.close')}</button></form>
</dialog>
<dialog id="admin-panel" class="panel wide" aria-labelledby="admin-title">
<header><h2 id="admin-title">${say('admin.title')}</h2><button type="button" class="plain" id="admin-close" aria-label="${say('form.close')}">${icon(icons.close)}</button></header>
<div class="tabs" id="admin-tabs" role="tablist" aria-labelledby="admin-title"></div>
<div class="tab-body" id="admin-body" role="tabpanel" tabindex="0"></div>
</dialog>
<dialog id="form-panel" class="panel" aria-labelledby="form-title">
<h2 id="form-title">${say('form.title')}</h2>
<form id="form"><label class="field" id="form-choice"><span>${say('form.command')}</span><select id="form-command"></select></label>
<p class="hint" id="form-summary"></p><div id="form-fields"></div><div class="trouble" id="form-trouble" role="alert"></div>
<div class="row"><button type="button" class="button" id="form-close">${say('form.close')}</button><button type="submit" class="button strong">${say('form.send')}</button></div></form>
</dialog>
<dialog id="member-panel" class="panel small" aria-labelledby="member-title">
<h2 id="member-title">${say('member.other')}</h2>
<form id="member-form"><label class="field"><span>${say('member.name')}</span><input id="member-name" required maxlength="32" autocapitalize="off" spellcheck="false"></label>
<div class="trouble" id="member-trouble" role="alert"></div>
<div class="row"><button type="button" class="button" id="member-close">${say('form.close')}</button><button type="submit" class="button strong">${say('member.use')}</button></div></form>
</dialog>
<dialog id="thread-panel" class="panel small" aria-labelledby="thread-title">
<h2 id="thread-title">${say('thread.new')}</h2>
<form id="thread-form"><label class="field"><span>${say('thread.title')}</span><input id="thread-name" required maxlength="80"></label>
<div class="trouble" id="thread-trouble" role="alert"></div>
<div class="row"><button type="button" class="button" id="thread-close">${say('form.close')}</button><button type="submit" class="button strong">${say('thread.make')}</button></div></form>
</dialog>`;

/** The whole page; its script fills it from the API. `closed`: it stands behind a token. */
export function studioPage(page: {
  version: string;
  commands: CommandJson[];
  closed: boolean;
  managers: readonly string[];
}): string {
  const body = html`<a class="skip" href="#line">${say('nav.skip')}</a>
<div class="app">
${side}
<main>
${bar}
<section class="thread" id="thread" aria-label="${say('thread.messages')}" tabindex="0"><ol id="messages"></ol></section>
<p class="lost" id="lost" hidden>${say('link.lost')}</p>
${composer}
</main>
</div>
${dialogs}
<p class="unseen" id="news" role="status" aria-live="polite"></p>`;
  const script = html`<script type="application/json" id="studio">${data({ commands: page.commands, managers: page.managers, words })}</script>
<script type="module" src="/studio/studio.js?v=${page.version}"></script>`;
  return frame(page.version, say('title'), body, script);
}

export function loginPage(version: string, wrong: boolean): string {
  const body = html`<main class="door">
${brand}
<h1>${say('login.title')}</h1>
<form method="post" action="/login">
<label class="field"><span>${say('login.label')}</span><input type="password" name="token" required autofocus autocomplete="current-password"></label>
<div class="trouble" role="alert">${wrong ? say('login.wrong') : ''}</div>
<button class="button strong">${say('login.enter')}</button>
</form>
</main>`;
  return frame(version, say('title'), body, html``);
}
