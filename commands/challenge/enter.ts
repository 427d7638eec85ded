import type { Challenge } from '../../src/domain/challenge.ts';
import { type Context, command, type Part, type Reply } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { say } from '../../src/domain/words.ts';
import { meant, which } from './which.ts';

/** Milliseconds after its entries close for which such a pot stays, should they be put off; what is left in it is nobody's anyway. */
const afterwards = 400 * 86_400_000;

/** Whoever asks may enter: in time, and in the role where there has to be one. */
async function mayEnter({ phase, closesAt, role }: Challenge, { roles }: Context): Promise<void> {
  if (phase !== 'open' || Date.now() >= closesAt) {
    throw new UserError('forbidden', { word: 'challenge.closed' }, { field: 'challenge' });
  }
  if (role !== undefined && (await roles([role])).length === 0) {
    throw new UserError('forbidden', { word: 'challenge.role.missing' }, { field: 'challenge' });
  }
}

/** The credits that an entrant has for this challenge alone; nothing where it gives none. */
async function computeOf(challenge: Challenge, { pots, space, call }: Context): Promise<string | undefined> {
  const { id, title, compute, closesAt, by } = challenge;
  if (compute === 0) return undefined;
  const member = call.origin.user;
  const about = { title, for: { kind: 'challenge', id, member }, by } as const;
  const key = `challenge ${id} ${member}`;
  return pots.endow(space, key, { ...about, deadline: closesAt + afterwards, credits: compute });
}

/** What is left of them. */
async function leftOf(pot: string, { pots, space }: Context): Promise<Part> {
  const credits = (await pots.find(space, pot))?.left ?? 0;
  return { kind: 'text', text: say({ word: 'challenge.left', with: { credits } }) };
}

export const enter = command({
  name: 'enter',
  summary: 'challenge.enter',
  who: 'anyone',
  reply: 'private',
  surfaces: ['slash', 'form', 'button'],
  title: 'challenge.enter.title',
  fields: {
    prompt: { kind: 'text', label: 'challenge.prompt', max: 32_000, multiline: true, required: true, ask: true },
    image: { kind: 'image', label: 'video.image', hint: 'video.image.hint', ask: true },
    challenge: which,
  },
  run: async ({ prompt, image, challenge: named }, context): Promise<Reply> => {
    const challenge = await meant(named, ['open'], context);
    await mayEnter(challenge, context);
    const { id, edition, seconds, model, shape, preset } = challenge;
    const entry = { challenge: id, edition, sealed: preset === 'sealed' };
    const pot = await computeOf(challenge, context);
    const wanted = { prompt, image, seconds, model, shape, count: 1, entry };
    const order = (paid: string | undefined) => context.make({ ...wanted, pot: paid });
    if (pot === undefined) return order(undefined);
    try {
      const reply = await order(pot);
      return { ...reply, parts: [...reply.parts, await leftOf(pot, context)] };
    } catch (error) {
      // What they have for it does not reach: their own does, if it does.
      if (!(error instanceof UserError && error.said.word.startsWith('pot.'))) throw error;
      return order(undefined);
    }
  },
});
