import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Card } from '../../../src/domain/card.ts';
import { type Origin, workflowMember } from '../../../src/domain/origin.ts';
import type { Film } from '../../../src/ports.ts';
import { tempFolder } from '../../support/folder.ts';
import { cardLike } from '../../support/poster-contract.ts';
import { pingsOf } from '../../support/slack/mentions.ts';
import { markupOf, type OutboundSlack } from './outbound-slacks.ts';
import { read } from './rig.ts';

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const going = (): AbortSignal => new AbortController().signal;
const nasty = (user: string) => `<!channel> <@${user}> *bold* _x_ ~s~ \`c\` :smile: https://evil.example & <b>`;

/**
 * What the poster does on any Slack; films lie in the folder that `make` is given. The emulator, which others wrote, cannot show that a thread
 * is gone (it takes any), that a file is shared late or never, refused or too large, that a limit is reached, that a history is read only so far,
 * or whom a message pings: what the fake alone shows stands in `outbound.test.ts` and `fallbacks.test.ts`. It takes messages to public channels
 * without the bot, knows `.mp4` as `application/octet-stream`, checks few of the limits of blocks, and has one workspace, `T000000001`.
 */
export function describeOutbound(name: string, make: (folder: string) => Promise<OutboundSlack>): void {
  describe(`what goes out on ${name}`, () => {
    let slack: OutboundSlack;
    let folder: Awaited<ReturnType<typeof tempFolder>>;
    let count = 0;
    beforeAll(async () => {
      folder = await tempFolder();
      slack = await make(folder.path);
    });
    afterAll(async () => {
      await slack?.close();
      await folder.remove();
    });

    const bytes = Buffer.from(Uint8Array.from({ length: 200_003 }, (_, n) => n % 251));
    const marks = new Map<string, string>();
    const originIn = (channel: string, more: Partial<Origin> = {}): Origin => ({
      ...{ platform: 'slack', space: slack.team, channel, user: slack.user },
      ...{ visibility: 'thread', ...more },
    });
    const job = () => `j${'a'.repeat(16)}-${++count}`;
    const card = (id: string, version: number, more: Partial<Card> = {}): Card =>
      cardLike(id, version, { requesterId: slack.user, ...more });
    async function filmOf(id: string, more: Partial<Film> = {}): Promise<Film> {
      const file = join(folder.path, 'a.mp4');
      await writeFile(file, bytes);
      const key = `${id}-d1`;
      return {
        ...{ job: id, key, repeated: marks.has(key), before: marks.get(key), prompt: 'a paper boat' },
        note: async (mark) => void marks.set(key, mark),
        ...{ requester: 'Ada', requesterId: slack.user, mention: true, spoiler: false, card: undefined, file },
        asset: { name: 'a.mp4', bytes: bytes.length, seconds: 8, width: 1366, height: 768 },
        ...more,
      };
    }
    const films = async (channel: string) => (await slack.held(channel)).filter(({ files }) => files.length > 0);
    const post = async (origin: Origin, id: string, more: Partial<Film> = {}) =>
      slack.poster.film(origin, await filmOf(id, more), going());

    test('a card is posted, and edited from then on; it keeps what it is found by', async () => {
      const [channel, id] = [await slack.channel(), job()];
      const ref = await slack.poster.card(originIn(channel), card(id, 1), undefined);
      const [first] = await slack.held(channel);
      expect(ref).toBe(`${channel}/${first?.ts}`);
      expect(first).toMatchObject({ thread: undefined, text: 'Ada: a paper boat (version 1)' });
      expect(first?.metadata).toEqual({ event_type: 'dailies_card', event_payload: { key: id } });
      expect(read(first ?? { blocks: [] })).toBe('Ada asked for a film: a paper boat\nversion 1 · 8 s · 1366x768');
      const failed = card(id, 2, { state: 'failed', line: 'No film.', actions: ['again'] });
      expect(await slack.poster.card(originIn(channel), failed, ref)).toBe(ref);
      const [edited, ...others] = await slack.held(channel);
      expect(others).toEqual([]);
      expect(read(edited ?? { blocks: [] })).toBe('Ada: a paper boat\nNo film.');
      expect(edited).toMatchObject({ ts: first?.ts, text: 'Ada: a paper boat (No film.)', metadata: first?.metadata });
    });

    test('what was asked for in a thread stands in it: the card, and the film', async () => {
      const [channel, id] = [await slack.channel(), job()];
      const thread = await slack.say(channel, 'what a day');
      const origin = originIn(channel, { thread });
      const ref = await slack.poster.card(origin, card(id, 1), undefined);
      expect(await post(origin, id, { card: ref })).toMatchObject({ place: 'asked' });
      expect((await slack.held(channel)).map((one) => one.thread)).toEqual([thread, thread]);
    });

    test('a film goes to its card’s thread, byte for byte, called after its prompt and key', async () => {
      const [channel, id] = [await slack.channel(), job()];
      const ref = await slack.poster.card(originIn(channel), card(id, 1), undefined);
      const posted = await post(originIn(channel), id, { card: ref });
      const [film] = await films(channel);
      const [file] = film?.files ?? [];
      expect(posted).toEqual({ place: 'asked', ref: `${channel}/${film?.ts}/${file?.id}` });
      expect(`${channel}/${film?.thread}`).toBe(ref);
      expect(film?.files).toEqual([
        { id: file?.id, name: `a-paper-boat-${id}-d1.mp4`, title: 'a paper boat', size: bytes.length },
      ]);
      expect(await slack.sha256(file?.id ?? '')).toBe(hashOf(bytes));
      expect(read(film ?? { blocks: [] })).toBe(`@${slack.user} a paper boat`);
    });

    test('a posting that is tried again finds the first; there is no second file', async () => {
      const [channel, id] = [await slack.channel(), job()];
      const first = await post(originIn(channel), id);
      expect(await post(originIn(channel), id)).toEqual(first);
      expect(await films(channel)).toHaveLength(1);
    });

    test.each(['never completed', 'deleted'])('a noted file that was %s: one new post', async (what) => {
      const [channel, id] = [await slack.channel(), job()];
      if (what === 'deleted') {
        await post(originIn(channel), id);
        await slack.deleteFile(marks.get(`${id}-d1`)?.split('/')[0] ?? '');
      } else {
        const stop = new AbortController();
        const film = await filmOf(id);
        const note = (mark: string) => film.note(mark).then(() => stop.abort(new Error('the worker dies')));
        const died = slack.poster.film(originIn(channel), { ...film, note }, stop.signal);
        await expect(died).rejects.toThrow('the worker dies');
      }
      const before = marks.get(`${id}-d1`);
      expect(await films(channel)).toEqual([]);
      const second = await post(originIn(channel), id);
      expect(marks.get(`${id}-d1`)).not.toBe(before);
      expect(await post(originIn(channel), id)).toEqual(second);
      expect(await films(channel)).toHaveLength(1);
    });

    test('what is for its member alone stands in their direct messages, and nowhere else', async () => {
      const [channel, id] = [await slack.channel(), job()];
      const origin = originIn(channel, { visibility: 'private' });
      const ref = await slack.poster.card(origin, card(id, 1), undefined);
      expect(await post(origin, id, { card: ref })).toMatchObject({ place: 'asked' });
      const direct = await slack.direct();
      expect(ref.split('/')[0]).toBe(direct);
      expect((await films(direct)).at(-1)).toMatchObject({ thread: ref.split('/')[1] });
      expect(await slack.held(channel)).toEqual([]);
    });

    test.each(['is not there', 'is archived', 'does not let the bot in'])('a channel that %s', async (what) => {
      const make = { 'is not there': async () => 'C0NOWHERE00', 'is archived': () => slack.archived() };
      const channel = await (make[what as keyof typeof make] ?? (() => slack.shut()))();
      const id = job();
      const posted = await post(originIn(channel), id);
      const film = (await films(await slack.direct())).at(-1);
      expect(posted).toMatchObject({ place: 'private', ref: expect.stringContaining(film?.ts ?? '?') });
      expect(film?.files[0]?.name).toContain(id);
      expect(read(film ?? { blocks: [] })).toContain('You asked for it where it cannot be posted.');
    });

    test('a card whose answer was lost is found by its metadata, and not posted twice', async () => {
      const [channel, id] = [await slack.channel(), job()];
      const deaf = await slack.deaf();
      const ref = await deaf.poster.card(originIn(channel), card(id, 1), undefined);
      expect(await deaf.lost()).toBe(1);
      expect((await slack.held(channel)).map(({ ts }) => `${channel}/${ts}`)).toEqual([ref]);
      // Another process, which only knows that the job is old and has no card.
      const late = card(id, 2, { askedAt: Date.now() - 60_000, line: 'later' });
      expect(await slack.poster.card(originIn(channel), late, undefined)).toBe(ref);
      expect((await slack.held(channel)).map(({ text }) => text)).toEqual(['Ada: a paper boat (later)']);
    });

    test('a prompt pings nobody, formats nothing and links nothing', async () => {
      const [channel, id] = [await slack.channel(), job()];
      const prompt = nasty(slack.botUserId);
      const ref = await slack.poster.card(originIn(channel), card(id, 1, { prompt, requester: prompt }), undefined);
      await post(originIn(channel), id, { card: ref, prompt, mention: false, requester: prompt });
      const held = await slack.held(channel);
      expect(held).toHaveLength(2);
      for (const message of held) {
        const { users, groups, everyone } = pingsOf(message.text, message.blocks as never);
        expect([[...users], [...groups], everyone]).toEqual([[], [], false]);
        const { markup, elements } = markupOf(message.blocks);
        expect(markup.filter((text) => /evil|bold|channel|<b>/.test(text))).toEqual([]);
        expect(elements).toEqual([]);
        expect(message.text).not.toMatch(/[<>]/);
        expect(read(message)).toContain(prompt);
      }
      expect((await films(channel))[0]?.files[0]?.title).toBe(prompt);
    });

    test.each([
      ['names its requester alone', {}, true],
      ['names nobody where they wish that', { mention: false }, false],
      ['of a workflow that nobody set going names nobody', { requesterId: workflowMember }, false],
    ])('a film %s', async (_what, more, named) => {
      const [channel, id] = [await slack.channel(), job()];
      await post(originIn(channel), id, { prompt: nasty(slack.botUserId), ...more });
      const [film] = await films(channel);
      const { users, groups, everyone } = pingsOf(film?.text ?? '', (film?.blocks ?? []) as never);
      expect([[...users], [...groups], everyone]).toEqual([named ? [slack.user] : [], [], false]);
      const who = 'requesterId' in more ? 'A workflow:' : named ? `@${slack.user}` : 'Ada:';
      expect(read(film ?? { blocks: [] })).toMatch(new RegExp(`^${who} `));
    });
  });
}
