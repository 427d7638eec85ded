import type { ServerResponse } from 'node:http';

const marks: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (mark) => marks[mark] ?? '');

const style = 'body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem}';

const html = (title: string, ...lines: string[]): string =>
  [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${style}</style></head>`,
    `<body><h1>${escaped(title)}</h1>${lines.map((line) => `<p>${line}</p>`).join('')}</body></html>`,
  ].join('');

const link = (address: string, words: string): string => `<a href="${escaped(address)}">${escaped(words)}</a>`;

/** Where the app is offered; `address` is Slack's page that asks for consent. */
export const offered = (address: string): string =>
  html(
    'Dailies',
    'Dailies makes short films from words, and a picture if you like, and brings them back to the thread they were asked in.',
    link(address, 'Add to Slack'),
  );

interface Added {
  team?: { id: string; name?: string } | undefined;
  enterprise?: { id: string; name?: string } | undefined;
  appId?: string | undefined;
  isEnterpriseInstall?: boolean | undefined;
}

/** What follows once the app was added. */
export function installed({ team, enterprise, appId, isEnterpriseInstall }: Added, command: string): string {
  if (isEnterpriseInstall) {
    return html(
      'Dailies is added',
      `It is in the organisation ${escaped(enterprise?.name ?? 'now')}. It works in a workspace once it is added there too: in the organisation's settings, under the app.`,
    );
  }
  const back = `https://slack.com/app_redirect?${new URLSearchParams({ app: appId ?? '', team: team?.id ?? '' })}`;
  return html(
    'Dailies is added',
    `It is in the workspace ${escaped(team?.name ?? 'now')}. Write <code>${escaped(command)} help</code> there to see what there is.`,
    link(back, 'Back to Slack'),
  );
}

const reasons = {
  declined: 'It was not added, for that was declined. Nothing was kept.',
  stale: 'It was not added: this page was open for too long, or in another browser than the one it began in.',
  ours: 'It was not added, for something went wrong on our side. The people who run this bot can see what.',
} as const;

/** Why the app was not added, and where it may be tried once more. */
export const failed = (reason: keyof typeof reasons, again: string): string =>
  html('Dailies was not added', reasons[reason], link(again, 'Try once more'));

/** Answers with a page, if nothing was answered yet. */
export function page(res: ServerResponse, status: number, text: string): void {
  if (res.headersSent) return void res.end();
  res.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  res.end(text);
}
