import { beforeEach, describe, expect, test } from 'vitest';
import { createBlocks } from '../../src/desk/blocks.ts';
import type { Reply } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { type Origin, spaceKey, workflowMember } from '../../src/domain/origin.ts';
import { say } from '../../src/domain/words.ts';
import { RedisAway } from '../../src/ports.ts';
import { type IntakeRig, intakeOn } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';

const space = spaceKey({ platform: 'web', space: 'atelier' });

describe.each(redisKinds.slice(0, 1))('what is not made, on %s', (kind) => {
  const engine = useRedis(kind);
  let rig: IntakeRig;
  beforeEach(() => {
    rig = intakeOn(engine.redis);
  });
  const block = (kind: 'member' | 'channel' | 'word' | 'phrase' | 'pattern', value: string, where = space) =>
    rig.blocks.add(where, { kind, value, by: 'boss' });
  const held = async () => (await engine.redis.keys('dailies:*:job:*')).length + rig.budget.reserved.size;
  const quoteIn = (reply: Reply): string => {
    const quotes = reply.parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
    return quotes.find(({ command }) => command === 'order make')?.quote ?? '';
  };

  test('a blocked member asks for nothing, in words that do not accuse; others do, and so do they elsewhere', async () => {
    await block('member', 'ada');
    const error = await rig.refused('video', { prompt: 'a boat' });
    expect(error).toMatchObject({ refusal: 'forbidden', said: { word: 'blocked.member' } });
    expect(await held()).toBe(0);
    expect((await rig.ask('video', { prompt: 'a boat' }, { user: 'bob' })).jobs).toHaveLength(1);
    expect((await rig.ask('video', { prompt: 'a boat' }, { origin: { space: 'other' } })).jobs).toHaveLength(1);
    expect((await rig.ask('quota')).parts).not.toHaveLength(0);
  });

  test('nothing is asked for in a blocked channel, nor in its threads, nor in a blocked thread', async () => {
    await block('channel', 'films');
    expect((await rig.refused('video', { prompt: 'a boat' })).said.word).toBe('blocked.channel');
    expect((await rig.ask('video', { prompt: 'a boat' }, { origin: { channel: 'drafts' } })).jobs).toHaveLength(1);
    await block('channel', 'tomorrow');
    const there = { origin: { channel: 'drafts', thread: 'tomorrow' } };
    expect((await rig.refused('video', { prompt: 'a boat' }, there)).said.word).toBe('blocked.channel');
  });

  test('blocked words are named, all at once, and nothing is held for any of several films', async () => {
    await block('word', 'Badger');
    await block('phrase', 'red square');
    const error = await rig.refused('video', { prompt: 'a bádg\u200ber on the RED  square', count: 3 });
    expect(error).toMatchObject({ refusal: 'forbidden', field: 'prompt' });
    // Entries of the same moment come in either order.
    expect(say(error.said)).toMatch(
      /^Leave out (?:"Badger" and "red square"|"red square" and "Badger"): films here are made without those\. Nothing was taken\.$/,
    );
    expect([await held(), rig.pictures.stored.length]).toEqual([0, 0]);
    expect((await rig.ask('video', { prompt: 'badgers on squares' })).jobs).toHaveLength(1);
  });

  test('what matches a pattern is refused, and the pattern is never said', async () => {
    await block('pattern', 'b[ae]dger');
    const error = await rig.refused('video', { prompt: 'a BEDGER' });
    expect(error).toMatchObject({ refusal: 'forbidden', field: 'prompt', said: { word: 'blocked.pattern' } });
    expect(JSON.stringify(error.said) + say(error.said)).not.toContain('b[ae]dger');
  });

  test('words to the gateway in other fields are held to the same', async () => {
    await block('word', 'badger');
    const values = { prompt: 'a boat', model: 'sandbox-mini', characters: 'char_1, badger' };
    expect(await rig.refused('video', values)).toMatchObject({ field: 'characters', said: { word: 'blocked.words' } });
  });

  test('managers and moderators are held to words too', async () => {
    rig.chat.promote('boss', 'manager');
    await block('word', 'badger');
    expect((await rig.refused('video', { prompt: 'badger' }, { user: 'boss' })).said.word).toBe('blocked.words');
  });

  test('an old film is not made again once its words are blocked', async () => {
    const values = { prompt: 'a badger', model: 'sandbox-mini', characters: 'char_newt' };
    const { id } = await rig.film('video', values);
    const again = (user: string) => rig.refused('film again', { job: id }, { user });
    await block('word', 'badger');
    expect((await again('bob')).said.word).toBe('blocked.words');
    await rig.blocks.remove(space, (await rig.blocks.read(space))[0]?.id ?? '', 'boss');
    await block('pattern', '_newt');
    expect((await again('bob')).said.word).toBe('blocked.pattern');
  });

  test('a choice of a price that was said before is not taken', async () => {
    const asked = { asks: true };
    const tag = await rig.ask('video', { prompt: 'a badger', model: 'sora-2', seconds: 20 }, asked);
    await block('word', 'badger');
    expect((await rig.refused('order make', { quote: quoteIn(tag) }, asked)).said.word).toBe('blocked.words');
    expect(await held()).toBe(0);
    await rig.blocks.remove(space, (await rig.blocks.read(space))[0]?.id ?? '', 'boss');
    expect((await rig.ask('order make', { quote: quoteIn(tag) }, asked)).jobs).toHaveLength(1);
  });

  test('nor is one taken by a member who was blocked meanwhile', async () => {
    const tag = await rig.ask('video', { prompt: 'a boat', model: 'sora-2', seconds: 20 }, { asks: true });
    await block('member', 'ada');
    expect((await rig.refused('order make', { quote: quoteIn(tag) })).said.word).toBe('blocked.member');
  });

  test('a call that was taken before gets its answer, whatever was blocked since', async () => {
    const call = rig.callOf('video', { prompt: 'a badger' });
    const first = await rig.intake.handle(call);
    await block('word', 'badger');
    await block('member', 'ada');
    rig.verdicts.next = () => {
      throw new UserError('unavailable', { word: 'moderation.away' });
    };
    expect((await rig.intake.handle(call)).jobs).toEqual(first.jobs);
    expect(await rig.slow.left(space, 'ada')).toBe(0);
  });

  describe('a step of a workflow', () => {
    const place: Partial<Origin> = { platform: 'slack', space: 'T1', user: workflowMember, step: 'Fx1' };
    const slack = spaceKey({ platform: 'slack', space: 'T1' });
    const step = async (prompt: string) => {
      await rig.settings.change(slack, { workflowCredits: 40 }, 'boss');
      const call = { ...rig.callOf('video', { prompt }, { origin: place }), who: { id: 'U7', name: 'Ada' } };
      return rig.intake.handle(call).then(
        () => 'taken',
        (error: UserError) => error.said.word,
      );
    };

    test('is held to the same words, and to whoever set it going', async () => {
      expect(await step('a boat')).toBe('taken');
      await block('word', 'badger', slack);
      expect(await step('a badger')).toBe('blocked.words');
      await block('member', 'U7', slack);
      expect(await step('a boat')).toBe('blocked.member');
    });

    test('has nobody wait: whom it names need not have written its words', async () => {
      await block('word', 'badger', slack);
      for (let n = 0; n < 5; n += 1) expect(await step('a badger')).toBe('blocked.words');
      expect(await step('a boat')).toBe('taken');
      expect([await rig.slow.left(slack, 'U7'), await rig.slow.left(slack, workflowMember)]).toEqual([0, 0]);
    });
  });

  describe('the moderation', () => {
    test('is asked before anything is held, and what it flags is refused by what it is about', async () => {
      rig.verdicts.next = (text) => (text.includes('fight') ? { about: ['violence', 'hate'] } : undefined);
      const error = await rig.refused('video', { prompt: 'a fight' });
      expect(error).toMatchObject({ refusal: 'forbidden', field: 'prompt' });
      expect(say(error.said)).toBe(
        'As it is put, this may be taken for violence or hate, which the video service declines. Say it another way. Nothing was taken.',
      );
      expect(await held()).toBe(0);
      expect((await rig.ask('video', { prompt: 'a boat' })).jobs).toHaveLength(1);
      expect(rig.looked).toEqual(['a fight', 'a boat']);
    });

    test('sees all words, and not those that are blocked already', async () => {
      await rig.ask('video', { prompt: 'a boat', model: 'sandbox-mini', characters: 'char_1' });
      await block('word', 'badger');
      await rig.refused('video', { prompt: 'a badger' });
      expect(rig.looked).toEqual(['a boat\nchar_1']);
    });

    test('is asked for a choice, and for a film made again', async () => {
      const { id } = await rig.film('video', { prompt: 'a fight' });
      const tag = await rig.ask('video', { prompt: 'a fight', model: 'sora-2', seconds: 20 }, { asks: true });
      rig.verdicts.next = () => ({ about: [] });
      expect((await rig.refused('film again', { job: id })).said.word).toBe('moderation.flagged');
      expect((await rig.refused('order make', { quote: quoteIn(tag) })).said.word).toBe('moderation.flagged');
    });
  });

  describe('repeated refusals', () => {
    const refuse = (user: string) => rig.refused('video', { prompt: 'a badger' }, { user });
    beforeEach(() => block('word', 'badger'));

    test('have that member wait, and nobody else', async () => {
      for (let n = 0; n < 3; n += 1) expect((await refuse('ada')).said.word).toBe('blocked.words');
      const error = await rig.refused('video', { prompt: 'a boat' });
      expect(error).toMatchObject({ refusal: 'busy', said: { word: 'slow.wait', with: { minutes: 1 } } });
      expect(error.retryAfter).toBeGreaterThan(50);
      expect(error.retryAfter).toBeLessThanOrEqual(60);
      expect(say(error.said)).toContain('Ask again in 1 minute.');
      expect(await held()).toBe(0);
      expect((await rig.ask('video', { prompt: 'a boat' }, { user: 'bob' })).jobs).toHaveLength(1);
      // Asking too early is no refusal for words: it makes the wait no longer.
      expect((await refuse('ada')).said.word).toBe('slow.wait');
      expect(await rig.slow.left(space, 'ada')).toBeLessThanOrEqual(60_000);
    });

    test('by patterns and by the moderation count with them; by a blocked channel they do not', async () => {
      await block('pattern', 'newt+');
      await block('channel', 'drafts');
      rig.verdicts.next = (text) => (text.includes('fight') ? { about: [] } : undefined);
      for (let n = 0; n < 4; n += 1) await rig.refused('video', { prompt: 'x' }, { origin: { channel: 'drafts' } });
      await refuse('ada');
      await rig.refused('video', { prompt: 'newttt' });
      await rig.refused('video', { prompt: 'fight' });
      expect((await rig.refused('video', { prompt: 'a boat' })).said.word).toBe('slow.wait');
    });

    test('of one call, told again and again, count once', async () => {
      const call = rig.callOf('video', { prompt: 'a badger' });
      for (let n = 0; n < 5; n += 1) await expect(rig.intake.handle(call)).rejects.toBeInstanceOf(UserError);
      expect(await rig.slow.left(space, 'ada')).toBe(0);
    });

    test('are said also where they cannot be counted', async () => {
      const count = async () => {
        throw new RedisAway(false, undefined);
      };
      rig = intakeOn(engine.redis, { slow: { left: rig.slow.left, count } });
      expect((await refuse('ada')).said.word).toBe('blocked.words');
      expect(rig.lines.map(({ message }) => message)).toContain('a refusal was not counted');
    });
  });

  test('where Redis does not answer, nothing is taken and that is said', async () => {
    const gone = engine.redis.duplicate({ lazyConnect: true, enableOfflineQueue: false, retryStrategy: () => null });
    gone.on('error', () => undefined);
    rig = intakeOn(engine.redis, { blocks: createBlocks(gone) });
    expect((await rig.refused('video', { prompt: 'a boat' })).said.word).toBe('service.away');
    expect(await held()).toBe(0);
    gone.disconnect();
  });
});
