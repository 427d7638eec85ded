import { mark } from '../shared/press.ts';

/** Buttons of the chat itself: the bot joins the channel; a command's form is opened; the home is read anew; a link is followed. */
export const joinId = 'slack:join';
export const formId = (path: string): string => `slack:form${mark}${path}`;
export const refreshId = 'slack:refresh';
export const linkId = 'slack:link';

/** The command whose form a button opens. */
export function readFormId(actionId: string): string | undefined {
  const [kind, path] = actionId.split(mark);
  return kind === 'slack:form' ? path : undefined;
}

/** The `callback_id` of a command's form. */
export const viewId = (path: string): string => `form${mark}${path}`;

export function readViewId(callbackId: string): string | undefined {
  const [kind, path] = callbackId.split(mark);
  return kind === 'form' ? path : undefined;
}

/** A message's ref: its channel, which is not always the one that was asked for, its timestamp, and the file that it brings. */
export const refOf = (channel: string, ts: string, file?: string): string =>
  [channel, ts, ...(file === undefined ? [] : [file])].join('/');

export function readRef(ref: string): { channel: string; ts: string; file: string | undefined } {
  const [channel = '', ts = '', file] = ref.split('/');
  return { channel, ts, file };
}

/** Where a message is read in a browser, without asking Slack for it. */
export const linkTo = (ref: string): string => {
  const { channel, ts } = readRef(ref);
  return `https://slack.com/archives/${channel}/p${ts.replace('.', '')}`;
};
