import { beforeEach, describe, expect, test } from 'vitest';
import type { Button, Reply } from '../../src/domain/command.ts';
import type { ModelCard } from '../../src/domain/model.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import { choicesMax, quoteId, quotePattern } from '../../src/domain/quote.ts';
import { sandboxCards } from '../../src/video/cards.ts';
import { file, type IntakeRig, intakeOn, textOf } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';

describe.each(redisKinds.slice(0, 1))('asking before spending, on %s', (kind) => {
  const engine = useRedis(kind);
  let rig: IntakeRig;
  beforeEach(() => {
    rig = intakeOn(engine.redis);
  });

  const space = () => spaceKey(rig.callOf('video').origin);
  const left = async (user = 'ada') => Number(/^(\d+) credit/.exec(textOf(await rig.ask('quota', {}, { user })))?.[1]);
  const jobs = async () => (await engine.redis.keys('dailies:*:job:*')).length;
  const buttons = (reply: Reply): Button[] =>
    reply.parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
  const labels = (reply: Reply) => buttons(reply).map(({ label }) => label);
  /** What a member who can be asked is answered. */
  const tag = (values: Record<string, unknown> = {}, more: Parameters<typeof rig.callOf>[2] = {}) =>
    rig.ask('video', { prompt: 'a boat', model: 'sora-2', seconds: 20, ...values }, { asks: true, ...more });
  const find = (reply: Reply, label: RegExp) => {
    const found = buttons(reply).find((button) => label.test(button.label));
    if (found?.quote === undefined) throw new Error(`no button ${label}: ${labels(reply)}`);
    return found;
  };
  const press = (reply: Reply, label: RegExp, more: Parameters<typeof rig.callOf>[2] = {}) => {
    const { command, quote } = find(reply, label);
    return rig.ask(command, { quote }, { asks: true, ...more });
  };
  const word = (given: Promise<unknown>) =>
    given.then(
      () => 'taken',
      (error: { said?: { word: string } }) => error.said?.word,
    );

  describe('a film above what passes unasked', () => {
    test('is answered privately with its price and the cheaper ones, and nothing is held', async () => {
      const reply = await tag();
      const id = /\[Never mind: order drop (q[a-z2-7]{16})\]/.exec(textOf(reply))?.[1];
      expect(reply).toMatchObject({ to: 'private', jobs: [] });
      expect(textOf(reply)).toBe(
        [
          'A film of 20 seconds at 1365x768 by Sora 2 costs 20 credits. Nothing is taken before you choose.',
          'Price: 20 credits',
          'Left afterwards: 40 credits',
          `[Make it for 20 credits: order make ${id}-1]`,
          `[16 seconds for 16 credits: order make ${id}-2]`,
          `[Sandbox mini, 8 seconds, for 4 credits: order make ${id}-3]`,
          `[Never mind: order drop ${id}]`,
        ].join('\n'),
      );
      expect([await left(), await jobs(), rig.chat.messages.size, rig.budget.reserved.size]).toEqual([60, 0, 0, 0]);
    });

    test('is offered only what the operator’s money covers, and refused where that is nothing', async () => {
      rig.budget.funds.left = 1_700_000;
      const reply = await tag();
      expect(labels(reply)).toEqual([
        '16 seconds for 16 credits',
        'Sandbox mini, 8 seconds, for 4 credits',
        'Never mind',
      ]);
      expect(textOf(reply)).toMatch(/^The people who run this bot set an amount for a while/);
      rig.budget.funds.left = 0;
      expect(await word(tag())).toBe('budget.small');
    });

    test('is taken at once where nobody can be asked, and at the limit', async () => {
      expect((await tag({}, { asks: false })).jobs).toHaveLength(1);
      expect((await tag({ seconds: 16 })).jobs).toHaveLength(1);
      expect(await left()).toBe(24);
    });

    test('is asked about where the space says so', async () => {
      rig = intakeOn(engine.redis, { base: async () => ({ ...rig.policy, confirmAbove: 3 }) });
      expect(labels(await tag({ seconds: 4 }))).toEqual([
        ...['Make it for 4 credits', 'Sandbox mini, 4 seconds, for 2 credits', 'Never mind'],
      ]);
    });

    test('of several, for all of them', async () => {
      const reply = await tag({ seconds: 12, count: 3 });
      expect(textOf(reply)).toContain('3 films of 12 seconds each at 1365x768 by Sora 2 cost 36 credits.');
      expect(labels(reply)).toEqual([
        'Make all 3 for 36 credits',
        '3 × 4 seconds for 12 credits',
        'Sandbox mini, 3 × 8 seconds, for 12 credits',
        'Never mind',
      ]);
      expect((await press(reply, /all 3/)).jobs).toHaveLength(3);
      expect(await left()).toBe(24);
    });

    test('says what its answer will say of shape and picture', async () => {
      const reply = await tag({ shape: 'square' }, { files: { image: file('500x500.png') } });
      expect(textOf(reply)).toContain('nothing that is square; the nearest it makes is 1365x768.');
      expect(textOf(reply)).toContain('Your picture was cropped');
      const taken = await press(reply, /Make it/);
      expect(textOf(taken)).toContain('Your picture was cropped');
    });

    test('tells operators, and only them, the money', async () => {
      rig.chat.promote('boss', 'operator');
      rig.chat.promote('mod', 'manager');
      expect(textOf(await tag({ count: 2 }, { user: 'boss' }))).toContain('\nMoney: 4.00\n');
      expect(textOf(await tag({ count: 2 }, { user: 'mod' }))).not.toContain('Money');
    });

    test('fills no more than a row of buttons, with ids that fit them', async () => {
      const made = buttons(await tag());
      expect(made.length).toBeLessThanOrEqual(choicesMax + 1);
      for (const button of made) {
        const { quote = '' } = button;
        expect(quote).toMatch(quotePattern);
        expect(button.label.length).toBeLessThanOrEqual(75);
      }
    });

    test('made again is asked about too, and keeps its parent and picture', async () => {
      const [parent = ''] = (await tag({}, { asks: false, files: { image: file('1365x768.png') } })).jobs;
      const reply = await rig.ask('film again', { job: parent }, { asks: true, user: 'bob' });
      // The other model makes it in another size, and the picture is there in this one alone.
      expect(labels(reply)).toEqual(['Make it for 20 credits', '16 seconds for 16 credits', 'Never mind']);
      const [id = ''] = (await press(reply, /16 seconds/, { user: 'bob' })).jobs;
      const { request } = await rig.read({ space: space(), id });
      const image = '1365x768-1365x768.png';
      expect(request).toMatchObject({ parent, recipe: { seconds: 16, image }, price: 16, payer: { member: 'bob' } });
    });
  });

  describe('a film made again, where another model is cheaper', () => {
    const [sora, mini] = sandboxCards as [ModelCard, ModelCard];
    const againWith = async (other: ModelCard) => {
      rig = intakeOn(engine.redis, { models: [sora, other] });
      const [job = ''] = (await tag({ original: true }, { asks: false })).jobs;
      return rig.ask('film again', { job }, { asks: true });
    };

    test('keeps what its member chose', async () => {
      const reply = await againWith(mini);
      const [id = ''] = (await press(reply, /Sandbox mini/)).jobs;
      const { request } = await rig.read({ space: space(), id });
      expect(request.recipe).toMatchObject({ model: 'sandbox-mini', extras: { detect_and_block_ip: true } });
    });

    test.each<[string, ModelCard['extras']]>([
      ['lacks what its member chose', {}],
      ['leaves it to the operator', { detect_and_block_ip: { takes: 'boolean', by: 'operator' } }],
    ])('is not offered one that %s', async (_name, extras) => {
      const reply = await againWith({ ...mini, extras });
      expect(labels(reply)).toEqual(['Make it for 20 credits', '16 seconds for 16 credits', 'Never mind']);
    });
  });

  describe('a picture that is not kept any more', () => {
    const image = '1365x768-1365x768.png';
    const pictured = () => tag({}, { files: { image: file('1365x768.png') } });

    test('is said when its film is made again, with nothing held', async () => {
      const [job = ''] = (await tag({ seconds: 4 }, { asks: false, files: { image: file('1365x768.png') } })).jobs;
      expect((await rig.ask('film again', { job })).jobs).toHaveLength(1);
      expect(rig.pictures.renewed).toEqual([image]);
      rig.pictures.stored.length = 0;
      expect(await word(rig.ask('film again', { job }))).toBe('picture.gone');
      expect([await left(), await jobs()]).toEqual([52, 2]);
      expect(rig.errors()).toEqual([]);
    });

    test('is said at the press too, and kept longer by it where it is there', async () => {
      const reply = await pictured();
      rig.pictures.stored.length = 0;
      expect(await word(press(reply, /Make it/))).toBe('picture.gone');
      expect([await left(), await jobs()]).toEqual([60, 0]);
      const other = await pictured();
      const taken = await press(other, /Make it/);
      expect(rig.pictures.renewed).toEqual([image]);
      rig.pictures.stored.length = 0;
      expect(await press(other, /Make it/)).toEqual(taken);
    });
  });

  describe('a default whose successor stands in', () => {
    test('is said in the price tag, in the answer, and where the balance is short', async () => {
      const [sora, mini] = sandboxCards as [ModelCard, ModelCard];
      const old = {
        ...sora,
        id: 'old',
        label: 'Old',
        snapshots: [],
        retiresAt: '2020-01-01',
        successor: 'sandbox-mini',
      };
      const dear = { ...mini, label: 'Dear', weight: 3 };
      rig = intakeOn(engine.redis, { models: [old, dear], offered: () => [dear] });
      const note = 'Old is not made any more; Dear makes this one.';
      const ask = (seconds: number, count: number, asks: boolean) =>
        rig.ask('video', { prompt: 'x', seconds, count }, { asks });
      const reply = await ask(8, 1, true);
      expect(textOf(reply)).toContain(`by Dear costs 24 credits. Nothing is taken before you choose.\n${note}`);
      expect(textOf(await press(reply, /Make it/))).toContain(note);
      expect(textOf(await ask(2, 1, true))).toContain(note);
      expect(textOf(await ask(8, 3, true))).toMatch(new RegExp(`^This costs 72 credits.*\n${note}\n`));
    });
  });

  describe('a choice', () => {
    test('is made where and by whom it was asked, under the key of the call that asked', async () => {
      const call = { ...rig.callOf('video', { prompt: 'a boat', model: 'sora-2', seconds: 20 }), asks: true };
      const reply = await rig.intake.handle(call);
      const taken = await press(reply, /Make it/, { origin: { thread: 'elsewhere', message: 'm1' } });
      expect(taken.jobs).toEqual([rig.idOf(call)]);
      expect(textOf(taken)).toContain('20 credits are set aside, 40 left.');
      const { request } = await rig.read({ space: space(), id: rig.idOf(call) });
      expect(request).toMatchObject({ origin: call.origin, requester: 'ADA', price: 20, recipe: { seconds: 20 } });
      await rig.chat.until(() => rig.chat.cards(rig.idOf(call)).length === 1);
      expect(rig.chat.cards(rig.idOf(call))[0]).toMatchObject({ place: 'atelier/films/today' });
    });

    test('of another model is made by it, with the picture in its size', async () => {
      const reply = await tag({}, { files: { image: file('1365x768.png') } });
      const [id = ''] = (await press(reply, /Sandbox mini/)).jobs;
      const { request } = await rig.read({ space: space(), id });
      expect(request).toMatchObject({
        price: 4,
        recipe: { model: 'sandbox-mini', seconds: 8, size: '854x480', image: '854x480-1365x768.png' },
      });
      expect(await left()).toBe(56);
    });

    test('pressed twice, and at once, is one film and one charge with one answer', async () => {
      const reply = await tag();
      const [one, two] = await Promise.all([press(reply, /Make it/), press(reply, /Make it/)]);
      expect(two).toEqual(one);
      expect(await press(reply, /Make it/)).toEqual(one);
      expect([await left(), await jobs()]).toEqual([40, 1]);
    });

    test.each([
      ['another choice', /16 seconds/],
      ['Never mind', /Never mind/],
    ])('stands: %s after it changes nothing', async (_name, other) => {
      const reply = await tag();
      const taken = await press(reply, /Make it/);
      expect(await word(press(reply, other))).toBe('quote.chosen');
      expect(await press(reply, /Make it/)).toEqual(taken);
      expect([await left(), await jobs()]).toEqual([40, 1]);
    });

    test('of two pressed at once only one is made', async () => {
      const reply = await tag();
      const words = await Promise.all([/Make it/, /16 seconds/, /Sandbox mini/].map((one) => word(press(reply, one))));
      expect(words.sort()).toEqual(['quote.chosen', 'quote.chosen', 'taken']);
      expect(await jobs()).toBe(1);
    });

    test('costs what was said, whatever the model costs by now', async () => {
      const reply = await tag();
      const dearer = sandboxCards.map((card) => ({ ...card, weight: card.weight * 2 }));
      rig = intakeOn(engine.redis, { models: dearer });
      expect(textOf(await press(reply, /Make it/))).toContain('Price: 20 credits');
      expect(await left()).toBe(40);
    });

    test('is refused in plain words when the balance went meanwhile, and the cheaper one is still there', async () => {
      const reply = await tag();
      await tag({ seconds: 16, count: 3 }, { asks: false });
      expect(await word(press(reply, /Make it/))).toBe('balance.short');
      expect((await press(reply, /Sandbox mini/)).jobs).toHaveLength(1);
    });
  });

  describe('a press that comes to nothing', () => {
    test('after an hour: ask once more', async () => {
      const reply = await tag({}, { key: 'late' });
      await engine.redis.pexpire(`dailies:{${space()}}:quote:${quoteId('late')}`, 0);
      expect(await word(press(reply, /Make it/))).toBe('quote.gone');
      expect(await word(press(reply, /Never mind/))).toBe('taken');
      expect(await jobs()).toBe(0);
    });

    test('after an hour, when it was chosen before', async () => {
      const reply = await tag({}, { key: 'late' });
      await press(reply, /Make it/);
      await engine.redis.del(`dailies:{${space()}}:quote:${quoteId('late')}`);
      expect(await word(press(reply, /Make it/))).toBe('quote.chosen');
      expect(await word(press(reply, /16 seconds/, { user: 'bob' }))).toBe('quote.forbidden');
      expect(await jobs()).toBe(1);
    });

    test('by anybody else, moderators too', async () => {
      rig.chat.promote('mod', 'operator');
      const reply = await tag();
      for (const user of ['bob', 'mod']) {
        expect(await word(press(reply, /Make it/, { user }))).toBe('quote.forbidden');
        expect(await word(press(reply, /Never mind/, { user }))).toBe('quote.forbidden');
      }
      expect((await press(reply, /Make it/)).jobs).toHaveLength(1);
    });

    test('from another space', async () => {
      const reply = await tag();
      expect(await word(press(reply, /Make it/, { origin: { space: 'other' } }))).toBe('quote.gone');
    });

    test('for a model that is not offered any more', async () => {
      const reply = await tag();
      const [, ...others] = sandboxCards;
      for (const models of [sandboxCards, others]) {
        rig = intakeOn(engine.redis, { models, offered: () => others });
        expect(await word(press(reply, /Make it/))).toBe('quote.model');
      }
      expect((await press(reply, /Sandbox mini/)).jobs).toHaveLength(1);
    });

    test('where the bot may not post any more', async () => {
      const call = { ...rig.callOf('video', { prompt: 'a boat', model: 'sora-2', seconds: 20 }), asks: true };
      const reply = await rig.intake.handle(call);
      rig.chat.deny(call.origin);
      expect(await word(press(reply, /Make it/, { origin: { thread: 'elsewhere' } }))).toBe('space.cannotPost');
      expect(await left()).toBe(60);
    });

    test.each([['q'], ['qaaaaaaaaaaaaaaaa'], ['qaaaaaaaaaaaaaaaa-1'], ['j-1'], [7]])(
      'for what is no choice: %j',
      async (quote) => {
        expect(await word(rig.ask('order make', { quote }))).toBe('quote.gone');
      },
    );

    test('Never mind forgets it, twice', async () => {
      const reply = await tag();
      const dropped = await press(reply, /Never mind/);
      expect(textOf(dropped)).toBe('All right, nothing was taken.');
      expect(await press(reply, /Never mind/)).toEqual(dropped);
      expect(await word(press(reply, /Make it/))).toBe('quote.gone');
      expect([await left(), await jobs()]).toEqual([60, 0]);
    });
  });

  describe('a balance that is short', () => {
    const spend = async () => void (await tag({ seconds: 16, count: 3 }, { asks: false }));

    test('is answered with what it reaches', async () => {
      await spend();
      const reply = await tag();
      expect(reply).toMatchObject({ to: 'private', jobs: [] });
      expect(textOf(reply)).toMatch(
        /^This costs 20 credits and you have 12\. New credits come .*\nWhat you have is enough/,
      );
      expect(labels(reply)).toEqual([
        '12 seconds for 12 credits',
        'Sandbox mini, 8 seconds, for 4 credits',
        'Never mind',
      ]);
      expect((await press(reply, /12 seconds/)).jobs).toHaveLength(1);
      expect(await left()).toBe(0);
    });

    test('also of a film that would pass unasked', async () => {
      await spend();
      expect(labels(await tag({ seconds: 16 }))[0]).toBe('12 seconds for 12 credits');
    });

    test('is the old refusal where nothing cheaper is there, or nobody can be asked', async () => {
      await spend();
      expect(await word(tag({}, { asks: false }))).toBe('balance.short');
      await tag({ seconds: 12 }, { asks: false });
      expect(await word(tag())).toBe('balance.short');
    });
  });

  describe('the call once more', () => {
    test('has the same quote; with other words it is a conflict', async () => {
      const first = await tag({}, { key: 'k' });
      expect(await tag({}, { key: 'k' })).toEqual(first);
      expect(await word(tag({ prompt: 'a ship' }, { key: 'k' }))).toBe('call.conflict');
    });

    test('after its film was taken has the film’s answer, though the balance is short by then', async () => {
      const reply = await tag({}, { key: 'k' });
      const taken = await press(reply, /Make it/);
      await tag({ seconds: 16, count: 2 }, { asks: false });
      expect(await tag({}, { key: 'k' })).toEqual(taken);
      expect(await left()).toBe(8);
    });

    test('without asking takes it, and the press after it is no second one', async () => {
      const reply = await tag({}, { key: 'k' });
      const taken = await tag({}, { key: 'k', asks: false });
      expect(await press(reply, /Make it/)).toEqual(taken);
      expect([await left(), await jobs()]).toEqual([40, 1]);
    });

    test('offers what was asked for, too, once the balance reaches it; what was shown before takes what it says', async () => {
      const { jobs: spent } = await tag({ seconds: 16, count: 3 }, { asks: false });
      const before = await tag({}, { key: 'k' });
      for (const job of spent) await rig.ask('film cancel', { job });
      const after = await tag({}, { key: 'k' });
      expect(textOf(after)).toMatch(/^A film of 20 seconds .* costs 20 credits\..*\nPrice: 20 credits\n/);
      expect(labels(after)).toEqual([
        ...[
          '12 seconds for 12 credits',
          'Sandbox mini, 8 seconds, for 4 credits',
          'Make it for 20 credits',
          'Never mind',
        ],
      ]);
      expect(await tag({}, { key: 'k' })).toEqual(after);
      expect(textOf(await press(before, /12 seconds/))).toContain('Price: 12 credits');
      expect(await word(press(after, /Make it/))).toBe('quote.chosen');
      expect(await jobs()).toBe(4);
    });

    test('says the price that its button takes, whatever the model costs by now', async () => {
      const first = await tag({}, { key: 'k' });
      rig = intakeOn(engine.redis, { models: sandboxCards.map((card) => ({ ...card, weight: card.weight * 2 })) });
      const again = await tag({}, { key: 'k' });
      expect(again).toEqual(first);
      expect(textOf(await press(again, /Make it/))).toContain('Price: 20 credits');
    });

    test('offers no more than the balance still reaches', async () => {
      await tag({}, { key: 'k' });
      await tag({ seconds: 16, count: 3 }, { asks: false });
      expect(labels(await tag({}, { key: 'k' }))).toEqual(['Sandbox mini, 8 seconds, for 4 credits', 'Never mind']);
    });
  });
});
