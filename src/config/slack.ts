import { addressTrouble, isLoopback } from '../domain/gateway.ts';
import type { Values, Variable } from './variables.ts';

/**
 * A bot on Slack. It has one workspace's token, or installs itself in many (`oauth`), whose tokens lie encrypted under `key`. What happens
 * comes over a socket where there is an app-level token, else by signed HTTP. `api`: another Slack than the real one.
 */
export interface SlackConfig {
  access: { token: string } | { clientId: string; clientSecret: string; key: string };
  events: { appToken: string } | { signingSecret: string };
  api: string | undefined;
}

/** What Slack's app is made with, before there is one: `command` is the one for everything, `short` one that makes a film. */
export interface SlackApp {
  command: string;
  short: string | undefined;
  mode: 'socket' | 'http';
  oauth: boolean;
}

/** What is wrong with what is set for Slack, by variable. `takes` says what a variable may be. */
export function slackProblems(values: Values, takes: (name: Variable) => string): [Variable, string][] {
  const found: [Variable, string][] = [];
  const is = (name: Variable): boolean => values[name] !== undefined;
  const demand = (name: Variable, why: string) => {
    if (!is(name)) found.push([name, `is not set, and ${why}; takes ${takes(name)}`]);
  };
  const others = ['SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET', 'SLACK_API_URL'] as const;
  const other = others.find(is);
  if (is('SLACK_BOT_TOKEN') && is('SLACK_CLIENT_ID')) {
    found.push([
      'SLACK_CLIENT_ID',
      'is set beside SLACK_BOT_TOKEN: one workspace has a token, many have client id and secret',
    ]);
  } else if (is('SLACK_CLIENT_ID')) {
    for (const name of ['SLACK_CLIENT_SECRET', 'TOKEN_KEY'] as const) demand(name, 'SLACK_CLIENT_ID is');
    demand('PUBLIC_URL', 'whoever adds the app comes back to it');
    const { protocol, hostname } = new URL(values.PUBLIC_URL ?? 'https://localhost');
    if (protocol !== 'https:' && !isLoopback(hostname))
      found.push(['PUBLIC_URL', 'is no https address, and Slack lets nobody come back to another']);
  } else if (is('SLACK_CLIENT_SECRET')) demand('SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET is');
  else if (other !== undefined) demand('SLACK_BOT_TOKEN', `${other} is`);
  if ((is('SLACK_BOT_TOKEN') || is('SLACK_CLIENT_ID')) && !is('SLACK_SIGNING_SECRET')) {
    demand('SLACK_APP_TOKEN', 'nothing would come from Slack without it (or SLACK_SIGNING_SECRET, for HTTP)');
  }
  if (values.SLACK_API_URL !== undefined) {
    const trouble = addressTrouble(values.SLACK_API_URL, 'SLACK_BOT_TOKEN');
    if (trouble !== undefined) found.push(['SLACK_API_URL', trouble]);
  }
  return found;
}

export function slackOf(values: Values): SlackConfig | undefined {
  const { SLACK_BOT_TOKEN: token, SLACK_CLIENT_ID: clientId, SLACK_CLIENT_SECRET: clientSecret } = values;
  const { SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret, TOKEN_KEY: key } = values;
  const oauth = clientId && clientSecret && key ? { clientId, clientSecret, key } : undefined;
  const access = token === undefined ? oauth : { token };
  const events = appToken ? { appToken } : signingSecret ? { signingSecret } : undefined;
  return access && events && { access, events, api: values.SLACK_API_URL };
}

export function slackAppOf(values: Values): SlackApp {
  const [command = '/dailies', short] = values.SLACK_COMMAND;
  const mode = values.SLACK_SIGNING_SECRET !== undefined && values.SLACK_APP_TOKEN === undefined ? 'http' : 'socket';
  return { command, short, mode, oauth: values.SLACK_CLIENT_ID !== undefined };
}
