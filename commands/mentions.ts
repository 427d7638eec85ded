import { type Command, command } from '../src/domain/command.ts';
import { word } from '../src/domain/words.ts';
import { told } from './answer.ts';

const wish = (name: 'on' | 'off') =>
  command({
    name,
    summary: `mentions.${name}`,
    who: 'anyone',
    reply: 'private',
    surfaces: ['slash', 'button'],
    fields: {},
    run: async (_values, { wishes, space, call }) => {
      await wishes.setMention(space, call.origin.user, name === 'on');
      return told(word(`mentions.${name}.done`));
    },
  });

/** Whether a film that arrives notifies whoever asked for it. */
export const mentions: Command = { name: 'mentions', summary: 'mentions.summary', subs: [wish('on'), wish('off')] };
