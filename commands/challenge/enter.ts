import type { Challenge } from '../../src/domain/challenge.ts';
import { type Context, command, type Part, type Reply } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { say } from '../../src/domain/words.ts';
import { closedTo } from './fits.ts';
import { meant, which } from './which.ts';

/** Milliseconds after its entries close for which such a pot stays, should they be put off; what is left in it is nobody's anyway. */
const afterwards = 400 * 86_400_000;

/** The credits that an entrant has for this challenge alone; nothing where it gives none. */
async function computeOf(challenge: Challenge, { pots, space, call }: Context): Promise<string | undefined> {
  const { id, title, compute, closesAt, by } = challenge;
  if (compute === 0) return undefined;
  const member = call.origin.user;
  const about = { title, for: { kind: 'challenge', id, member }, by } as const;
  // Until the first entry, which none of it can have paid, a manager may change how much it is.
  const key = `challenge ${id} ${member} ${compute}`;
  return pots.endow(space, key, { ...about, deadline: closesAt + afterwards, credits: compute });
}

/** What is left of them. */
async function leftOf(pot: string, { pots, space }: Context): Promise<Part> {
  const credits = (await pots.find(space, pot))?.left ?? 0;
  return { kind: 'text', text: say({ word: 'challenge.left', with: { credits } }) };
}

/** What an entrant's own pot does not pay, something else does: their credits, or the workflows' budget, which no limit of theirs is about. */
const potFails = ({ said: { word } }: UserError, { call }: Context): boolean =>
  word.startsWith('pot.') || (word === 'cap.spend' && call.origin.step !== undefined);

/** Films of an open challenge that no place was named for go to where it was announced. */
const placeFor = ({ preset, said, place }: Challenge, { call }: Context): Challenge['place'] | undefined =>
  preset === 'open' && call.origin.step !== undefined ? (said.opened ?? { place }).place : undefined;

/** Whoever a workflow entered need not know of it. */
async function tellEntrant({ title }: Challenge, [job = '']: readonly string[], { call, tellMember }: Context) {
  if (call.origin.step === undefined) return;
  const text = say({ word: 'challenge.entered.you', with: { title } });
  await tellMember(call.origin.user, { key: `e${job.slice(1, 17)}`, parts: [{ kind: 'text', text }] });
}

export const enter = command({
  name: 'enter',
  summary: 'challenge.enter',
  who: 'anyone',
  reply: 'private',
  surfaces: ['slash', 'form', 'button', 'step'],
  title: 'challenge.enter.title',
  stepFor: 'member',
  fields: {
    prompt: {
      kind: 'text',
      label: 'challenge.prompt',
      hint: 'challenge.prompt.hint',
      max: 32_000,
      multiline: true,
      required: true,
      ask: true,
    },
    image: { kind: 'image', label: 'video.image', hint: 'video.image.hint', ask: true },
    challenge: which,
  },
  run: async ({ prompt, image, challenge: named }, context): Promise<Reply> => {
    const challenge = await meant(named, ['open'], context);
    const closed = await closedTo(challenge, context);
    if (closed) throw new UserError('forbidden', closed, { field: 'challenge' });
    const { id, edition, seconds, model, shape, preset } = challenge;
    const entry = { challenge: id, edition, sealed: preset === 'sealed', place: placeFor(challenge, context) };
    const pot = await computeOf(challenge, context);
    const wanted = { prompt, image, seconds, model, shape, count: 1, entry };
    const order = async (paid: string | undefined): Promise<Reply> => {
      const reply = await context.make({ ...wanted, pot: paid });
      await tellEntrant(challenge, reply.jobs, context);
      if (reply.jobs.length === 0) return reply;
      const text = say({ word: 'challenge.entering', with: { title: challenge.title, preset } });
      return { ...reply, parts: [...reply.parts, { kind: 'text', text }] };
    };
    if (pot === undefined) return order(undefined);
    try {
      const reply = await order(pot);
      return { ...reply, parts: [...reply.parts, await leftOf(pot, context)] };
    } catch (error) {
      if (!(error instanceof UserError && potFails(error, context))) throw error;
      return order(undefined);
    }
  },
});
