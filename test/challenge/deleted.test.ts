import { describe, expect, test } from 'vitest';
import { lookAfterChallenges } from '../../src/worker/challenges.ts';
import { redisKinds } from '../support/redis.ts';
import { space, useChallenges } from './rig.ts';

describe.each(redisKinds.slice(0, 1))('films that are deleted at the end of a vote and after it, on %s', (kind) => {
  const { rig, tools, look, open, pass, enter, arrived, entries } = useChallenges(kind);
  const captions = () => rig.chat.exhibits().map(({ exhibit }) => exhibit.caption);
  /** Its time to vote is over, and nobody has looked since. */
  const voted = async (id: string): Promise<void> => {
    await look();
    await pass(id, 'closesAt');
    await look();
    expect(captions()).toEqual(['Number 1', 'Number 2']);
    await pass(id, 'votesUntil');
  };
  const captionOf = async (id: string, job: string) =>
    `Number ${(await entries(id)).find((entry) => entry.job === job)?.number}`;

  test('one that its author deletes leaves the chat everywhere, and stays in the result', async () => {
    const id = await open();
    const ref = await enter('ada');
    await enter('bob');
    await voted(id);
    await look();
    const caption = await captionOf(id, ref.id);
    await rig.ask('film remove', { job: ref.id });
    await look();
    expect(captions()).toHaveLength(1);
    expect(captions()).not.toContain(caption);
    expect((await rig.seasons.results(space))[0]?.places).toHaveLength(2);
    expect(await rig.challenges.underWay(space)).toEqual([]);
  });

  test('so does one that was there before it was entered', async () => {
    const id = await open({}, { preset: 'open' });
    const ref = await rig.film('video', { prompt: 'a boat', seconds: 4 });
    await arrived(ref);
    await rig.ask('challenge submit', { film: ref.id });
    await enter('bob');
    await voted(id);
    await look();
    const caption = await captionOf(id, ref.id);
    await rig.ask('film remove', { job: ref.id });
    await look();
    expect(captions()).toHaveLength(1);
    expect(captions()).not.toContain(caption);
  });

  test('one that is deleted while the result is told leaves the chat as well', async () => {
    const id = await open();
    await enter('ada');
    await enter('bob');
    await voted(id);
    const given = tools();
    let deleted = false;
    const seasons = {
      keep: async (...result: Parameters<typeof given.seasons.keep>) => {
        await given.seasons.keep(...result);
        if (deleted) return;
        deleted = true;
        const about = { challenge: id, number: 1, reason: 'nobody may keep it', delete: true };
        await rig.ask('challenge disqualify', about, { user: 'mod' });
      },
    };
    for (let n = 0; n < 4; n += 1) await lookAfterChallenges({ ...given, seasons });
    expect([deleted, captions()]).toEqual([true, ['Number 2']]);
    expect(await rig.challenges.underWay(space)).toEqual([]);
  });
});
