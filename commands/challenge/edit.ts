import {
  type Challenge,
  type ChallengeTerms,
  entriesMax,
  entriesOfOneMax,
  prizesMax,
  termsSchema,
} from '../../src/domain/challenge.ts';
import { termsParts } from '../../src/domain/challengeParts.ts';
import { type Context, command, nobody, type Values } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { cardFor } from '../../src/domain/model.ts';
import { readWhen } from '../../src/domain/when.ts';
import { word } from '../../src/domain/words.ts';
import { answer, managed } from '../answer.ts';
import { oneLine, presetField, whenField } from './open.ts';
import { meant, which } from './which.ts';

const chats = ['discord', 'slack'] as const;
const fields = {
  challenge: which,
  title: { kind: 'text', label: 'challenge.title', max: 80 },
  theme: { kind: 'text', label: 'challenge.theme', max: 500, multiline: true },
  opens: { ...whenField, label: 'challenge.opens' },
  closes: { ...whenField, label: 'challenge.closes' },
  votes: { ...whenField, label: 'challenge.votes' },
  preset: presetField,
  voting: {
    kind: 'choice',
    label: 'challenge.voting',
    choices: [
      { value: 'pairs', label: 'challenge.voting.pairs' },
      { value: 'one', label: 'challenge.voting.one' },
    ],
  },
  entries: { kind: 'integer', label: 'challenge.entries', min: 1, max: entriesOfOneMax },
  seconds: { kind: 'integer', label: 'challenge.seconds', min: 1, max: 60 },
  model: { kind: 'model', label: 'challenge.model' },
  shape: {
    kind: 'choice',
    label: 'challenge.shape',
    choices: [
      { value: 'landscape', label: 'video.shape.landscape' },
      { value: 'portrait', label: 'video.shape.portrait' },
      { value: 'square', label: 'video.shape.square' },
    ],
  },
  compute: { kind: 'integer', label: 'challenge.compute', min: 0, max: 100_000 },
  prizes: { kind: 'text', label: 'challenge.prizes', hint: 'challenge.prizes.hint', max: 80 },
  least: { kind: 'integer', label: 'challenge.least', min: 0, max: entriesMax },
  role: { kind: 'role', label: 'challenge.role', clears: true, only: chats },
  ping: { kind: 'role', label: 'challenge.ping', clears: true, only: chats },
  picture: { kind: 'image', label: 'challenge.picture' },
} as const;

function prizesIn(text: string): number[] {
  const prizes = text.split(/[\s,;]+/).filter((one) => one !== '');
  if (prizes.length > prizesMax || prizes.some((one) => !/^\d{1,5}$/.test(one))) {
    throw new UserError('invalid', { word: 'challenge.prizes.wrong', with: { most: prizesMax } }, { field: 'prizes' });
  }
  const all = prizes.map(Number);
  return all.every((one) => one === 0) ? [] : all;
}

const unset = (value: string | undefined): string | undefined => (value === nobody ? undefined : value);

/** The terms as they would be: what was not named stays. */
async function changed(before: Challenge, values: Values<typeof fields>, context: Context): Promise<ChallengeTerms> {
  const { zone } = before;
  const now = Date.now();
  const at = (name: 'opens' | 'closes' | 'votes', from?: number): number | undefined => {
    const text = values[name];
    return text === undefined ? undefined : readWhen(text, name, zone, now, from);
  };
  const opensAt = at('opens') ?? before.opensAt;
  const closesAt = at('closes', Math.max(now, opensAt)) ?? before.closesAt;
  const votesUntil = at('votes', closesAt) ?? before.votesUntil + (closesAt - before.closesAt);
  const given = {
    ...(values.title === undefined ? {} : { title: oneLine(values.title) }),
    ...(values.theme === undefined ? {} : { theme: values.theme }),
    ...(values.preset === undefined ? {} : { preset: values.preset }),
    ...(values.voting === undefined ? {} : { voting: values.voting }),
    ...(values.entries === undefined ? {} : { most: values.entries }),
    ...(values.seconds === undefined ? {} : { seconds: values.seconds }),
    ...(values.model === undefined ? {} : { model: values.model }),
    ...(values.shape === undefined ? {} : { shape: values.shape }),
    ...(values.compute === undefined ? {} : { compute: values.compute }),
    ...(values.prizes === undefined ? {} : { prizes: prizesIn(values.prizes) }),
    ...(values.least === undefined ? {} : { least: values.least }),
    ...(values.picture === undefined ? {} : { picture: await context.picture(values.picture) }),
  };
  const { role = before.role, ping = before.ping } = values;
  const { role: _, ping: __, ...rest } = termsSchema.parse(before);
  const [who, whom] = [unset(role), unset(ping)];
  return termsSchema.parse({
    ...{ ...rest, ...given, opensAt, closesAt, votesUntil },
    ...(who === undefined ? {} : { role: who }),
    ...(whom === undefined ? {} : { ping: whom }),
  });
}

/** What stays as it is once somebody entered by it. */
const fixed = [
  'title',
  'theme',
  'opens',
  'preset',
  'voting',
  'entries',
  'seconds',
  'model',
  'shape',
  'compute',
  'prizes',
  'least',
  'role',
] as const;

/** What was entered by stays; times are only put off. */
function checkFixed(before: Challenge, after: ChallengeTerms, values: Values<typeof fields>): void {
  const settled = before.phase === 'voting' ? ([...fixed, 'closes'] as const) : fixed;
  const names = settled.filter((name) => values[name] !== undefined);
  if (names.length > 0)
    throw new UserError('conflict', { word: 'challenge.fixed', with: { names } }, { field: names[0] ?? '' });
  const sooner = after.closesAt < before.closesAt || after.votesUntil < before.votesUntil;
  if (sooner) throw new UserError('conflict', { word: 'challenge.sooner' });
}

/** A length and a shape have to be ones that the model makes. */
function checkFilm({ seconds, model }: ChallengeTerms, { models }: Context): void {
  const card = model === undefined ? undefined : cardFor(models, model);
  if (!card || seconds === undefined || card.seconds.includes(seconds)) return;
  const said = { word: 'seconds.unknown', with: { model: card.label, takes: card.seconds, got: seconds } } as const;
  throw new UserError('invalid', said, { field: 'seconds' });
}

/** What of its terms is another now, as the trail has it. */
function difference(before: ChallengeTerms, after: ChallengeTerms): { before: string; after: string } {
  const names = (Object.keys({ ...before, ...after }) as (keyof ChallengeTerms)[]).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  const of = (terms: ChallengeTerms) => JSON.stringify(Object.fromEntries(names.map((name) => [name, terms[name]])));
  return { before: of(before), after: of(after) };
}

/** How often a change is tried anew that a step of the challenge itself came before. */
const tries = 3;

/** Changes the one that is meant, as it is now. Returns what was changed into what. */
async function change(
  named: string | undefined,
  values: Omit<Values<typeof fields>, 'challenge'>,
  context: Context,
  left = tries,
): Promise<{ before: Challenge; after: ChallengeTerms }> {
  const { challenges, space } = context;
  const before = await meant(named, ['announced', 'open', 'voting'], context);
  if (!['announced', 'open', 'voting'].includes(before.phase)) {
    throw new UserError('conflict', { word: 'challenge.over' });
  }
  const after = await changed(before, { challenge: named, ...values }, context);
  const entered = before.phase === 'voting' || (await challenges.entries(space, before.id)).length > 0;
  if (entered) checkFixed(before, after, values as Values<typeof fields>);
  checkFilm(after, context);
  try {
    await challenges.change(space, before.id, before.version, after);
    return { before, after };
  } catch (error) {
    // Nobody changed its terms: it was announced meanwhile, or somebody entered, which is looked at anew.
    const same = (await challenges.find(space, before.id))?.edition === before.edition;
    if (!(error instanceof UserError && error.refusal === 'conflict') || !same || left === 0) throw error;
    return change(named, values, context, left - 1);
  }
}

export const edit = command({
  ...managed,
  name: 'edit',
  summary: 'challenge.edit',
  fields,
  run: async ({ challenge: named, ...values }, context) => {
    const { before, after } = await change(named, values, context);
    const changes = difference(termsSchema.parse(before), after);
    await context.note({ what: 'challenge edit', about: before.id, ...changes });
    return answer(
      { kind: 'text', text: word('challenge.edited') },
      { kind: 'text', text: after.title },
      ...termsParts(after),
    );
  },
});
