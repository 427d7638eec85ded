import { type Challenge, challengeIdPattern, type Phase } from '../../src/domain/challenge.ts';
import type { Context } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';

/** What a command takes that is about one challenge. */
export const which = { kind: 'text', label: 'challenge.which', hint: 'challenge.which.hint', max: 80 } as const;

/** Those under way, as far as whoever asks may know of them: one of a closed place is known there alone, and to those who manage. */
export const isUnderWay = ({ phase }: Pick<Challenge, 'phase'>): boolean => phase !== 'ended' && phase !== 'cancelled';

const mayKnow = ({ place: { closed, channel, thread } }: Challenge, { call, level }: Context): boolean =>
  closed === undefined ||
  level === 'manager' ||
  level === 'operator' ||
  (call.origin.channel === channel && (closed === 'channel' || call.origin.thread === thread));

/** The challenges of this space that whoever asks may know of, the newest first. */
export async function known(context: Context): Promise<Challenge[]> {
  return (await context.challenges.list(context.space)).filter((one) => mayKnow(one, context));
}

/** The one that is meant: by its id or title, else the only one in one of some phases; anything else is a `UserError`. */
export async function meant(named: string | undefined, phases: readonly Phase[], context: Context): Promise<Challenge> {
  const field = { field: 'challenge' };
  const name = named?.trim().toLowerCase();
  const byId =
    name !== undefined && challengeIdPattern.test(name)
      ? await context.challenges.find(context.space, name)
      : undefined;
  if (byId && mayKnow(byId, context)) return byId;
  const all = await known(context);
  if (name !== undefined) {
    const found = all.filter(({ title }) => title.toLowerCase() === name);
    const [one, another] = found.filter(isUnderWay).length > 0 ? found.filter(isUnderWay) : found;
    if (another) throw new UserError('invalid', { word: 'challenge.several' }, field);
    if (one) return one;
    throw new UserError('unknown', { word: 'challenge.unknown' }, field);
  }
  const open = all.filter(({ phase }) => phases.includes(phase));
  const [one, another] = open;
  if (another) throw new UserError('invalid', { word: 'challenge.several' }, field);
  if (!one) throw new UserError('unknown', { word: 'challenge.none.now' }, field);
  return one;
}
