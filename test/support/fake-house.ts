import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '../../commands/index.ts';
import { type Card, cardOf, type FilmAction } from '../../src/domain/card.ts';
import { type Call, findCommand, type Part, type Reply } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { type Job, jobIds, jobState, type Progress } from '../../src/domain/job.ts';
import type { Quota } from '../../src/domain/ledger.ts';
import type { ModelCard } from '../../src/domain/model.ts';
import { digest } from '../../src/domain/recipe.ts';
import { readValues } from '../../src/domain/values.ts';
import type { Poster } from '../../src/ports.ts';

export const fakeModels: ModelCard[] = [
  {
    id: 'sora-2',
    snapshots: [],
    label: 'Sora 2',
    seconds: [4, 8, 12],
    defaultSeconds: 8,
    sizes: [
      { size: '1366x768', shape: 'landscape', resolution: '1K' },
      { size: '768x1366', shape: 'portrait', resolution: '1K' },
    ],
    weight: 1,
    money: 0.1,
    promptMax: 2000,
    image: 'first_frame',
    repeatWithin: 3600,
    usual: 60,
    deadline: 900,
    reconcileFor: 86_400,
    extras: {},
  },
];

const private_ = (parts: Part[], jobs: string[] = []): Reply => ({ to: 'private', parts, jobs });
const text = (words: string): Part => ({ kind: 'text', text: words });

/**
 * A house with state and without queues: it takes calls, keeps jobs and credits, and moves a job on when the test says
 * so, posting as a worker would. `calls` are all that came in; `pictures` what was attached, by call key.
 */
export async function createFakeHouse(options: { allowance?: number } = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'dailies-studio-'));
  const allowance = options.allowance ?? 60;
  const jobs = new Map<string, Job>();
  const digests = new Map<string, string>();
  const calls: Call[] = [];
  const pictures = new Map<string, number>();
  let poster: Poster | undefined;
  let trouble: Error | undefined;

  const mine = (member: string) => [...jobs.values()].filter((job) => job.request.origin.user === member);
  const waiting = () => [...jobs.values()].filter((job) => jobState(job) === 'queued');
  const positionOf = (job: Job) => (jobState(job) === 'queued' ? waiting().indexOf(job) + 1 : undefined);
  const cost = (member: string, settled: string | undefined) =>
    mine(member).reduce((sum, job) => sum + (job.settled === settled ? job.request.price : 0), 0);

  function quota(member: string): Quota {
    const held = cost(member, undefined);
    const spent = cost(member, 'captured');
    const entries = mine(member).map((job) => ({
      id: `${job.acceptedAt}-0`,
      at: job.acceptedAt,
      kind: 'hold' as const,
      member,
      window: 'week:2026-11-23',
      credits: job.request.price,
      job: job.request.id,
    }));
    const left = allowance - held - spent;
    return {
      allowance,
      held,
      spent,
      pledged: 0,
      byPots: 0,
      left,
      renewsAt: Date.now() + 86_400_000,
      lots: [],
      entries,
    };
  }

  async function post(job: Job): Promise<void> {
    await poster?.card(job.request.origin, cardOf(job, positionOf(job)), undefined);
  }

  function jobAt(id: unknown): Job {
    const job = jobs.get(String(id));
    if (!job) throw new UserError('unknown', { word: 'job.unknown' }, { field: 'job' });
    return job;
  }

  async function video(call: Call, values: Record<string, unknown>): Promise<Reply> {
    const prompt = String(values.prompt);
    const seconds = typeof values.seconds === 'number' ? values.seconds : 8;
    const count = typeof values.count === 'number' ? values.count : 1;
    const sum = digest([prompt, seconds, count]).toString('hex');
    const before = digests.get(call.key);
    if (before !== undefined && before !== sum) throw new UserError('conflict', { word: 'call.conflict' });
    const ids = jobIds(call.key, count);
    if (before === undefined) {
      const { left } = quota(call.origin.user);
      const price = seconds * count;
      if (price > left) {
        const said = { word: 'balance.short', with: { price, left, renewsAt: Date.now(), timeZone: 'UTC' } } as const;
        throw new UserError('balance', said, { balance: left });
      }
      digests.set(call.key, sum);
      for (const id of ids) {
        const recipe = { model: 'sora-2', prompt, seconds, size: '1366x768' as const };
        const payer = { member: call.origin.user, window: 'week:2026-11-23' };
        const request = { id, origin: call.origin, requester: call.who.name, recipe, price: seconds, payer };
        const job: Job = { request, acceptedAt: Date.now(), version: 1, epoch: 0, generation: 1, deaths: 0, tries: 0 };
        jobs.set(id, job);
        await post(job);
      }
    }
    const buttons = ids.map((job) => ({ label: 'Cancel', command: 'film cancel', job }));
    return private_([text(`On the way: ${seconds} seconds.`), { kind: 'buttons', buttons }], ids);
  }

  async function film(call: Call, action: FilmAction, id: unknown): Promise<Reply> {
    const job = jobAt(id);
    if (action === 'cancel') {
      if (job.request.origin.user !== call.origin.user) throw new UserError('forbidden', { word: 'job.forbidden' });
      await advance(job.request.id, { failure: { reason: 'cancelled', at: Date.now() } }, 'released');
      return private_([text('Cancelled.')]);
    }
    if (action === 'again') return video(call, { ...job.request.recipe });
    return private_([{ kind: 'facts', facts: [{ label: 'Job', value: job.request.id }] }]);
  }

  async function handle(call: Call): Promise<Reply> {
    calls.push(call);
    if (trouble) throw trouble;
    const leaf = findCommand(commands, call.command);
    if (!leaf) throw new UserError('unknown', { word: 'command.unknown', with: { got: call.command } });
    const values = readValues(leaf, call, fakeModels);
    for (const file of Object.values(call.files)) {
      let bytes = 0;
      for await (const chunk of file.open()) bytes += chunk.byteLength;
      pictures.set(call.key, bytes);
    }
    if (call.command === 'video') return video(call, values);
    if (call.command.startsWith('film ')) return film(call, call.command.slice(5) as FilmAction, values.job);
    if (call.command === 'jobs')
      return private_([{ kind: 'cards', cards: mine(call.origin.user).map((job) => cardOf(job)) }]);
    return private_([text(`${quota(call.origin.user).left} credits left of ${allowance}.`)]);
  }

  /** Moves a job on and posts its card, as a worker does after a step. */
  async function advance(
    id: string,
    progress: Partial<Progress> & Pick<Partial<Job>, 'taskId'>,
    settled?: Job['settled'],
    quiet = false,
  ): Promise<Card> {
    const before = jobAt(id);
    const job: Job = { ...before, ...progress, version: before.version + 1, ...(settled ? { settled } : {}) };
    jobs.set(id, job);
    if (!quiet) await post(job);
    return cardOf(job, positionOf(job));
  }

  return {
    dir,
    calls,
    pictures,
    handle,
    advance,
    quota: async (member: string) => quota(member),
    media: { path: (name: string) => join(dir, name) },
    desk: {
      job: async ({ id }: { id: string }) => jobs.get(id),
      position: async ({ id }: { id: string }) => {
        const job = jobs.get(id);
        return job && positionOf(job);
      },
      jobsOf: async (_space: string, member: string, limit: number) => mine(member).reverse().slice(0, limit),
    },
    /** From now on every call fails with this; nothing ends it. */
    fail(error: Error | undefined) {
      trouble = error;
    },
    postBy(given: Poster) {
      poster = given;
    },
    async store(name: string, bytes: Uint8Array) {
      await writeFile(join(dir, name), bytes);
    },
    /** Delivers the film of a job from a stored file. */
    async deliver(id: string, asset: NonNullable<Job['asset']>): Promise<void> {
      const { request } = jobAt(id);
      const film = {
        job: id,
        key: `${id}-1`,
        repeated: false,
        before: undefined,
        note: async () => undefined,
        requester: request.requester,
        requesterId: request.origin.user,
        prompt: request.recipe.prompt,
        asset,
        file: join(dir, asset.name),
        card: undefined,
        mention: true,
        spoiler: false,
      };
      await poster?.film(request.origin, film, new AbortController().signal);
      const done = { asset, output: { at: Date.now() }, post: { ref: 'film', generation: 1 } };
      await advance(id, done, 'captured');
    },
    async close() {
      await rm(dir, { recursive: true, force: true });
    },
  };
}
