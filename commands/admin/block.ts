import { type Block, type BlockKind, blockId, blockKinds, blockLetters } from '../../src/domain/blocks.ts';
import { type Context, command, type Group, levels } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { moment, say, word } from '../../src/domain/words.ts';
import { answer, managed, told } from '../answer.ts';

const reason = { kind: 'text', label: 'block.reason', max: 300 } as const;
const listed = 20;

/** Of the fields that were given, the one that says what is meant; a refusal where it is not one. */
function oneOf(values: Partial<Record<BlockKind, string | undefined>>): Pick<Block, 'kind' | 'value'> {
  const given = blockKinds.flatMap((kind) => {
    const value = values[kind];
    return value === undefined ? [] : [{ kind, value }];
  });
  const [only] = given;
  if (!only || given.length > 1) throw new UserError('invalid', { word: 'block.one' });
  return only;
}

/** Nobody shuts themselves out, nor somebody who may do more here. */
async function mayBlock(member: string, { call, level, levelOf }: Context): Promise<void> {
  const refuse = (why: 'block.self' | 'block.above') => new UserError('forbidden', { word: why }, { field: 'member' });
  if (member === call.origin.user) throw refuse('block.self');
  if (levels.indexOf(await levelOf(member)) > levels.indexOf(level)) throw refuse('block.above');
}

const add = command({
  ...managed,
  name: 'add',
  summary: 'block.add',
  fields: {
    word: { kind: 'text', label: 'block.word', hint: 'block.word.hint', max: blockLetters },
    phrase: { kind: 'text', label: 'block.phrase', max: blockLetters },
    pattern: { kind: 'text', label: 'block.pattern', max: blockLetters },
    member: { kind: 'member', label: 'block.member' },
    channel: { kind: 'channel', label: 'block.channel' },
    reason,
  },
  run: async ({ reason: why, ...values }, context) => {
    const { blocks, space, call } = context;
    const { kind, value } = oneOf(values);
    if (kind === 'member') await mayBlock(value, context);
    const added = { kind, value, by: call.origin.user, ...(why === undefined ? {} : { why }) };
    const { block, known } = await blocks.add(space, added);
    return told(say({ word: known ? 'block.known' : 'block.added', with: { id: block.id } }));
  },
});

/** The ids that somebody may mean who names an entry: its own, or that of the same words. */
const idsFor = (text: string): string[] => [
  text.toLowerCase(),
  ...blockKinds.map((kind) => blockId({ kind, value: text })),
];

const remove = command({
  ...managed,
  name: 'remove',
  summary: 'block.remove',
  fields: {
    entry: { kind: 'text', label: 'block.entry', max: blockLetters },
    member: { kind: 'member', label: 'block.member' },
    channel: { kind: 'channel', label: 'block.channel' },
    reason,
  },
  run: async ({ entry, member, channel, reason: why }, { blocks, space, call }) => {
    const given = [entry, member, channel].filter((value) => value !== undefined);
    const [only] = given;
    if (only === undefined || given.length > 1) throw new UserError('invalid', { word: 'block.which' });
    const ids =
      member === undefined && channel === undefined
        ? idsFor(only)
        : [blockId({ kind: member === undefined ? 'channel' : 'member', value: only })];
    const found = (await blocks.read(space)).find(({ id }) => ids.includes(id));
    const removed = found && (await blocks.remove(space, found.id, call.origin.user, why));
    if (!removed) throw new UserError('unknown', { word: 'block.unknown' });
    return told(say({ word: 'block.removed', with: { id: removed.id } }));
  },
});

const lineOf = ({ kind, value, by, at, why }: Block, timeZone: string): string => {
  const noted = say({ word: 'block.entry.by', with: { by, when: moment(at, timeZone) } });
  return [`${word(`block.kind.${kind}`)}: ${value}`, noted, ...(why === undefined ? [] : [why])].join(' · ');
};

const list = command({
  ...managed,
  name: 'list',
  summary: 'block.list',
  fields: { page: { kind: 'integer', label: 'block.page', min: 1, max: 100 } },
  run: async ({ page: wanted = 1 }, { blocks, space, policy }) => {
    const all = await blocks.read(space);
    if (all.length === 0) return told(word('block.none'));
    const pages = Math.ceil(all.length / listed);
    const page = Math.min(wanted, pages);
    const shown = all.slice((page - 1) * listed, page * listed);
    const facts = shown.map((block) => ({ label: block.id, value: lineOf(block, policy.timeZone) }));
    const head = say({ word: 'block.title', with: { count: all.length, page, pages } });
    return answer({ kind: 'text', text: head }, { kind: 'facts', facts });
  },
});

/** Who and what no films are made for in a space. */
export const block: Group = { name: 'block', summary: 'block.summary', subs: [add, remove, list] };
