import { command } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { word } from '../../src/domain/words.ts';
import { managed, told } from '../answer.ts';
import { isUnderWay, meant, which } from './which.ts';

export const cancel = command({
  ...managed,
  name: 'cancel',
  summary: 'challenge.cancel',
  fields: { reason: { kind: 'text', label: 'challenge.reason', max: 200, required: true }, challenge: which },
  run: async ({ challenge: named, reason }, context) => {
    const { challenges, space, call } = context;
    const { id, phase } = await meant(named, ['announced', 'open', 'closing', 'voting'], context);
    // What has to be done then is done by whoever looks after challenges, from now on.
    const fields = { why: reason, calledOffBy: call.origin.user };
    const step = { from: phase, to: 'cancelled', due: Date.now(), fields } as const;
    if (!isUnderWay({ phase }) || !(await challenges.turn(space, id, step))) {
      throw new UserError('conflict', { word: 'challenge.over' }, { field: 'challenge' });
    }
    await context.note({ what: 'challenge cancel', about: id, why: reason });
    return told(word('challenge.cancelled'));
  },
});
