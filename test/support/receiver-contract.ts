import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call, Reply } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { word } from '../../src/domain/words.ts';
import type { Receiver } from '../../src/ports.ts';
import { until } from './until.ts';

/** What a member is told: the reply's text, or that they were refused and how. */
export type Told = { text: string } | { refused: string };

/** A receiver with the chat before it. */
export interface ReceiverUnderTest {
  receiver: Receiver;
  /** A member types `/video` with a prompt, as the deed `id`; resolves with what they are told. */
  type(prompt: string, id: string): Promise<Told>;
  close(): Promise<void>;
}

const replyOf = (text: string): Reply => ({ to: 'private', parts: [{ kind: 'text', text }], jobs: [] });

/** What every chat's way in keeps to. `make` gives one that does not listen yet. */
export function describeReceiver(name: string, make: () => Promise<ReceiverUnderTest>): void {
  describe(`the way in of ${name}`, () => {
    let chat: ReceiverUnderTest;
    const calls: Call[] = [];
    let answer: (call: Call) => Promise<Reply>;
    beforeAll(async () => {
      chat = await make();
    });
    afterAll(() => chat.close());

    it('refuses in plain words before anybody listens', async () => {
      expect(await chat.type('too early', 'e')).toHaveProperty('refused');
      await chat.receiver.listen(async (call) => {
        calls.push(call);
        return answer(call);
      });
    });

    it('hands a deed over once, with who did it, where, and what', async () => {
      answer = async () => replyOf('taken');
      expect(await chat.type('a paper boat', 'one')).toEqual({ text: 'taken' });
      expect(calls).toHaveLength(1);
      expect(calls[0]).toMatchObject({
        command: 'video',
        values: { prompt: 'a paper boat' },
        origin: { channel: expect.any(String), space: expect.any(String), visibility: expect.any(String) },
      });
      expect(calls[0]?.who.id).toBe(calls[0]?.origin.user);
    });

    it('gives the same deed the same key, and another one another', async () => {
      await chat.type('a paper boat', 'one');
      await chat.type('a paper boat', 'two');
      const [first, again, other] = calls.map((call) => call.key);
      expect(again).toBe(first);
      expect(other).not.toBe(first);
    });

    it('tells a refusal in its own words', async () => {
      answer = async () => {
        throw new UserError('forbidden', { word: 'command.forbidden' });
      };
      expect(await chat.type('not mine', 'three')).toEqual({ refused: word('command.forbidden') });
    });

    it('takes nothing new once it closes, and ends what is under way', async () => {
      let end = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        end = resolve;
      });
      answer = async () => {
        await held;
        return replyOf('ended well');
      };
      const before = calls.length;
      const underWay = chat.type('slow', 'four');
      await until('handed over', () => calls.length === before + 1);
      const closed = chat.receiver.close();
      expect(await chat.type('too late', 'five')).toHaveProperty('refused');
      end();
      await closed;
      expect(await underWay).toEqual({ text: 'ended well' });
      expect(calls).toHaveLength(before + 1);
    });
  });
}
