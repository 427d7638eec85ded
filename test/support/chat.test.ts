import { expect, test } from 'vitest';
import { CannotPost, TransientError, UserError } from '../../src/domain/errors.ts';
import type { Origin } from '../../src/domain/origin.ts';
import { say } from '../../src/domain/words.ts';
import { busy, createFakeChat } from './chat.ts';
import { callOf } from './house.ts';
import { textOf } from './intake.ts';
import { cardLike, describePoster } from './poster-contract.ts';
import { describeReceiver } from './receiver-contract.ts';
import { describeRights } from './rights-contract.ts';
import { describeSayings, type Heard, pressesOf } from './sayings-contract.ts';

let places = 0;
const place = (): Origin => ({
  ...{ platform: 'web', space: 's', channel: 'c', user: 'ada', visibility: 'thread' },
  thread: `t${++places}`,
});

describePoster('the chat in memory', async () => {
  const chat = createFakeChat();
  return {
    poster: chat.poster,
    place: async () => place(),
    nowhere: async () => {
      const origin = place();
      chat.deny(origin);
      return origin;
    },
    read: async (origin) =>
      [...chat.messages.values()]
        .filter((message) => message.place === `s/c/${origin.thread}`)
        .map(({ card, film }) =>
          card ? { kind: 'card', text: card.line } : { kind: 'film', text: film?.prompt ?? '' },
        ),
    staff: async (way) => {
      chat.staffed(way !== 'nobody');
      const to = { platform: 'web', space: way, for: 'moderators' } as const;
      return {
        to: way === 'channel' ? { ...to, channel: 'staff' } : to,
        told: async () =>
          [...chat.notices.values()]
            .filter(({ to: { space } }) => space === way)
            .map(({ notice: { parts } }) => ({ text: textOf({ parts }), buttons: pressesOf(parts) })),
      };
    },
    member: async (way) => {
      chat.know(way, { shut: way === 'shut' });
      return {
        ...{ to: { platform: 'web', space: 's' }, id: way },
        told: async () =>
          [...chat.directs.values()].filter(({ member }) => member === way).map(({ notice }) => textOf(notice)),
      };
    },
    close: async () => undefined,
  };
});

describeSayings('the chat in memory', async () => {
  const chat = createFakeChat();
  return {
    poster: chat.poster,
    async place() {
      const { thread: _, ...channel } = place();
      return { ...channel, channel: `c${places}` };
    },
    nowhere: async () => {
      const to = place();
      chat.deny(to);
      return to;
    },
    heard: async ({ channel, thread = '' }) =>
      [...chat.messages.values()]
        .filter((message) => message.place === `s/${channel}/${thread}`)
        .map(({ said, exhibit }): Heard => {
          const { parts = [], ping } = said ?? {};
          const text = exhibit?.caption ?? textOf({ parts: parts.filter(({ kind }) => kind !== 'buttons') });
          return { text, buttons: pressesOf(parts), pinged: ping === 'crew' ? [ping] : [], hidden: text };
        }),
    group: async () => 'crew',
    missing: () => 'm0',
    close: async () => undefined,
  };
});

describeReceiver('the chat in memory', async () => {
  const chat = createFakeChat();
  return {
    receiver: chat.receiver,
    type: async (prompt, id) => {
      try {
        const [part] = (await chat.call(callOf('video', { prompt }, { key: `memory:${id}` }))).parts;
        return { text: part?.kind === 'text' ? part.text : '' };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { refused: say(error.said) };
      }
    },
    close: async () => undefined,
  };
});

describeRights('the chat in memory', async () => {
  const chat = createFakeChat();
  const closed = place();
  chat.deny(closed);
  chat.promote('boss', 'manager');
  const open = place();
  const { user } = open;
  chat.know(user, { name: 'Ada', roles: ['crew'], since: { account: Date.now() - 5000 } });
  chat.know('robot', { bot: true });
  return {
    ...{ rights: chat.rights, place: open, closed, manager: { ...open, user: 'boss' }, person: { name: 'Ada' } },
    roles: { held: 'crew', other: 'cast' },
    tells: ['account'],
    nobody: ['robot', 'no such member'],
    close: async () => undefined,
  };
});

const card = cardLike('jaaaaaaaaaaaaaaaa-1', 1);

test('scripted failures do nothing, so many times; a lost answer comes after the deed', async () => {
  const chat = createFakeChat();
  const origin = place();
  chat.fail('card', 2, busy);
  for (let i = 0; i < 2; i++) {
    await expect(chat.poster.card(origin, card, undefined)).rejects.toThrow(TransientError);
    expect(chat.messages.size).toBe(0);
  }
  chat.loseAnswer('card', 1);
  await expect(chat.poster.card(origin, card, undefined)).rejects.toThrow(TransientError);
  expect(chat.cards(card.job)).toHaveLength(1);
  await chat.poster.card(origin, card, undefined);
  expect(chat.cards(card.job)).toHaveLength(2);
  expect(chat.asked).toHaveLength(4);
});

test('remembers what was announced and shown: what, where, and where what follows belongs', async () => {
  const chat = createFakeChat();
  const { thread: _, ...to } = place();
  const parts = [{ kind: 'text', text: 'Make a film of rain' } as const];
  const { ref, place: below } = await chat.poster.announce(to, { key: 'a', parts, ping: 'crew', thread: 'Rain' });
  expect(chat.announcements()).toEqual([
    expect.objectContaining({ ref, said: { key: 'a', parts, ping: 'crew', thread: 'Rain', to, follows: below } }),
  ]);
  chat.loseAnswer('amend', 1);
  await expect(chat.poster.amend(to, ref, [])).rejects.toThrow(TransientError);
  expect(chat.announcements()).toMatchObject([{ edits: 1, said: { key: 'a', parts: [] } }]);
  const film = { caption: 'Number 3', spoiler: false, file: 'f.mp4', repeated: false, before: undefined } as const;
  const asset = { name: 'f.mp4', bytes: 1, seconds: 8, width: 16, height: 9 };
  const exhibit = { ...film, asset, key: 'x', note: async () => undefined };
  await chat.poster.exhibit(below, exhibit, new AbortController().signal);
  expect(chat.exhibits()).toMatchObject([{ exhibit: { key: 'x', caption: 'Number 3', to: below } }]);
  expect(chat.asked.map(({ verb }) => verb)).toEqual(['announce', 'amend', 'exhibit']);
});

test('a message that a moderator deleted cannot be edited', async () => {
  const chat = createFakeChat();
  const ref = await chat.poster.card(place(), card, undefined);
  chat.remove(ref);
  await expect(chat.poster.card(place(), card, ref)).rejects.toThrow(CannotPost);
});

test('waiting for what never comes ends with the condition in words', async () => {
  await expect(createFakeChat().until(() => 1 > 2, 20)).rejects.toThrow(/1 > 2/);
});
