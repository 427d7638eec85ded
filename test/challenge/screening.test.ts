import { describe, expect, test } from 'vitest';
import type { Exhibit, Place, Poster } from '../../src/ports.ts';
import { sideBySide } from '../../src/worker/challenge/rounds.ts';
import { lookAfterChallenges } from '../../src/worker/challenges.ts';
import { redisKinds } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { space, useChallenges } from './rig.ts';

describe.each(redisKinds.slice(0, 1))('films that are slow to show, on %s', (kind) => {
  const { rig, tools, look, find, open, pass, enter, entries } = useChallenges(kind);
  const entered = async (title: string, ...members: string[]): Promise<string> => {
    const id = await open({ title });
    for (const member of members) await enter(member, { challenge: id });
    await look();
    return id;
  };
  const closed = async (...members: string[]): Promise<string> => {
    const id = await entered('Boats', ...members);
    await pass(id, 'closesAt');
    return id;
  };
  /** A poster that does something before it shows a film. */
  const slowed = (work: (to: Place, exhibit: Exhibit, signal: AbortSignal) => Promise<void>): Poster => ({
    ...rig.chat.poster,
    exhibit: async (...given) => {
      await work(...given);
      return rig.chat.poster.exhibit(...given);
    },
  });
  const captions = () => rig.chat.exhibits().map(({ exhibit }) => exhibit.caption);

  test('one that hangs keeps no other challenge, is not begun twice, and ends with the process', async () => {
    const stuck = await entered('Boats', 'ada');
    const other = await entered('Cars', 'bob');
    for (const id of [stuck, other]) await pass(id, 'closesAt');
    const stopping = new AbortController();
    let begun = 0;
    const poster = slowed(async (_to, { key }, signal) => {
      if (!key.startsWith(stuck)) return;
      begun += 1;
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    const given = { ...tools(), stopping: stopping.signal, poster: () => poster };
    const rounds = sideBySide(2);
    const looks: Promise<void>[] = [];
    await until('the other has its vote', async () => {
      looks.push(lookAfterChallenges(given, rounds));
      return begun > 0 && (await find(other)).phase === 'voting';
    });
    expect([(await find(stuck)).phase, begun]).toEqual(['closing', 1]);
    stopping.abort();
    await Promise.all([...looks, rounds.done()]);
    expect(rig.errors()).toEqual([]);
    await look();
    expect((await find(stuck)).phase).toBe('voting');
    expect(captions()).toEqual(['Number 1', 'Number 1']);
  });

  test('another process takes over within an upload: what the first one notes is void, and the number stands there once', async () => {
    const id = await closed('ada', 'bob');
    const marks: string[] = [];
    let taken = false;
    const poster = slowed(async (_to, exhibit) => {
      if (taken) return;
      taken = true;
      await look();
      await exhibit.note('late').catch(({ message }: Error) => marks.push(message));
    });
    const removed: string[] = [];
    const late: Poster = {
      ...poster,
      remove: async (from, film) => {
        removed.push(film.ref);
        await rig.chat.poster.remove(from, film);
      },
    };
    // Up to where the order is settled, then the film.
    for (let n = 0; n < 4; n += 1) await lookAfterChallenges({ ...tools(), poster: () => late });
    expect(marks).toEqual(['another shows this entry']);
    expect(removed).toHaveLength(1);
    expect(captions()).toEqual(['Number 1', 'Number 2']);
    expect((await entries(id)).map(({ shown }) => shown)).not.toContain(removed[0]);
  });

  test('one that is disqualified within its upload does not stay in the chat', async () => {
    const id = await closed('ada', 'bob');
    let out = '';
    const poster = slowed(async () => {
      if (out !== '') return;
      const first = (await entries(id)).find(({ number }) => number === 1);
      out = first?.job ?? '';
      await rig.challenges.note(space, id, out, ['in'], { state: 'disqualified', why: 'no boat' });
    });
    await look({ poster: () => poster });
    expect(captions()).toEqual(['Number 2']);
    expect((await entries(id)).find(({ job }) => job === out)?.shown).toBeUndefined();
    expect((await find(id)).phase).toBe('voting');
  });

  test('whoever leads no more shows no further film', async () => {
    const id = await closed('ada', 'bob', 'cyd');
    let leading = true;
    const poster = slowed(async () => {
      leading = captions().length === 0;
    });
    const tried: boolean[] = [];
    await look({ poster: () => poster, leads: async () => tried.push(leading) > 0 && leading });
    expect(captions()).toHaveLength(2);
    expect((await find(id)).phase).toBe('closing');
    await look();
    expect(captions()).toEqual(['Number 1', 'Number 2', 'Number 3']);
  });

  test('an attempt after one that was cut off looks first whether that film stands there', async () => {
    const id = await closed('ada', 'bob');
    const seen: [string, boolean][] = [];
    let cut = true;
    const poster: Poster = {
      ...rig.chat.poster,
      exhibit: async (to, exhibit, signal) => {
        seen.push([exhibit.caption, exhibit.repeated]);
        const posted = await rig.chat.poster.exhibit(to, exhibit, signal);
        if (!cut) return posted;
        cut = false;
        throw new Error('the answer was lost');
      },
    };
    await look({ poster: () => poster });
    expect(seen).toEqual([
      ['Number 1', false],
      ['Number 1', true],
      ['Number 2', false],
    ]);
    expect((await find(id)).phase).toBe('voting');
    expect(captions()).toEqual(['Number 1', 'Number 2']);
  });
});
