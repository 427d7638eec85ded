import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Block } from './blocks.ts';
import { parsed, receiveText } from './body.ts';
import { checkBlocks } from './check-blocks.ts';
import { remove, rewrite, write } from './messages.ts';
import { type Answer, answer, note, type Traffic } from './traffic.ts';
import type { Channel, Deed, Message, ResponseUrl, Row, User, World } from './world.ts';

/** A new response_url. */
export function responseUrl(
  world: World,
  given: { deed: Deed; channel: Channel; user: User; original?: Message | null },
): string {
  const secret = world.ids.secret();
  const { deed, channel, user, original = null } = given;
  world.responseUrls.set(secret, { deed, channel, user, original, at: world.clock.now(), uses: 0 });
  return `${world.origin}/respond/${deed.team.id}/${secret}`;
}

const words = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What is wrong with a message, or null. */
export function wrongMessage(row: Row): string | null {
  if (row.blocks !== undefined && checkBlocks(row.blocks, 'message').length > 0) return 'invalid_blocks';
  if (words(row.text) === '' && !Array.isArray(row.blocks)) return 'no_text';
  return words(row.text).length > 40_000 ? 'msg_too_long' : null;
}

/** Posts a deed's answer, for everyone or for its member alone. */
export function answerDeed(world: World, deed: Deed, channel: Channel, user: User, row: Row): Message {
  const { install } = deed.team;
  const message = write(world, channel, {
    ...{ user: install?.botUserId ?? '', botId: install?.botId ?? '', team: deed.team, text: words(row.text), deed },
    ...{ blocks: (row.blocks ?? []) as Block[], threadTs: words(row.thread_ts) || null },
    ephemeralTo: row.response_type === 'in_channel' ? null : user.id,
  });
  deed.answers.push(message);
  return message;
}

function perform(world: World, found: ResponseUrl, row: Row): Answer {
  const { deed, channel, user, original } = found;
  const fail = (status: number, error: string): Answer => ({ status, body: error, error });
  const ok: Answer = { status: 200, body: 'ok' };
  const there = original && !original.deleted ? original : null;
  if (row.delete_original === true) {
    if (!there) return fail(404, 'message_not_found');
    remove(there);
    return ok;
  }
  const wrong = wrongMessage(row);
  if (wrong !== null) return fail(400, wrong);
  if (channel.archived) return fail(404, 'is_archived');
  if (row.replace_original === true && there) {
    rewrite(world, there, { text: words(row.text), blocks: (row.blocks ?? []) as Block[] });
    if (!deed.answers.includes(there)) deed.answers.push(there);
    return ok;
  }
  const message = answerDeed(world, deed, channel, user, row);
  found.original ??= message;
  return ok;
}

/** Serves the response_urls: each so often, and for so long. */
export function createRespond(traffic: Traffic) {
  const { world } = traffic;
  return async (request: IncomingMessage, reply: ServerResponse, url: URL): Promise<void> => {
    const found = world.responseUrls.get(url.pathname.split('/')[3] ?? '');
    const body = await receiveText(request);
    const row = parsed(body);
    const team = found?.deed.team.id ?? null;
    const seen = note(world, { method: 'respond', team, bytes: Buffer.byteLength(body), args: row ?? {} });
    const json = { 'content-type': 'application/json; charset=utf-8' };
    await answer(traffic, request, reply, seen, () => {
      const refuse = (error: string): Answer => ({
        ...{ status: 404, headers: json, body: JSON.stringify({ ok: false, error }), error },
      });
      const { respondMs, respondUses } = world.settings;
      if (!found || world.clock.now() - found.at > respondMs) return refuse('expired_url');
      if (found.uses >= respondUses) return refuse('used_url');
      if (!row) return { status: 400, body: 'invalid_payload', error: 'invalid_payload' };
      found.uses++;
      return perform(world, found, row);
    });
  };
}
