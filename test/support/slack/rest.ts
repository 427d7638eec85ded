import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Args, createArgs } from './args.ts';
import { argumentsOf, receiveText } from './body.ts';
import { createLimits } from './limits.ts';
import { type Call, type Methods, needScope } from './method.ts';
import { openMethods } from './methods-app.ts';
import { chat } from './methods-chat.ts';
import { conversations } from './methods-conversations.ts';
import { files } from './methods-files.ts';
import { functions } from './methods-functions.ts';
import { people } from './methods-people.ts';
import { views } from './methods-views.ts';
import { Refused } from './refusals.ts';
import { type Answer, answer, note, type Traffic } from './traffic.ts';
import type { Execution, Installation, Row, World } from './world.ts';

const methods: Methods = { ...people, ...chat, ...conversations, ...views, ...files, ...functions };

/** The token of a request: of its header, or of its body. */
function tokenOf(request: IncomingMessage, args: Row): string | null {
  const header = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return header ?? (typeof args.token === 'string' && args.token !== '' ? args.token : null);
}

interface Bearer {
  install: Installation;
  execution: Execution | null;
}

function stepBearer(world: World, token: string): Bearer {
  const execution = [...world.executions.values()].find((one) => one.token === token);
  if (!execution) throw new Refused('invalid_auth');
  const old = world.clock.now() - execution.at > world.settings.stepTokenMs;
  const { install } = execution.team;
  if (old || execution.status !== 'running' || install?.state !== 'active') throw new Refused('token_revoked');
  return { install, execution };
}

function bearerOf(world: World, token: string | null): Bearer {
  if (token === null) throw new Refused('not_authed');
  if (token.startsWith('xwfp-')) return stepBearer(world, token);
  if (token.startsWith('xapp-')) throw new Refused('not_allowed_token_type');
  const install = world.installations.get(token);
  if (!install) throw new Refused('invalid_auth');
  if (install.state === 'revoked') throw new Refused('token_revoked');
  if (install.state === 'uninstalled') throw new Refused('account_inactive');
  return { install, execution: null };
}

function teamOf(world: World, args: Args, { install, execution }: Bearer) {
  if (execution) return execution.team;
  if (install.team) return install.team;
  const asked = args.text('team_id');
  const team = [...world.teams.values()].find((one) => one.install === install && (asked ?? one.id) === one.id);
  if (!team) throw new Refused('team_not_found');
  return team;
}

/** Answers below `/api/`. What goes wrong in a method itself is thrown. */
export function createRest(traffic: Traffic) {
  const { world } = traffic;
  const count = createLimits(world);

  function run(name: string, all: Row | undefined, token: string | null): { row: Row; call: Call | null } {
    if (!all) throw new Refused('invalid_json');
    const args = createArgs(all);
    const open = openMethods[name];
    if (open) {
      const install = token?.startsWith('xoxb-') ? bearerOf(world, token).install : null;
      return { row: open(world, args, token, install), call: null };
    }
    const method = methods[name];
    if (!method) throw new Refused('unknown_method', { req_method: name });
    const bearer = bearerOf(world, token);
    const call: Call = { world, args, ...bearer, team: teamOf(world, args, bearer) };
    count(name, call.team, args.text('channel'));
    needScope(call, ...(method.scopes ?? []));
    return { row: method.run(call), call };
  }

  function perform(name: string, args: Row | undefined, token: string | null): Answer {
    const scopes = token === null ? undefined : world.installations.get(token)?.scopes;
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'x-slack-req-id': world.ids.secret(),
      ...(scopes && { 'x-oauth-scopes': scopes.join(',') }),
      ...(methods[name]?.scopes && { 'x-accepted-oauth-scopes': methods[name].scopes.join(',') }),
    };
    try {
      const { row } = run(name, args, token);
      return { status: 200, headers, body: JSON.stringify({ ok: true, ...row }) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { code, more, retryAfter } = error;
      const limited = retryAfter !== null && { 'retry-after': String(retryAfter) };
      const body = JSON.stringify({ ok: false, error: code, ...more });
      return { status: limited ? 429 : 200, headers: { ...headers, ...limited }, body, error: code };
    }
  }

  return async (request: IncomingMessage, reply: ServerResponse, url: URL): Promise<void> => {
    const name = url.pathname.slice('/api/'.length);
    const text = await receiveText(request);
    const all = argumentsOf(request, url, text);
    const token = tokenOf(request, all ?? {});
    const { token: _, ...args } = all ?? {};
    const install = token === null ? undefined : world.installations.get(token);
    const execution = [...world.executions.values()].find((one) => one.token === token);
    const team = install?.team?.id ?? execution?.team.id ?? (typeof args.team_id === 'string' ? args.team_id : null);
    const kind = token?.split('-')[0] ?? null;
    const seen = note(world, { method: name, team, bytes: Buffer.byteLength(text), args, token: kind });
    await answer(traffic, request, reply, seen, () => perform(name, all, token));
  };
}
