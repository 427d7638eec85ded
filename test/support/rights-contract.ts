import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { levels } from '../../src/domain/command.ts';
import type { Origin } from '../../src/domain/origin.ts';
import { say } from '../../src/domain/words.ts';
import type { Rights } from '../../src/ports.ts';

/** Rights with the chat behind them. */
export interface RightsUnderTest {
  rights: Rights;
  /** A place where the bot may post, as one of its plain members. */
  place: Origin;
  /** A place where it may not. */
  closed: Origin;
  /** The same place, as somebody who runs it. */
  manager: Origin;
  close(): Promise<void>;
}

/** What every chat's rights keep to. */
export function describeRights(name: string, make: () => Promise<RightsUnderTest>): void {
  describe(`the rights of ${name}`, () => {
    let chat: RightsUnderTest;
    beforeAll(async () => {
      chat = await make();
    });
    afterAll(() => chat.close());

    it('says whether the bot may post, before anything is held', async () => {
      expect(await chat.rights.cannotPost(chat.place)).toBeUndefined();
      const why = await chat.rights.cannotPost(chat.closed);
      expect(why && say(why)).toMatch(/\bask\b/i);
    });

    it('knows plain members from those who run the place, asked anew each time', async () => {
      expect(await chat.rights.level(chat.place)).toBe('anyone');
      expect(levels.indexOf(await chat.rights.level(chat.manager))).toBeGreaterThan(0);
      expect(await chat.rights.level(chat.place)).toBe('anyone');
    });
  });
}
