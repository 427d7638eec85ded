import { type Command, command } from '../src/domain/command.ts';

const pressed = {
  who: 'anyone',
  reply: 'private',
  surfaces: ['button'],
  fields: { quote: { kind: 'quote', label: 'order.quote', required: true } },
} as const;

const make = command({
  ...pressed,
  name: 'make',
  summary: 'order.make',
  run: ({ quote }, context) => context.choose(quote),
});

const drop = command({
  ...pressed,
  name: 'drop',
  summary: 'order.drop',
  run: ({ quote }, context) => context.decline(quote),
});

/** The answers to a price that was said: only whoever it was said to may give them. */
export const order: Command = { name: 'order', summary: 'order.summary', subs: [make, drop] };
