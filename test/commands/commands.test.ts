import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/domain/errors.ts';
import type { JobRef } from '../../src/domain/job.ts';
import { moment } from '../../src/domain/words.ts';
import { sandboxCards } from '../../src/video/cards.ts';
import { thisWeek } from '../desk/rig.ts';
import { type IntakeRig, intakeOn, textOf, useIntake } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';

describe.each(redisKinds.slice(0, 1))('commands on %s', (kind) => {
  const { engine, rig } = useIntake(kind);

  const said = async (...given: Parameters<IntakeRig['ask']>) => textOf(await rig.ask(...given));
  const press = (action: string, ref: JobRef, user = 'ada', space?: string) =>
    rig.ask(`film ${action}`, { job: ref.id }, { user, ...(space === undefined ? {} : { origin: { space } }) });
  const pressed = async (...given: Parameters<typeof press>) => textOf(await press(...given));
  const word = (...given: Parameters<typeof press>) =>
    press(...given).then(
      () => 'taken',
      (error: unknown) => (error instanceof UserError ? error.said.word : Promise.reject(error)),
    );
  const done = async (ref: JobRef) => {
    await rig.rendered(ref);
    await rig.delivered(ref);
  };
  const secret = () => rig.film('video', { prompt: 'a secret' }, { origin: { visibility: 'private' } });

  describe('quota', () => {
    test('says what is left, held and spent, when more comes, and what the last lines were', async () => {
      const ref = await rig.film('video', { prompt: 'a boat', seconds: 8 });
      await done(ref);
      const other = await rig.film('video', { prompt: 'a ship', seconds: 4 });
      await press('cancel', other);
      await rig.film('video', { prompt: 'a ship', model: 'sandbox-mini', seconds: 2 });
      const lines = (await said('quota')).split('\n');
      expect(lines.slice(0, 5)).toEqual([
        '51 credits left of 60.',
        'Allowance: 60 credits each week',
        'Set aside for films under way: 1 credit',
        'Spent on films that arrived: 8 credits',
        `New credits: ${moment(thisWeek().endsAt, 'UTC')}`,
      ]);
      expect(lines.slice(5).map((line) => /UTC: (\d+ credits? .*) for j\S+$/.exec(line)?.[1])).toEqual([
        ...['1 credit set aside', '4 credits given back', '4 credits set aside'],
        ...['8 credits paid', '8 credits set aside'],
      ]);
      expect(lines[6]).toContain(other.id);
    });

    test('tells the chat the moment at which more comes, besides its words', async () => {
      const facts = (await rig.ask('quota')).parts.flatMap((part) => (part.kind === 'facts' ? part.facts : []));
      expect(facts.find(({ label }) => label === 'New credits')?.at).toBe(thisWeek().endsAt);
    });

    test('is each member’s own, and private', async () => {
      await rig.film();
      expect(await said('quota', {}, { user: 'bob' })).toMatch(/^60 credits left of 60\./);
      expect((await rig.ask('quota')).to).toBe('private');
    });
  });

  describe('jobs', () => {
    test('without any: how to begin', async () => {
      expect(await said('jobs')).toBe('You have made no films here yet. Try /video with a few words.');
    });

    test('lists one’s own, newest first, with place and buttons', async () => {
      const first = await rig.film();
      expect(await said('jobs')).toBe(`Your last film:\n${first.id}: Next in line [cancel details]`);
      await done(first);
      await engine.redis.zadd(`dailies:{${first.space}}:mine:ada`, 'XX', Date.now() - 5000, first.id);
      const second = await rig.film();
      await rig.film('video', { prompt: 'x' }, { user: 'bob' });
      expect((await said('jobs')).split('\n')).toEqual([
        'Your last 2 films:',
        `${second.id}: Next in line [cancel details]`,
        `${first.id}: Here it is [again redeliver details]`,
      ]);
    });

    test('one of them, for its owner and for moderators', async () => {
      const ref = await rig.film();
      const one = `${ref.id}: Next in line [cancel details]`;
      expect(await said('jobs', { job: ref.id })).toBe(one);
      expect(await said('jobs', { job: ref.id }, { user: 'mod' })).toBe(one);
      const error = await rig.refused('jobs', { job: ref.id }, { user: 'bob' });
      expect(error).toMatchObject({ refusal: 'forbidden', said: { word: 'job.forbidden' } });
    });
  });

  describe('help', () => {
    test('lists what can be typed, and nothing that is only pressed', async () => {
      const text = await said('help');
      expect(text.match(/\/\w+: .+/g)?.map((line) => line.split(':')[0])).toEqual([
        '/video',
        '/jobs',
        '/quota',
        '/give',
        '/help',
      ]);
      expect(text).toMatch(/^Say what should happen/);
    });

    test('has one line for all that is only for those who run the place', async () => {
      const text = await said('help');
      expect(text).toContain('/help admin: For those who run this place');
      expect(text).not.toContain('/admin');
      expect(await said('help', { topic: 'admin' })).toContain('/admin audit: ');
    });

    test.each(['video', '/video', 'VIDEO'])('%s tells of its fields', async (topic) => {
      const text = await said('help', { topic });
      expect(text).toMatch(/^\/video — Make a video/);
      expect(text).toMatch(/^prompt: .*needed$/m);
      expect(text).toMatch(/^count: .*1 to 4/m);
    });

    test('of what is no command', async () => {
      expect(await rig.refused('help', { topic: 'dance' })).toMatchObject({
        ...{ refusal: 'unknown', field: 'topic', said: { word: 'command.unknown', with: { got: 'dance' } } },
      });
    });
  });

  describe('cancel', () => {
    test('while it waits: the credits are back, and the worker is told', async () => {
      const ref = await rig.film('video', { prompt: 'x', seconds: 8 });
      expect(await pressed('cancel', ref)).toBe('Cancelled. 8 credits are yours again.');
      expect(rig.woken).toEqual([{ step: 'deliver', wakeUps: [{ ref, generation: 1 }] }]);
      expect(await pressed('cancel', ref)).toBe('This film has already ended; there is nothing to cancel.');
      expect(await said('quota')).toMatch(/^60 credits left/);
    });

    test('one credit comes back in the singular', async () => {
      const ref = await rig.film('video', { prompt: 'x', model: 'sandbox-mini', seconds: 2 });
      expect(await pressed('cancel', ref)).toBe('Cancelled. 1 credit is yours again.');
    });

    test('while it is made: it is asked to stop, and its poll is hastened', async () => {
      const ref = await rig.film();
      await rig.lists.admit(1);
      await rig.submitted(ref);
      expect(await pressed('cancel', ref)).toMatch(/^The film is already being made/);
      expect(rig.hastened).toEqual([{ step: 'poll', ref }]);
      expect(await said('quota')).toMatch(/^56 credits left/);
    });

    test('stands even when the worker cannot be told', async () => {
      const away = () => Promise.reject(new Error('gone'));
      const broken = intakeOn(engine.redis, { wakeUps: { add: away, hasten: away } });
      const ref = await broken.film();
      expect(textOf(await broken.ask('film cancel', { job: ref.id }))).toBe('Cancelled. 4 credits are yours again.');
      expect(broken.errors()).toEqual([]);
      expect(broken.lines.some(({ level, message }) => level === 'warn' && message.startsWith('not woken'))).toBe(true);
    });

    test('stands even when Redis goes away right after', async () => {
      const ref = await rig.film();
      let reads = 0;
      const job: IntakeRig['desk']['job'] = (at) => {
        reads += 1;
        if (reads > 1) return Promise.reject(new UserError('unavailable', { word: 'service.away' }));
        return rig.desk.job(at);
      };
      const broken = intakeOn(engine.redis, { desk: { ...rig.desk, job } });
      expect(textOf(await broken.ask('film cancel', { job: ref.id }))).toMatch(/^Cancelled/);
    });
  });

  describe('again', () => {
    test('makes the same film anew, for whoever asks, in the thread where they ask', async () => {
      const ref = await rig.film('video', { prompt: 'a boat', seconds: 8 });
      const reply = await rig.ask('film again', { job: ref.id }, { user: 'bob', origin: { thread: 'tomorrow' } });
      expect(textOf(reply)).toMatch(/^Your film is on the way: 8 seconds.* 8 credits are set aside, 52 left/);
      const [id = ''] = reply.jobs;
      expect(id).not.toBe(ref.id);
      const job = await rig.read({ ...ref, id });
      expect(job.request).toMatchObject({ parent: ref.id, requester: 'BOB', payer: { member: 'bob' } });
      expect(job.request.recipe).toEqual((await rig.read(ref)).request.recipe);
      expect(job.request.origin.thread).toBe('tomorrow');
      expect(await said('quota')).toMatch(/^52 credits/);
    });

    test('pressed twice with one key it is one film', async () => {
      const ref = await rig.film();
      const call = rig.callOf('film again', { job: ref.id });
      expect(await rig.intake.handle(call)).toEqual(await rig.intake.handle(call));
      expect(await said('quota')).toMatch(/^52 credits/);
    });

    test('a model that is gone is named, with those there are', async () => {
      const ref = await rig.film();
      const later = intakeOn(engine.redis, { models: sandboxCards.filter((card) => card.id !== 'sora-2') });
      expect((await later.refused('film again', { job: ref.id })).said).toEqual({
        ...{ word: 'model.unknown', with: { got: 'sora-2', takes: ['sandbox-mini'] } },
      });
    });
  });

  describe('redeliver', () => {
    test('a delivered film is posted once more, for free', async () => {
      const ref = await rig.film();
      expect(await pressed('redeliver', ref)).toBe('There is no finished film to post yet.');
      await done(ref);
      expect(await pressed('redeliver', ref)).toBe('It will be posted once more where it was asked for, for free.');
      expect(rig.woken.at(-1)).toEqual({ step: 'deliver', wakeUps: [{ ref, generation: 2 }] });
      expect(await said('quota')).toMatch(/^56 credits/);
    });

    test('a stuck one gets another try', async () => {
      const ref = await rig.film();
      await rig.lists.admit(1);
      for (let i = 0; i < 4; i++) await rig.begin(ref, 'submit');
      expect(await pressed('redeliver', ref, 'mod')).toBe('It gets another try.');
      expect(rig.woken.at(-1)).toEqual({ step: 'submit', wakeUps: [{ ref, generation: 1 }] });
    });
  });

  test('details tell all of it', async () => {
    const ref = await rig.film('video', { prompt: 'a boat', seconds: 8 });
    expect((await pressed('details', ref, 'bob')).split('\n')).toEqual([
      ...['Prompt: a boat', 'Asked by: ADA', 'State: Next in line', 'Model: Sora 2', 'Seconds: 8'],
      ...['Size: 1365x768', 'Credits: 8', `Job: ${ref.id}`],
    ]);
  });

  describe('who may', () => {
    const refusals: [string, string, string][] = [
      ['cancel', 'bob', 'job.forbidden'],
      ['cancel', 'mod', 'taken'],
      ['redeliver', 'bob', 'job.forbidden'],
      ['redeliver', 'mod', 'taken'],
      ['again', 'bob', 'taken'],
      ['details', 'bob', 'taken'],
    ];
    test.each(refusals)('%s by %s: %s', async (action, user, expected) => {
      expect(await word(action, await rig.film(), user)).toBe(expected);
    });

    test.each(['cancel', 'again', 'redeliver', 'details'])(
      '%s of a private film: for others it is not there',
      async (action) => {
        const ref = await secret();
        expect(await word(action, ref, 'bob')).toBe('job.unknown');
        expect(await word(action, ref, 'mod')).toBe('job.unknown');
        expect(await word(action, ref)).toBe('taken');
      },
    );

    test('a private film is in nobody else’s list', async () => {
      const ref = await secret();
      for (const user of ['bob', 'mod']) {
        expect((await rig.refused('jobs', { job: ref.id }, { user })).said.word).toBe('job.unknown');
      }
    });

    test('a film of another space is not there', async () => {
      expect(await word('details', await rig.film(), 'ada', 'elsewhere')).toBe('job.unknown');
    });
  });
});
