import { isLive } from '../domain/challenge.ts';
import { factsPart, termsParts, timeFact } from '../domain/challengeParts.ts';
import type { Part } from '../domain/command.ts';
import type { SpaceKey } from '../domain/origin.ts';
import { say, word } from '../domain/words.ts';
import { arrive, sift } from './challenge/arrive.ts';
import { callOff } from './challenge/callOff.ts';
import { conclude } from './challenge/end.ts';
import { sideBySide } from './challenge/rounds.ts';
import { patience, screen } from './challenge/screen.ts';
import { announce, type ChallengeTools, type Look, pageOf, toolsOf } from './challenge/tools.ts';
import { amend, noteTrouble } from './saying.ts';

const day = 86_400_000;
const minute = 60_000;
/** Challenges that are looked after at the same time. */
export const atOnce = 8;

function openingParts(look: Look): Part[] {
  const { challenge } = look;
  const { id, title } = challenge;
  const buttons = [
    { label: word('challenge.enter.button'), command: 'challenge enter', challenge: id },
    { label: word('challenge.show.button'), command: 'challenge show', challenge: id },
  ];
  return [
    { kind: 'text', text: say({ word: 'challenge.say.opened', with: { title } }) },
    ...termsParts(challenge),
    ...factsPart(pageOf(look)),
    { kind: 'buttons', buttons },
  ];
}

async function opens(look: Look): Promise<void> {
  const { space, challenge, tools } = look;
  const { id, title, closesAt, version, ping, picture } = challenge;
  await announce(look, 'opened', {
    ...(ping === undefined ? {} : { ping }),
    ...(picture === undefined ? {} : { picture }),
    thread: title,
    parts: openingParts(look),
  });
  await tools.challenges.turn(space, id, { from: 'announced', to: 'open', due: closesAt, version });
}

/** The announcement tells of the terms as they are now. */
async function tellAnew(look: Look): Promise<void> {
  const { space, challenge, tools } = look;
  const { opened } = challenge.said;
  if (!opened || opened.ref === '' || opened.edition === challenge.edition) return;
  const { id, edition, place } = challenge;
  await amend(place, opened.ref, openingParts(look), toolsOf(look));
  await tools.challenges.keep(space, id, 'opened', { ...opened, edition });
}

/** While entries are open: films arrive, and on the last day of more than two all are told once. */
async function stays(look: Look): Promise<void> {
  const { challenge, tools } = look;
  const { title, closesAt, opensAt } = challenge;
  await arrive(look);
  await tellAnew(look);
  if (tools.every(minute, `sift ${challenge.id}`)) await sift(look);
  const left = closesAt - tools.now();
  if (left > day || left <= 0 || closesAt - opensAt <= 2 * day || challenge.said.lastDay) return;
  await announce(look, 'lastDay', {
    parts: [
      { kind: 'text', text: say({ word: 'challenge.say.lastDay', with: { title } }) },
      { kind: 'facts', facts: [timeFact(word('challenge.say.closes'), closesAt, challenge)] },
    ],
  });
}

async function closes(look: Look): Promise<void> {
  const { order } = look.challenge;
  const waiting = order ? 0 : await arrive(look);
  if (waiting === 0 || look.tools.now() >= look.challenge.closesAt + patience) await screen(look);
}

/** What it shows stays in the store for as long as it lasts, and a while after; what left it goes in its time. */
async function keepFiles({ space, challenge, tools }: Look): Promise<void> {
  const { id, picture } = challenge;
  if (!tools.every(day, `files ${id}`)) return;
  const entries = (await tools.challenges.entries(space, id)).filter(isLive);
  const films = entries.flatMap(({ film }) => (film ? [`${film}.mp4`] : []));
  for (const name of [...films, ...(picture === undefined ? [] : [picture])]) await tools.stored.renew(name);
}

/** What time asks of a challenge now; each step of it once, whoever takes it, and however late. */
async function lookAfter(
  space: SpaceKey,
  { id, due }: { id: string; due: number },
  tools: ChallengeTools,
): Promise<void> {
  const challenge = await tools.challenges.find(space, id);
  if (!challenge) return;
  const look: Look = { space, challenge, tools };
  const now = tools.now();
  await keepFiles(look);
  // The challenge's own times: they may have been put off since it was found on the list, and until the step is taken.
  const { opensAt, closesAt, votesUntil, version } = challenge;
  switch (challenge.phase) {
    case 'announced':
      return opensAt <= now ? opens(look) : undefined;
    case 'open':
      await stays(look);
      if (closesAt <= now) await tools.challenges.turn(space, id, { from: 'open', to: 'closing', due: now, version });
      return;
    case 'closing':
      return due <= now ? closes(look) : undefined;
    case 'voting':
      if (tools.every(minute, `sift ${id}`)) await sift(look);
      // No vote is taken from here on; what was said is counted then.
      if (votesUntil <= now) await tools.challenges.turn(space, id, { from: 'voting', to: 'ended', due: now, version });
      return;
    case 'ended':
      return conclude(look);
    case 'cancelled':
      return callOff(look);
  }
}

async function tended(space: SpaceKey, one: { id: string; due: number }, tools: ChallengeTools): Promise<void> {
  try {
    if (!tools.stopping.aborted && (await tools.leads())) await lookAfter(space, one, tools);
  } catch (err) {
    if (!tools.stopping.aborted) noteTrouble(tools.log, { space, challenge: one.id }, err);
  }
}

/**
 * Looks after the challenges of all spaces, once, some side by side. One that is in trouble, or takes its time, keeps none of the others:
 * what earlier looks have not done yet goes on beside this one, which leaves it alone. Resolves when all that it began is done. To be
 * done by one process at a time.
 */
export async function lookAfterChallenges(tools: ChallengeTools, rounds = sideBySide(atOnce)): Promise<void> {
  const begun: Promise<void>[] = [];
  for (const space of await tools.challenges.spaces()) {
    for (const one of await tools.challenges.underWay(space)) {
      begun.push(rounds.begin(`${space} ${one.id}`, () => tended(space, one, tools)));
    }
  }
  await Promise.all(begun);
}
