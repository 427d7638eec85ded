import { type Command, command, type Fact, type Field, type Leaf } from '../src/domain/command.ts';
import { UserError } from '../src/domain/errors.ts';
import { isRetired, type ModelCard, membersMay } from '../src/domain/model.ts';
import { type At, pathsOf } from '../src/domain/paths.ts';
import { word } from '../src/domain/words.ts';
import { answer } from './answer.ts';

/** What can be typed, by its path. */
const typed = (all: readonly Command[]): At[] => pathsOf(all).filter(({ leaf }) => leaf.surfaces.includes('slash'));

/** What the models take for a field, where that differs between them. */
function taken(name: string, field: Field, models: readonly ModelCard[]): string[] {
  if (field.kind === 'model') return [models.map(({ id }) => id).join(', ')];
  if (name === 'seconds') return models.map(({ label, seconds }) => `${label}: ${seconds.join(', ')}`);
  return [];
}

function fieldsOf(leaf: Leaf, models: readonly ModelCard[]) {
  const offered = Object.entries(leaf.fields).filter(
    ([, { extra }]) => extra === undefined || membersMay(models, extra),
  );
  return offered.map(([name, field]) => ({
    label: name,
    value: [
      word(field.label),
      ...(field.hint === undefined ? [] : [word(field.hint)]),
      ...(field.required ? [word('help.field.required')] : []),
      ...taken(name, field, models),
    ].join(' · '),
  }));
}

const linesOf = (found: readonly At[]): Fact[] =>
  found.map(({ path, leaf }) => ({ label: `/${path}`, value: word(leaf.summary) }));

/** What can be typed, a line each; of what is only for those who run a place, one line that says where the rest is. */
const listed = (commands: readonly Command[]): Fact[] =>
  commands.flatMap((command): Fact[] => {
    const found = typed([command]);
    const forAll = found.some(({ leaf: { who } }) => who === 'anyone' || who === 'owner');
    if (found.length < 2 || forAll) return linesOf(found);
    return [{ label: `/help ${command.name}`, value: word(command.summary) }];
  });

export const help = command({
  name: 'help',
  summary: 'help.summary',
  who: 'anyone',
  reply: 'private',
  surfaces: ['slash'],
  fields: { topic: { kind: 'text', label: 'help.topic', max: 40 } },
  run: async (values, { commands, models }) => {
    if (values.topic !== undefined) {
      const got = values.topic.replace(/^\//, '').toLowerCase().replace(/\s+/g, ' ');
      const found = typed(commands).filter(({ path }) => path === got || path.startsWith(`${got} `));
      const [only] = found;
      if (!only) throw new UserError('unknown', { word: 'command.unknown', with: { got } }, { field: 'topic' });
      if (only.path !== got) return answer({ kind: 'facts', facts: linesOf(found) });
      const { leaf } = only;
      return answer(
        { kind: 'text', text: `/${got} — ${word(leaf.summary)}` },
        {
          kind: 'facts',
          facts: fieldsOf(
            leaf,
            models.filter((card) => !isRetired(card, Date.now())),
          ),
        },
      );
    }
    return answer({ kind: 'text', text: word('help.intro') }, { kind: 'facts', facts: listed(commands) });
  },
});
