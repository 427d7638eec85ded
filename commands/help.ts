import { type Command, command, findCommand, type Leaf } from '../src/domain/command.ts';
import { UserError } from '../src/domain/errors.ts';
import { word } from '../src/domain/words.ts';

function typed(all: readonly Command[]): Leaf[] {
  return all.flatMap((entry) => ('subs' in entry ? [] : entry.surfaces.includes('slash') ? [entry] : []));
}

function fieldsOf(leaf: Leaf) {
  return Object.entries(leaf.fields).map(([name, field]) => ({
    label: name,
    value: [
      word(field.label),
      ...(field.hint === undefined ? [] : [word(field.hint)]),
      ...(field.required ? [word('help.field.required')] : []),
    ].join(' · '),
  }));
}

export const help = command({
  name: 'help',
  summary: 'help.summary',
  who: 'anyone',
  reply: 'private',
  surfaces: ['slash'],
  fields: { topic: { kind: 'text', label: 'help.topic', max: 40 } },
  run: async (values, { commands }) => {
    if (values.topic !== undefined) {
      const got = values.topic.replace(/^\//, '').toLowerCase();
      const leaf = findCommand(commands, got);
      if (!leaf) throw new UserError('unknown', { word: 'command.unknown', with: { got } }, { field: 'topic' });
      return {
        to: 'private',
        jobs: [],
        parts: [
          { kind: 'text', text: `/${got} — ${word(leaf.summary)}` },
          { kind: 'facts', facts: fieldsOf(leaf) },
        ],
      };
    }
    const facts = typed(commands).map((leaf) => ({ label: `/${leaf.name}`, value: word(leaf.summary) }));
    return {
      to: 'private',
      jobs: [],
      parts: [
        { kind: 'text', text: word('help.intro') },
        { kind: 'facts', facts },
      ],
    };
  },
});
