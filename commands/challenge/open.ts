import { type ChallengeTerms, termsSchema } from '../../src/domain/challenge.ts';
import { termsParts } from '../../src/domain/challengeParts.ts';
import { type Context, command, type FileRef } from '../../src/domain/command.ts';
import { readWhen } from '../../src/domain/when.ts';
import { say, word } from '../../src/domain/words.ts';
import { answer, managed } from '../answer.ts';

const when = { kind: 'text', hint: 'challenge.when.hint', max: 40 } as const;
export const whenField = when;
const preset = {
  kind: 'choice',
  label: 'challenge.preset',
  choices: [
    { value: 'sealed', label: 'challenge.preset.sealed' },
    { value: 'open', label: 'challenge.preset.open' },
  ],
} as const;
export const presetField = preset;

/** Milliseconds that a vote lasts where nothing else is said. */
const usualVote = 2 * 86_400_000;

/** Where it is announced: where it was opened, and in no thread of it where the chat has channels that are read by themselves. */
export function placeOf({ call: { origin } }: Context): ChallengeTerms['place'] {
  const { platform, space, channel, thread, closed } = origin;
  return {
    ...{ platform, space, channel },
    ...(thread === undefined ? {} : { thread }),
    ...(closed === undefined ? {} : { closed }),
  };
}

const stored = async (picture: FileRef | undefined, context: Context) =>
  picture === undefined ? {} : { picture: await context.picture(picture) };

/** One line of what was written. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('"', "'");

export const open = command({
  ...managed,
  name: 'open',
  summary: 'challenge.open',
  surfaces: ['slash', 'form'],
  title: 'challenge.open.title',
  fields: {
    title: { kind: 'text', label: 'challenge.title', max: 80, required: true, ask: true },
    theme: { kind: 'text', label: 'challenge.theme', max: 500, multiline: true, required: true, ask: true },
    closes: { ...when, label: 'challenge.closes', required: true, ask: true },
    preset: { ...preset, ask: true },
    picture: { kind: 'image', label: 'challenge.picture', ask: true },
  },
  run: async ({ title, theme, closes, preset: given, picture }, context) => {
    const { call, space, policy, challenges } = context;
    const now = Date.now();
    const zone = policy.timeZone;
    const closesAt = readWhen(closes, 'closes', zone, now);
    const terms: ChallengeTerms = termsSchema.parse({
      ...{ title: oneLine(title), theme, place: placeOf(context), by: call.origin.user, zone },
      ...{ opensAt: now, closesAt, votesUntil: closesAt + usualVote },
      ...{ preset: given ?? 'sealed', voting: 'pairs', most: 1, compute: 0, prizes: [], least: 1 },
      ...(await stored(picture, context)),
    });
    const id = await challenges.open(space, call.key, terms);
    await context.note({ what: 'challenge open', about: id });
    const stands = (await challenges.find(space, id)) ?? terms;
    const opened = { title: stands.title, id, opensAt: stands.opensAt, closesAt: stands.closesAt, timeZone: zone };
    return answer({ kind: 'text', text: say({ word: 'challenge.opened', with: opened }) }, ...termsParts(stands), {
      kind: 'buttons',
      buttons: [{ label: word('challenge.show.button'), command: 'challenge show', challenge: id }],
    });
  },
});
