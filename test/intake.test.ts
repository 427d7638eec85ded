import { beforeEach, describe, expect, test } from 'vitest';
import { command } from '../src/domain/command.ts';
import type { ModelCard } from '../src/domain/model.ts';
import { spaceKey } from '../src/domain/origin.ts';
import { RedisAway } from '../src/ports.ts';
import { show } from '../src/show.ts';
import { sandboxCards } from '../src/video/cards.ts';
import { busy, refused as refusedByChat } from './support/chat.ts';
import { createFakeLog, file, type IntakeRig, intakeOn, textOf } from './support/intake.ts';
import { redisKinds } from './support/redis.ts';
import { useRedis } from './support/suite.ts';

describe.each(redisKinds.slice(0, 1))('the way in, on %s', (kind) => {
  const engine = useRedis(kind);
  let rig: IntakeRig;
  beforeEach(() => {
    rig = intakeOn(engine.redis);
  });

  const left = async (user = 'ada') => {
    const quota = await rig.ask('quota', {}, { user });
    return Number(/^(\d+) credit/.exec(textOf(quota))?.[1]);
  };
  /** Nothing of a member's was touched. */
  const untouched = async (user = 'ada') => {
    expect(await left(user)).toBe(60);
    expect(rig.chat.messages.size).toBe(0);
    expect(await engine.redis.keys('dailies:*:job:*')).toEqual([]);
  };

  test('a command learns of whoever called it, and of others, from the chat', async () => {
    const tell = command({
      ...{ name: 'tell', summary: 'help.summary', who: 'anyone', reply: 'private', surfaces: ['slash'], fields: {} },
      run: async (_values, { roles, since, person }) => {
        const known = { roles: await roles(['crew', 'cast']), since: await since() };
        const people = [await person('bob'), await person('robot')];
        return { to: 'private', jobs: [], parts: [{ kind: 'text', text: JSON.stringify({ ...known, people }) }] };
      },
    });
    rig = intakeOn(engine.redis, { commands: [tell] });
    rig.chat.know('ada', { roles: ['crew'], since: { account: 1, joined: 2 } });
    rig.chat.know('bob', { name: 'Bob' });
    rig.chat.know('robot', { bot: true });
    expect(JSON.parse(textOf(await rig.ask('tell', {})))).toEqual({
      ...{ roles: ['crew'], since: { account: 1, joined: 2 }, people: [{ name: 'Bob' }, null] },
    });
  });

  describe('a film asked for', () => {
    test('is accepted: price and balance in the private answer, a free cancel, and its card in the thread', async () => {
      const call = rig.callOf('video', { prompt: 'a boat', seconds: 8 });
      const reply = await rig.intake.handle(call);
      const id = rig.idOf(call);
      expect(reply).toMatchObject({ to: 'private', jobs: [id] });
      expect(textOf(reply)).toBe(
        [
          'Your film is on the way: 8 seconds at 1365x768. 8 credits are set aside, 52 left. You pay only for what arrives, and can cancel for free while it waits.',
          `Job: ${id}`,
          'Price: 8 credits',
          'Left: 52 credits',
          `[Cancel: film cancel ${id}]`,
        ].join('\n'),
      );
      await rig.chat.until(() => rig.chat.cards(id).length === 1);
      const [message] = rig.chat.cards(id);
      expect(message).toMatchObject({ place: 'atelier/films/today', to: undefined });
      expect(message?.card).toMatchObject({ line: 'Next in line', position: 1, requester: 'ADA', prompt: 'a boat' });
      expect(rig.nudges()).toBe(1);
      await rig.intake.close();
      const ref = { space: spaceKey(call.origin), id };
      expect(await rig.read(ref)).toMatchObject({ card: { ref: message?.ref, version: 1 } });
      expect(await rig.lists.admit(5)).toEqual([ref]);
      expect(rig.errors()).toEqual([]);
    });

    test('several at once: one answer, a cancel for each, a card for each', async () => {
      const reply = await rig.ask('video', { prompt: 'a boat', seconds: 4, count: 3 });
      expect(reply.jobs).toHaveLength(3);
      expect(textOf(reply)).toContain(
        'Your 3 films are on the way: 4 seconds each at 1365x768. 12 credits are set aside',
      );
      expect(textOf(reply).match(/\[Cancel/g)).toHaveLength(3);
      await rig.chat.until(() => rig.chat.messages.size === 3);
      expect([...rig.chat.messages.values()].map(({ card }) => card?.job).sort()).toEqual(reply.jobs);
    });

    test('one credit is one credit', async () => {
      const reply = await rig.ask('video', { prompt: 'a boat', model: 'sandbox-mini', seconds: 2 });
      expect(textOf(reply)).toContain('1 credit is set aside, 59 left');
      expect(textOf(reply)).toContain('Price: 1 credit\n');
    });

    test('with a picture: the film takes its shape, and a crop is told', async () => {
      const upright = await rig.ask('video', { prompt: 'x', seconds: 4 }, { files: { image: file('768x1365.png') } });
      expect(textOf(upright)).toContain('4 seconds at 768x1365.');
      expect(textOf(upright)).not.toContain('cropped');
      const square = await rig.ask('video', { prompt: 'x', seconds: 4 }, { files: { image: file('500x500.png') } });
      expect(textOf(square)).toContain('\nYour picture was cropped to the shape of the film.\n');
      expect(rig.pictures.stored).toEqual(['768x1365-768x1365.png', '1365x768-500x500.png']);
      const [card] = rig.chat.cards(square.jobs[0] as string);
      expect(card?.card?.image ?? '1365x768-500x500.png').toBe('1365x768-500x500.png');
    });

    test('a shape that the model lacks: the nearest is taken, and that is told', async () => {
      const square = await rig.ask('video', { prompt: 'x', shape: 'square' });
      expect(textOf(square)).toMatch(/makes nothing that is square; the nearest it makes is 1365x768\./);
      for (const fitting of [{ shape: 'portrait' }, { size: '16:9' }, { size: '1365x768' }]) {
        expect(textOf(await rig.ask('video', { prompt: 'x', ...fitting }))).not.toContain('nearest');
      }
    });

    test('the same call again gets the same answer, and no second card', async () => {
      const call = rig.callOf('video', { prompt: 'a boat', count: 2 });
      const first = await rig.intake.handle(call);
      await rig.chat.until(() => rig.chat.messages.size === 2);
      await rig.ask('video', { prompt: 'another' });
      await rig.chat.until(() => rig.chat.messages.size === 3);
      const [asked, nudges] = [rig.chat.asked.filter(({ verb }) => verb === 'card').length, rig.nudges()];
      expect(await rig.intake.handle(call)).toEqual(first);
      await rig.intake.close();
      expect(rig.chat.asked.filter(({ verb }) => verb === 'card')).toHaveLength(asked);
      expect(rig.nudges()).toBe(nudges);
      expect(rig.chat.messages.size).toBe(3);
    });

    test('the same call in another thread or with other words is a conflict', async () => {
      await rig.ask('video', { prompt: 'a boat' }, { key: 'one' });
      for (const other of [
        rig.callOf('video', { prompt: 'a ship' }, { key: 'one' }),
        rig.callOf('video', { prompt: 'a boat' }, { key: 'one', origin: { thread: 'tomorrow' } }),
        rig.callOf('video', { prompt: 'a boat', count: 2 }, { key: 'one' }),
      ]) {
        await expect(rig.intake.handle(other)).rejects.toMatchObject({ refusal: 'conflict' });
      }
      expect(await left()).toBe(56);
    });

    test('a private one is carded to its member alone', async () => {
      const { id } = await rig.film('video', { prompt: 'a boat' }, { origin: { visibility: 'private' } });
      expect(rig.chat.cards(id)[0]).toMatchObject({ to: 'ada' });
    });
  });

  describe('refused, with nothing held and nothing logged as a crash', () => {
    const cases: [string, Record<string, unknown>, string | undefined, string][] = [
      ['an empty prompt', { prompt: ' ' }, undefined, 'field.empty'],
      ['a prompt longer than the model takes', { prompt: 'x'.repeat(2001), model: 'short' }, undefined, 'prompt.long'],
      ['a length that the model lacks', { prompt: 'x', seconds: 5 }, undefined, 'seconds.unknown'],
      ['a size that is none', { prompt: 'x', size: 'huge' }, undefined, 'shape.unknown'],
      ['a size of nothing', { prompt: 'x', size: '0x0' }, undefined, 'shape.unknown'],
      ['a resolution that is none', { prompt: 'x', resolution: 'best' }, undefined, 'resolution.unknown'],
      ['a resolution of nothing', { prompt: 'x', resolution: '0K' }, undefined, 'resolution.unknown'],
      ['a field that is none', { prompt: 'x', speed: 2 }, undefined, 'field.unknown'],
      ['a model that is none', { prompt: 'x', model: 'y' }, undefined, 'model.unknown'],
      ['no picture', { prompt: 'x' }, 'notes.txt', 'picture.unreadable'],
      ['a picture for a model that takes none', { prompt: 'x', model: 'short' }, '4x4.png', 'picture.none'],
      ['more than the balance', { prompt: 'x', seconds: 20, count: 4 }, undefined, 'balance.short'],
    ];
    test.each(cases)('%s', async (_name, values, picture, word) => {
      const [sora] = sandboxCards as [ModelCard];
      const short = { ...sora, id: 'short', label: 'Short', promptMax: 2000, image: 'none' as const };
      rig = intakeOn(engine.redis, { models: [sora, short] });
      const error = await rig.refused(
        'video',
        values,
        picture === undefined ? {} : { files: { image: file(picture) } },
      );
      expect(error.said.word).toBe(word);
      await untouched();
      expect(rig.errors()).toEqual([]);
      expect(rig.lines.find((line) => line.message === 'refused')?.fields).toMatchObject({
        ...{ call: expect.any(String), command: 'video', platform: 'web', space: 'atelier', user: 'ada', said: word },
      });
      expect(rig.counts).toContainEqual(['video', error.refusal]);
    });

    test('a command that is none', async () => {
      const error = await rig.refused('dance '.repeat(50));
      expect(error).toMatchObject({ refusal: 'unknown', said: { word: 'command.unknown' } });
      expect(rig.counts).toEqual([['unknown', 'unknown']]);
      expect(rig.lines[0]?.level).toBe('info');
    });

    test('a command above one’s level, asked anew at every call', async () => {
      const settle = command({
        ...{
          name: 'settle',
          summary: 'help.summary',
          who: 'manager',
          reply: 'private',
          surfaces: ['slash'],
          fields: {},
        },
        run: async () => ({ to: 'private', parts: [], jobs: [] }),
      });
      rig = intakeOn(engine.redis, { commands: [settle] });
      for (const level of ['anyone', 'moderator'] as const) {
        rig.chat.promote('ada', level);
        expect(await rig.refused('settle')).toMatchObject({
          refusal: 'forbidden',
          said: { word: 'command.forbidden' },
        });
      }
      for (const level of ['manager', 'operator'] as const) {
        rig.chat.promote('ada', level);
        expect(await rig.ask('settle')).toMatchObject({ to: 'private' });
      }
      rig.chat.promote('ada', 'anyone');
      expect((await rig.refused('settle')).refusal).toBe('forbidden');
    });

    test('where the bot may not post, before any picture is opened', async () => {
      const call = rig.callOf('video', { prompt: 'x' }, { files: { image: file('4x4.png') } });
      rig.chat.deny(call.origin);
      await expect(rig.intake.handle(call)).rejects.toMatchObject({ said: { word: 'space.cannotPost' } });
      expect(rig.pictures.stored).toEqual([]);
      await untouched();
    });

    test('a balance that is short names price, rest and renewal', async () => {
      await rig.ask('video', { prompt: 'x', seconds: 20, count: 2 });
      const error = await rig.refused('video', { prompt: 'x', seconds: 20, count: 2 });
      expect(error).toMatchObject({ refusal: 'balance', balance: 20, said: { with: { price: 40, left: 20 } } });
    });

    test('when the chat does not say who may', async () => {
      rig.chat.fail('level', 1, busy);
      expect(await rig.refused('quota')).toMatchObject({ refusal: 'unavailable', said: { word: 'service.chat' } });
      rig.chat.fail('cannotPost', 1, busy);
      expect((await rig.refused('video', { prompt: 'x' })).said.word).toBe('service.chat');
      expect(rig.errors()).toEqual([]);
      await untouched();
    });
  });

  describe('trouble after the job is accepted', () => {
    test.each([
      ['is busy', busy],
      ['refuses the card', refusedByChat],
      ['breaks', () => new Error('out of cheese')],
    ])('a chat that %s does not lose it', async (_name, error) => {
      rig.chat.fail('card', 1, error);
      const reply = await rig.ask('video', { prompt: 'a boat' });
      await rig.intake.close();
      const [space] = await rig.lists.spaces();
      expect(await rig.lists.admit(1)).toEqual([{ space, id: reply.jobs[0] }]);
      expect(rig.chat.messages.size).toBe(0);
      expect(rig.errors()).toEqual([]);
      expect(rig.lines.filter((line) => line.level === 'warn')).toHaveLength(1);
    });

    test('a card that was refused once is posted anew when the chat lets the bot in', async () => {
      rig.chat.fail('card', 1, refusedByChat);
      const call = rig.callOf('video', { prompt: 'a boat' });
      await rig.intake.handle(call);
      await rig.intake.close();
      const job = await rig.read({ space: spaceKey(call.origin), id: rig.idOf(call) });
      expect(job.card).toEqual({ version: 1 });
      await show(job, undefined, { records: rig.records, poster: () => rig.chat.poster, log: createFakeLog().log });
      expect(rig.chat.cards(rig.idOf(call))).toHaveLength(1);
    });

    test('a round of admission that cannot be reached does not lose it', async () => {
      const lists = { enlist: () => Promise.reject(new RedisAway(false, new Error('gone'))) };
      rig = intakeOn(engine.redis, { lists });
      const { jobs } = await rig.ask('video', { prompt: 'a boat' });
      expect(jobs).toHaveLength(1);
      await rig.intake.close();
      expect(rig.chat.cards(jobs[0] as string)).toHaveLength(1);
      expect(rig.lines.filter((line) => line.level === 'warn')).toHaveLength(1);
    });
  });

  test('what nobody foresaw gives bland words, and a log line that names the call', async () => {
    const cause = new Error('secret detail');
    rig = intakeOn(engine.redis, { base: () => Promise.reject(cause) });
    const error = await rig.refused('video', { prompt: 'x' }, { key: 'web:s:ada:7' });
    expect(error).toMatchObject({ refusal: 'unavailable', said: { word: 'service.broken' }, cause });
    expect(JSON.stringify(error.said)).not.toContain('secret');
    expect(rig.errors()).toHaveLength(1);
    expect(rig.errors()[0]?.fields).toMatchObject({ call: 'web:s:ada:7', command: 'video', user: 'ada', err: cause });
    expect(rig.counts).toEqual([['video', 'broken']]);
  });

  describe('closing', () => {
    test('takes nothing new, and ends the calls and cards under way', async () => {
      const open = rig.chat.hold('cannotPost');
      const slow = rig.ask('video', { prompt: 'a boat' });
      await rig.chat.until(() => rig.chat.asked.some(({ verb }) => verb === 'cannotPost'));
      let closed = false;
      const closing = rig.intake.close().then(() => {
        closed = true;
      });
      expect(await rig.refused('quota')).toMatchObject({ said: { word: 'service.stopping' }, retryAfter: 20 });
      const openCards = rig.chat.hold('card');
      open();
      const { jobs } = await slow;
      await rig.chat.until(() => rig.chat.asked.some(({ verb }) => verb === 'card'));
      expect(closed).toBe(false);
      openCards();
      await closing;
      const id = jobs[0] as string;
      expect(rig.chat.cards(id)).toHaveLength(1);
      const space = spaceKey(rig.callOf('video').origin);
      expect(await rig.read({ space, id })).toMatchObject({ card: { version: 1 } });
    });

    test('an intake at rest closes at once, and twice', async () => {
      await rig.intake.close();
      await rig.intake.close();
    });
  });
});
