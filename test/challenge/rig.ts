import { createHash } from 'node:crypto';
import { spaceKeys } from '../../src/desk/keys.ts';
import { type Challenge, termsSchema } from '../../src/domain/challenge.ts';
import type { Button, Reply } from '../../src/domain/command.ts';
import type { JobRef } from '../../src/domain/job.ts';
import { type SpaceKey, spaceKey } from '../../src/domain/origin.ts';
import type { ChallengeTools } from '../../src/worker/challenge/tools.ts';
import { lookAfterChallenges } from '../../src/worker/challenges.ts';
import { lookAfterSeasons, type SeasonTools } from '../../src/worker/seasons.ts';
import { textOf, useIntake } from '../support/intake.ts';
import type { RedisKind } from '../support/redis.ts';
import { passTime, type Until } from './time.ts';

export const space: SpaceKey = spaceKey({ platform: 'web', space: 'atelier' });
const keys = spaceKeys(space);

/** Challenges in one space of a chat in memory, whose films are there at once. `boss` manages. To be called where tests are declared. */
export function useChallenges(kind: RedisKind) {
  const { engine, rig } = useIntake(kind);
  const woken: string[] = [];
  const renewed: string[] = [];
  const tools = (): ChallengeTools => ({
    ...{
      challenges: rig.challenges,
      votes: rig.votes,
      seasons: rig.seasons,
      desk: rig.desk,
      ledger: rig.ledger,
      blocks: rig.blocks,
    },
    media: { path: (name) => `/store/${name}` },
    stored: { renew: async (name) => renewed.push(name) > 0 },
    page: (_space, { id }) => `https://films.example.org/c/${id}`,
    every: () => true,
    leads: async () => true,
    stopping: new AbortController().signal,
    poster: () => rig.chat.poster,
    wake: async (_space, job) => void woken.push(job),
    log: rig.log,
    now: Date.now,
  });
  const seasonTools = (): SeasonTools => ({
    ...{ seasons: rig.seasons, poster: () => rig.chat.poster, log: rig.log },
    ...{ leads: async () => true, now: Date.now },
    seasonPage: (id) => `https://films.example.org/s/${id}`,
  });
  /** Some looks in a row, in which all is done that there is to do now. */
  const look = async (change: Partial<Omit<ChallengeTools, 'seasons'>> = {}): Promise<void> => {
    for (let n = 0; n < 4; n += 1) await lookAfterChallenges({ ...tools(), ...change });
    await lookAfterSeasons({ ...seasonTools(), ...change });
  };
  const find = async (id: string): Promise<Challenge> => {
    const found = await rig.challenges.find(space, id);
    if (!found) throw new Error(`no challenge ${id}`);
    return found;
  };
  const open = async (values: Record<string, unknown> = {}, edit: Record<string, unknown> = {}): Promise<string> => {
    const given = { title: 'Boats', theme: 'a boat in the rain', closes: '3d', ...values };
    const [, id = ''] =
      /as (c[a-z2-7]{8})\./.exec(textOf(await rig.ask('challenge open', given, { user: 'boss' }))) ?? [];
    if (Object.keys(edit).length > 0) await rig.ask('challenge edit', { challenge: id, ...edit }, { user: 'boss' });
    await look();
    return id;
  };
  /** The time of a phase is over: what it is reckoned by lies in the past. */
  const pass = async (id: string, until: Until): Promise<void> => passTime(engine.redis, space, await find(id), until);
  /** Everything that a challenge has to come to lies in the past. */
  const shift = async (id: string): Promise<void> => {
    const { opensAt, closesAt, votesUntil, ...rest } = await find(id);
    const back = votesUntil - Date.now() + 1_000;
    const times = { opensAt: opensAt - back, closesAt: closesAt - back, votesUntil: votesUntil - back };
    await engine.redis.hset(keys.challenge(id), {
      terms: JSON.stringify(termsSchema.parse({ ...rest, ...times })),
      ...{ opens: times.opensAt, closes: times.closesAt, votes: times.votesUntil },
    });
    await engine.redis.zadd(keys.deadlines, times.closesAt, id);
  };
  /** A member enters a film, which is made and delivered. */
  const enter = async (user: string, more: Record<string, unknown> = {}): Promise<JobRef> => {
    const reply = await rig.ask('challenge enter', { prompt: `by ${user}`, ...more }, { user });
    const [id = ''] = reply.jobs;
    const ref = { space, id };
    await arrived(ref);
    return ref;
  };
  const arrived = async (ref: JobRef): Promise<void> => {
    await rig.rendered(ref);
    const asset = {
      name: `${createHash('sha256').update(ref.id).digest('hex')}.mp4`,
      ...{ bytes: 1000, seconds: 4, width: 1280, height: 720 },
    };
    await rig.step(ref, 'deliver', { asset });
    await rig.delivered(ref);
  };
  const said = () => rig.chat.announcements().map(({ said }) => textOf(said));
  const buttons = ({ parts }: Reply): Button[] =>
    parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
  /** A voter is asked, and says which by what they think of each: `better` of two numbers. */
  const judge = async (
    user: string,
    better: (left: number, right: number) => number,
    times: number,
  ): Promise<number> => {
    let reply = await rig.ask('challenge vote', {}, { user });
    let done = 0;
    for (; done < times; done += 1) {
      const [left, right] = buttons(reply);
      if (!left || !right) break;
      const [a, b] = [left, right].map(({ label }) => Number(/\d+/.exec(label)?.[0]));
      const { command, challenge } = better(a ?? 0, b ?? 0) === a ? left : right;
      reply = await rig.ask(command, { challenge }, { user });
    }
    return done;
  };
  const entries = (id: string) => rig.challenges.entries(space, id);
  const left = async (user: string) => Number(/^(\d+) credit/.exec(textOf(await rig.ask('quota', {}, { user })))?.[1]);
  return {
    engine,
    rig,
    woken,
    renewed,
    tools,
    look,
    seasonTools,
    find,
    open,
    pass,
    shift,
    enter,
    arrived,
    said,
    buttons,
    judge,
    entries,
    left,
  };
}
