import { describe, expect, test } from 'vitest';
import { spaceKeys } from '../../src/desk/keys.ts';
import { trailKept } from '../../src/desk/trail.ts';
import type { Part, Reply } from '../../src/domain/command.ts';
import type { Job } from '../../src/domain/job.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import { monthAt, type Report, type ReportLine } from '../../src/domain/report.ts';
import { moment, word } from '../../src/domain/words.ts';
import { intakeOn, textOf, useIntake } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';

const space = spaceKey({ platform: 'web', space: 'atelier' });
const boss = { user: 'boss' } as const;

const partOf = <K extends Part['kind']>({ parts }: Reply, kind: K): Extract<Part, { kind: K }> => {
  const found = parts.find((part) => part.kind === kind);
  if (!found) throw new Error(`no ${kind} in the answer`);
  return found as Extract<Part, { kind: K }>;
};
const linesOf = (csv: string): string[] => csv.split('\r\n').slice(0, -1);

describe.each(redisKinds.slice(0, 1))('what managers read, on %s', (kind) => {
  const { engine, rig } = useIntake(kind);

  test.each([
    ['admin report', {}],
    ['admin jobs list', {}],
    ['admin jobs retry', { job: 'jaaaaaaaaaaaaaaaa-1' }],
    ['admin jobs release', { job: 'jaaaaaaaaaaaaaaaa-1' }],
    ['admin jobs cancel', { job: 'jaaaaaaaaaaaaaaaa-1' }],
    ['admin audit', {}],
  ])('%s is for managers alone, on every platform', async (command, values) => {
    for (const user of ['ada', 'mod']) {
      expect((await rig.refused(command, values, { user })).said.word).toBe('command.forbidden');
    }
    for (const platform of ['web', 'discord', 'slack'] as const) {
      const given = { ...boss, origin: { platform } };
      const answer = await rig
        .ask(command, values, given)
        .catch((error: { said: { word: string } }) => error.said.word);
      expect(typeof answer === 'string' ? answer : answer.to).toMatch(/^(?:private|job\.unknown)$/);
    }
  });

  describe('a report', () => {
    const line = (change: Partial<ReportLine>): ReportLine => ({
      ...{ films: 0, failed: 0, credits: 0, money: 0, waited: 0 },
      ...change,
    });
    const report: Report = {
      month: '2026-11',
      total: line({ films: 4, failed: 1, credits: 20, money: 2_500_000, waited: 500_000 }),
      members: {
        ada: line({ films: 3, credits: 12, money: 1_500_000, waited: 375_000 }),
        '=bob': line({ films: 1, failed: 1, credits: 8, money: 1_000_000, waited: 125_400 }),
      },
      models: { 'sora-2': line({ films: 4, failed: 1, credits: 20, money: 2_500_000, waited: 500_000 }) },
      channels: { films: line({ films: 4, credits: 20 }), private: line({ failed: 1 }) },
    };
    /** A desk that has this report, and remembers which one it was asked for. */
    const having = (given: Report) => {
      const asked: string[] = [];
      const desk = {
        ...rig.desk,
        report: async (_space: string, month: string) => {
          asked.push(month);
          return { ...given, month };
        },
      };
      const made = intakeOn(engine.redis, {
        desk,
        base: async () => ({ ...rig.policy, timeZone: 'Pacific/Auckland' }),
      });
      made.chat.promote('boss', 'manager');
      return { ...made, asked };
    };

    test('says the totals in words, has a table by member, most credits first, and a file', async () => {
      const { ask } = having(report);
      const reply = await ask('admin report', { month: '2026-11' }, boss);
      expect(reply.parts.map(({ kind }) => kind)).toEqual(['text', 'table', 'file']);
      expect(partOf(reply, 'text').text).toBe(
        'November 2026: 4 films for 20 credits, and 1 that failed. A film took 2 min on average. It cost 2.50 in money.',
      );
      expect(partOf(reply, 'table')).toEqual({
        kind: 'table',
        head: ['Member', 'Films', 'Failed', 'Credits', 'Money', 'Wait'],
        rows: [
          ['ada', '3', '0', '12', '1.50', '2:05'],
          ['=bob', '1', '1', '8', '1.00', '2:05'],
        ],
      });
      const file = partOf(reply, 'file');
      expect([file.name, file.type]).toEqual(['report-2026-11.csv', 'text/csv']);
      expect(linesOf(file.text)).toEqual([
        'By,Name,Films,Failed,Credits,Money,Average wait in seconds',
        'Member,ada,3,0,12,1.5,125',
        "Member,'=bob,1,1,8,1,125",
        'Model,sora-2,4,1,20,2.5,125',
        'Channel,films,4,0,20,0,0',
        'Channel,in private,0,1,0,0,',
      ]);
    });

    test.each([
      ['model', ['sora-2']],
      ['channel', ['films', 'in private']],
    ])('by %s', async (by, names) => {
      const { rows, head } = partOf(await having(report).ask('admin report', { by }, boss), 'table');
      expect(rows.map(([name]) => name)).toEqual(names);
      expect(head[0]?.toLowerCase()).toBe(by);
      expect(rows.at(-1)?.at(-1)).toBe(by === 'channel' ? '' : '2:05');
    });

    test('has 20 lines in the table, all in the file, and says so', async () => {
      const members = Object.fromEntries(
        Array.from({ length: 23 }, (_, n) => [`m${n}`, line({ films: 1, credits: n })]),
      );
      const reply = await having({ ...report, members, models: {}, channels: {} }).ask('admin report', {}, boss);
      expect(partOf(reply, 'table').rows.map(([name]) => name)).toEqual(
        Array.from({ length: 20 }, (_, n) => `m${22 - n}`),
      );
      expect(textOf(reply)).toContain('3 more lines are in the file.');
      expect(linesOf(partOf(reply, 'file').text)).toHaveLength(24);
    });

    test('is of this month where the space is, unless another is named', async () => {
      const { ask, asked, refused } = having(report);
      await ask('admin report', {}, boss);
      await ask('admin report', { month: '2025-02' }, boss);
      expect(asked).toEqual([monthAt(Date.now(), 'Pacific/Auckland'), '2025-02']);
      for (const month of ['2026-13', '2026-1', '11-2026', '2026-00', 'now']) {
        expect(await refused('admin report', { month }, boss)).toMatchObject({
          ...{ refusal: 'invalid', field: 'month', said: { word: 'admin.report.month.wrong' } },
        });
      }
      expect(asked).toHaveLength(2);
    });

    test('without money says nothing of it; of a month without films, that there were none', async () => {
      const free = { ...report, total: { ...report.total, money: 0 } };
      expect(partOf(await having(free).ask('admin report', {}, boss), 'text').text).not.toContain('money');
      const reply = await rig.ask('admin report', { month: '2026-02' }, boss);
      expect(reply.parts).toEqual([{ kind: 'text', text: 'Nothing was made in February 2026.' }]);
    });

    test('counts what was really made', async () => {
      const ref = await rig.film('video', { prompt: 'a boat', seconds: 8 });
      await rig.rendered(ref);
      await rig.delivered(ref);
      const reply = await rig.ask('admin report', { by: 'channel' }, boss);
      expect(partOf(reply, 'text').text).toMatch(
        /: 1 film for 8 credits, and 0 that failed\..* It cost 0\.80 in money\.$/,
      );
      expect(partOf(reply, 'table').rows).toEqual([
        ['films', '1', '0', '8', '0.80', expect.stringMatching(/^0:\d\d$/)],
      ]);
    });
  });

  describe('the jobs of everybody', () => {
    const idsOf = (reply: Reply): (string | undefined)[] => partOf(reply, 'table').rows.map(([id]) => id);
    const list = (values: Record<string, unknown> = {}) => rig.ask('admin jobs list', values, boss);
    const stateOf = async (id: string) => partOf(await list(), 'table').rows.find(([job]) => job === id)?.[2];
    const kept = async () => {
      const ref = await rig.film('video', { prompt: 'a boat', seconds: 4 });
      await rig.rendered(ref);
      await rig.step(ref, 'deliver', { refused: { generation: 1, at: Date.now() } });
      return ref;
    };

    test('are a table: which, who, where it is, how old, how dear; no prompts', async () => {
      const first = await rig.film('video', { prompt: 'a secret', seconds: 8 });
      await engine.redis.hset(spaceKeys(space).job(first.id), 'accepted_at', Date.now() - 3 * 3_600_000);
      const second = await rig.film('video', { prompt: 'more' }, { user: 'bob', origin: { visibility: 'private' } });
      await engine.redis.zadd(spaceKeys(space).index, Date.now() + 1_000, second.id);
      const reply = await list();
      const table = partOf(reply, 'table');
      expect(table.head).toEqual(['Job', 'Who', 'State', 'Age', 'Credits']);
      expect(table.rows).toEqual([
        [second.id, 'BOB', 'waiting', expect.stringMatching(/^\d s$/), expect.any(String)],
        [first.id, 'ADA', 'waiting', '3 h', '8'],
      ]);
      expect(textOf(reply)).not.toMatch(/secret|more/);
    });

    test('can be those in one state, or of one member', async () => {
      const held = await kept();
      const waiting = await rig.film('video', { prompt: 'x' }, { user: 'bob' });
      const done = await rig.film('video', { prompt: 'y' });
      await rig.desk.cancel(done, 'ada');
      expect(idsOf(await list({ state: 'held' }))).toEqual([held.id]);
      expect(idsOf(await list({ state: 'queued' }))).toEqual([waiting.id]);
      expect(idsOf(await list({ state: 'cancelled' }))).toEqual([done.id]);
      expect(idsOf(await list({ member: 'bob' }))).toEqual([waiting.id]);
      expect((await list({ member: 'bob', state: 'held' })).parts).toEqual([
        { kind: 'text', text: word('admin.jobs.none') },
      ]);
      expect((await list()).parts[0]).toMatchObject({ title: 'The newest 3 films that were asked for here:' });
    });

    test('are the newest 20, looked for among 2,000, and no more than that is said to be all', async () => {
      let asked = 0;
      const job = (n: number, state: object): Job => ({
        ...{ acceptedAt: 0, version: 1, epoch: 0, generation: 1, deaths: 0, tries: 0 },
        request: { id: `j${n}`, requester: 'A', price: 1, origin: { user: 'a' } } as unknown as Job['request'],
        ...state,
      });
      const desk = {
        ...rig.desk,
        jobsIn: async (_space: string, limit: number, before?: string) => {
          asked += limit;
          const from = before === undefined ? 0 : Number(before.slice(1)) + 1;
          return Array.from({ length: limit }, (_, n) => job(from + n, (from + n) % 300 === 7 ? { parked: true } : {}));
        },
      };
      const { ask, chat } = intakeOn(engine.redis, { desk });
      chat.promote('boss', 'manager');
      expect(partOf(await ask('admin jobs list', {}, boss), 'table').rows).toHaveLength(20);
      expect(asked).toBe(100);
      const reply = await ask('admin jobs list', { state: 'held' }, boss);
      expect(asked).toBe(2_100);
      expect(idsOf(reply)).toEqual(['j7', 'j307', 'j607', 'j907', 'j1207', 'j1507', 'j1807']);
      expect(textOf(reply)).toContain('Only the newest 2000 films of all were looked through.');
    });

    test('retry posts a kept one again, and gives a parked one another chance; others need none', async () => {
      const ref = await kept();
      expect(textOf(await rig.ask('admin jobs retry', { job: ref.id }, boss))).toBe(word('redeliver.again'));
      expect((await rig.read(ref)).generation).toBe(2);
      expect(rig.woken.at(-1)).toMatchObject({ step: 'deliver', wakeUps: [{ ref }] });
      expect(await rig.refused('admin jobs retry', { job: ref.id }, boss)).toMatchObject({
        ...{ refusal: 'conflict', field: 'job', said: { word: 'admin.jobs.unheld' } },
      });
      const parked = await rig.film();
      for (let deaths = 0; deaths < 4; deaths += 1) await rig.begin(parked, 'submit');
      expect(await stateOf(parked.id)).toBe('held');
      expect(textOf(await rig.ask('admin jobs retry', { job: parked.id }, boss))).toBe(word('redeliver.retry'));
      expect((await rig.read(parked)).parked).toBeUndefined();
    });

    test('release gives up one that waits or is held; one under way, or that ended, is left alone in words', async () => {
      const waiting = await rig.film('video', { prompt: 'x', seconds: 4 });
      expect(textOf(await rig.ask('admin jobs release', { job: waiting.id }, boss))).toBe(
        'Given up. 4 credits went back to whoever paid.',
      );
      expect(await stateOf(waiting.id)).toBe('failed');
      const late = await rig.refused('admin jobs release', { job: waiting.id }, boss);
      expect(late.said.word).toBe('admin.jobs.late');
      const held = await kept();
      expect(textOf(await rig.ask('admin jobs release', { job: held.id }, boss))).toBe(
        'It is being given up; 4 credits go back to whoever paid within a moment.',
      );
      expect((await rig.read(held)).givenUp?.by).toBe('boss');
      expect(rig.woken.at(-1)).toMatchObject({ wakeUps: [{ ref: held }] });
      const moving = await rig.film('video', { prompt: 'z' });
      await rig.lists.enlist(space);
      await rig.lists.admit(100);
      expect((await rig.refused('admin jobs release', { job: moving.id }, boss)).said.word).toBe('admin.jobs.moving');
    });

    test('cancel stops anybody’s, also one that only its member sees', async () => {
      const origin = { visibility: 'private' } as const;
      const ref = await rig.film('video', { prompt: 'x', seconds: 4 }, { user: 'bob', origin });
      expect(textOf(await rig.ask('admin jobs cancel', { job: ref.id }, boss))).toBe(
        'Cancelled. 4 credits went back to whoever paid.',
      );
      expect((await rig.refused('admin jobs cancel', { job: ref.id }, boss)).said.word).toBe('admin.jobs.late');
      const moving = await rig.film('video', { prompt: 'y' });
      await rig.lists.enlist(space);
      await rig.lists.admit(100);
      expect(textOf(await rig.ask('admin jobs cancel', { job: moving.id }, boss))).toBe(
        word('admin.jobs.cancelled.asked'),
      );
      expect((await rig.read(moving)).cancel?.by).toBe('boss');
    });

    test('of other spaces are unknown here', async () => {
      const ref = await rig.film('video', { prompt: 'x' }, { origin: { space: 'elsewhere' } });
      for (const name of ['retry', 'release', 'cancel']) {
        expect((await rig.refused(`admin jobs ${name}`, { job: ref.id }, boss)).said.word).toBe('job.unknown');
      }
      expect((await list()).parts).toEqual([{ kind: 'text', text: word('admin.jobs.none') }]);
    });
  });

  describe('the trail', () => {
    const note = (fields: Record<string, string>) =>
      engine.redis.xadd(spaceKeys(space).trail, '*', ...Object.entries(fields).flat()) as Promise<string>;
    const whole = { who: 'boss', what: 'setting', about: 'guests', why: 'a party', before: 'false', after: 'true' };

    test('says when, who, what, about what, why, and how it changed, in the space’s time', async () => {
      const id = await note(whole);
      await note({ who: 'mod', what: 'film remove', about: 'j1', before: '', after: '=1+1' });
      await note({ who: 'boss', what: 'admin set', after: '{"guests":true}' });
      const reply = await rig.ask('admin audit', {}, boss);
      const { head, rows } = partOf(reply, 'table');
      expect(head).toEqual(['When', 'Who', 'What', 'About', 'Why', 'Change']);
      const when = moment(Number(id.split('-')[0]), 'UTC');
      expect(rows).toEqual([
        [expect.any(String), 'boss', 'admin set', '', '', '{"guests":true}'],
        [expect.any(String), 'mod', 'film remove', 'j1', '', '– → =1+1'],
        [when, 'boss', 'setting', 'guests', 'a party', 'false → true'],
      ]);
      expect(reply.parts).toHaveLength(1);
    });

    test('has no columns that are empty throughout, and shortens what is long in the table alone', async () => {
      const why = 'x'.repeat(500);
      await note({ who: 'boss', what: 'admin settings', why });
      const reply = await rig.ask('admin audit', { file: true }, boss);
      expect(partOf(reply, 'table').head).toEqual(['When', 'Who', 'What', 'Why']);
      expect(partOf(reply, 'table').rows[0]?.at(-1)).toBe(`${'x'.repeat(59)}…`);
      expect(partOf(reply, 'file').text).toContain(why);
    });

    test('is paged by 20, and its file has the last 1,000', async () => {
      const batch = engine.redis.pipeline();
      for (let n = 1; n <= 1_005; n += 1)
        batch.xadd(spaceKeys(space).trail, `${n}-0`, 'who', 'boss', 'what', `deed ${n}`);
      await batch.exec();
      const first = await rig.ask('admin audit', { before: '1006-0' }, boss);
      const whatOf = (reply: Reply) => partOf(reply, 'table').rows.map((row) => row[2]);
      expect(whatOf(first)).toEqual(Array.from({ length: 20 }, (_, n) => `deed ${1_005 - n}`));
      const [, before = ''] = /before:(\S+)$/.exec(partOf(first, 'text').text) ?? [];
      expect(whatOf(await rig.ask('admin audit', { before }, boss))[0]).toBe('deed 985');
      const last = await rig.ask('admin audit', { before: '21-0' }, boss);
      expect([whatOf(last).at(-1), last.parts.length]).toEqual(['deed 1', 1]);
      const lines = linesOf(partOf(await rig.ask('admin audit', { file: true, before: '1006-0' }, boss), 'file').text);
      expect(lines).toHaveLength(1_001);
      expect(lines.slice(0, 2)).toEqual([
        'When,Who,What,About,Why,Before,After',
        '1970-01-01T00:00:01.005Z,boss,deed 1005,,,,',
      ]);
      expect(trailKept).toBeGreaterThanOrEqual(1_000);
    });

    test('without entries says so, and takes no nonsense as one', async () => {
      expect(textOf(await rig.ask('admin audit', {}, boss))).toBe(word('admin.audit.none'));
      for (const before of ['yesterday', '12', '1-0)', '-', '+']) {
        expect(await rig.refused('admin audit', { before }, boss)).toMatchObject({
          ...{ refusal: 'invalid', field: 'before', said: { word: 'admin.audit.before.wrong' } },
        });
      }
    });

    test('has the reading of it too', async () => {
      await rig.ask('admin audit', {}, boss);
      const { rows } = partOf(await rig.ask('admin audit', {}, boss), 'table');
      expect(rows.map(([, who, what]) => [who, what])).toEqual([['boss', 'admin audit']]);
    });
  });
});
