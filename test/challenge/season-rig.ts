import { spaceKeys } from '../../src/desk/keys.ts';
import { lookAfterSeasons, type SeasonTools } from '../../src/worker/seasons.ts';
import { textOf } from '../support/intake.ts';
import type { RedisKind } from '../support/redis.ts';
import { space, useChallenges } from './rig.ts';

export const boss = { user: 'boss' } as const;
export const keys = spaceKeys(space);
export const day = 86_400_000;

/** Seasons of the space of challenges. To be called where tests are declared. */
export function useSeasons(kind: RedisKind) {
  const { engine, rig, seasonTools, said } = useChallenges(kind);
  const look = (change: Partial<SeasonTools> = {}) => lookAfterSeasons({ ...seasonTools(), ...change });
  const season = async (values: Record<string, unknown>, more: object = {}) =>
    textOf(await rig.ask('challenge season', values, { ...boss, ...more }));
  const opened = async (values: Record<string, unknown> = {}, more: object = {}): Promise<string> => {
    const text = await season({ action: 'open', title: 'Spring', ...values }, more);
    return /as (s[a-z2-7]{8}),/.exec(text)?.[1] ?? '';
  };
  const found = async (id: string) => {
    const one = await rig.seasons.find(space, id);
    if (!one) throw new Error(`no season ${id}`);
    return one;
  };
  /** The time at which it ends by itself is over. */
  const pass = async (id: string): Promise<number> => {
    const closes = Date.now() - 1_000;
    await engine.redis.hset(keys.season(id), { closes, from: closes - day });
    await engine.redis.zadd(keys.turns, closes, id);
    return closes;
  };
  const result = (id: string, names: readonly string[] = ['ada']) => ({
    ...{ id, title: id, endedAt: 1_000, films: names.length },
    places: names.map((name, index) => ({ member: name, name: name.toUpperCase(), place: index + 1 })),
  });
  const at = () => rig.chat.announcements().map(({ said: { to, thread, ping } }) => ({ to, thread, ping }));
  const due = () => engine.redis.zrange(keys.turns, '0', '-1');
  return { engine, rig, look, season, opened, found, pass, result, at, due, said };
}
