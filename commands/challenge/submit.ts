import { blockedAt } from '../../src/domain/blocks.ts';
import { type Context, command } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { say } from '../../src/domain/words.ts';
import { told } from '../answer.ts';
import { seenFilm } from '../own.ts';
import { misfit } from './fits.ts';
import { meant, which } from './which.ts';

/** Who is blocked enters nothing that they made before either. */
async function checkBlocked({ blocks, space, call: { origin, who } }: Context): Promise<void> {
  const blocked = blockedAt(await blocks.read(space), origin, [origin.user, who.id]);
  if (blocked) throw new UserError('forbidden', { word: `blocked.${blocked}` });
}

/** Enters a film that is there already; whoever looks after the challenge takes it in as any other. */
export const submit = command({
  name: 'submit',
  summary: 'challenge.submit',
  who: 'anyone',
  reply: 'private',
  surfaces: ['slash', 'button'],
  fields: { film: { kind: 'job', label: 'challenge.submit.which', required: true }, challenge: which },
  run: async ({ film: job, challenge: named }, context) => {
    const { challenges, space, call } = context;
    const film = await seenFilm(job, context, 'film');
    const challenge = await meant(named, ['open'], context);
    await checkBlocked(context);
    const why = await misfit(film, challenge, context);
    if (why) throw new UserError('forbidden', why, { field: 'film' });
    const { id, edition, title } = challenge;
    const { user: member } = call.origin;
    await challenges.enter(space, id, { job, member, name: call.who.name, edition, brought: true });
    return told(say({ word: 'challenge.submitted', with: { title } }));
  },
});
