import { describe, expect, test } from 'vitest';
import type { Poster } from '../../src/ports.ts';
import { redisKinds } from '../support/redis.ts';
import { useChallenges } from './rig.ts';

const boss = { user: 'boss' } as const;

describe.each(redisKinds.slice(0, 1))('what was said, and its answer lost, and then changed, on %s', (kind) => {
  const { rig, look, said } = useChallenges(kind);
  /** Looks once with a chat whose answers are lost. */
  const lost = async (): Promise<void> => {
    const poster: Poster = {
      ...rig.chat.poster,
      announce: async (...given) => {
        await rig.chat.poster.announce(...given);
        throw new Error('the answer was lost');
      },
    };
    await look({ poster: () => poster });
    expect(said()).toHaveLength(1);
  };

  test('a season tells when it ends by now', async () => {
    await rig.ask('challenge season', { action: 'open', title: 'Winter', closes: '3d' }, boss);
    await lost();
    await rig.ask('challenge season', { action: 'change', closes: 'never' }, boss);
    await look();
    expect(said()).toHaveLength(1);
    expect(said()[0]).not.toContain('It ends');
  });

  test('a challenge tells of its terms by now', async () => {
    await rig.ask('challenge open', { title: 'Boats', theme: 'boats', closes: '3d' }, boss);
    await lost();
    await rig.ask('challenge edit', { title: 'Ships' }, boss);
    await look();
    expect(said()).toHaveLength(1);
    expect(said()[0]).toContain('A challenge: Ships');
  });
});
