import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quickKind, startRedis, type TestRedis } from '../../support/redis.ts';
import { startStudio, type TestStudio } from './studio.ts';

let redis: TestRedis;
let studio: TestStudio;
beforeAll(async () => {
  redis = await startRedis(quickKind);
  studio = await startStudio(redis.connect());
});
afterAll(async () => {
  await studio.close();
  await redis.close();
});

interface Event {
  id: string | undefined;
  event: string | undefined;
  data: { id: string; text: string; author: string; job?: { state: string; position?: number; percent?: number } };
}

/** A member's stream of a thread; `next` is the first event from now on that fits. */
async function listen(thread: string, more: { member?: string; after?: string | undefined } = {}) {
  const headers = { 'x-member': more.member ?? 'ada', ...(more.after ? { 'last-event-id': more.after } : {}) };
  const answer = await fetch(`${studio.url}/api/threads/${thread}/events`, { headers });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) throw new Error('no stream');
  const seen: Event[] = [];
  let text = '';
  let at = 0;
  async function read(): Promise<boolean> {
    const { value, done } = (await reader?.read()) ?? { done: true };
    text += value ?? '';
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const data = field('data');
      if (data !== undefined) seen.push({ id: field('id'), event: field('event'), data: JSON.parse(data) });
    }
    return !done;
  }
  return {
    seen,
    async next(fits: (event: Event) => boolean): Promise<Event> {
      for (;;) {
        while (at < seen.length) {
          const event = seen[at++] as Event;
          if (fits(event)) return event;
        }
        if (!(await read())) throw new Error('the stream ended');
      }
    },
    leave: () => reader.cancel(),
  };
}

const talk = (thread: string, text: string, member = 'ada') =>
  studio.ask(`/api/threads/${thread}/messages`, { text }, { member });
const saying = (text: string) => (event: Event) => event.data.text === text;

describe('a thread’s stream', () => {
  it('brings what stands, and then what comes', async () => {
    await talk('flow', 'before');
    const stream = await listen('flow');
    await stream.next(saying('before'));
    await talk('flow', 'after', 'lin');
    expect((await stream.next(saying('after'))).data.author).toBe('lin');
    await stream.leave();
  });

  it('goes on where it broke off', async () => {
    await talk('resume', 'one');
    const first = await listen('resume');
    const { id } = await first.next(saying('one'));
    await first.leave();
    await talk('resume', 'two');
    const second = await listen('resume', { after: id });
    await second.next(saying('two'));
    expect(second.seen.map(({ data }) => data.text)).toEqual(['two']);
    await second.leave();
  });

  it('brings nothing twice when somebody else comes late', async () => {
    await talk('late', 'one');
    const early = await listen('late');
    await early.next(saying('one'));
    const late = await listen('late', { member: 'lin' });
    await late.next(saying('one'));
    await talk('late', 'two');
    await early.next(saying('two'));
    expect(early.seen.map(({ data }) => data.text)).toEqual(['one', 'two']);
    await early.leave();
    await late.leave();
  });

  it('begins anew, and says so, when the board was lost in between', async () => {
    await talk('reborn', 'here again');
    const stream = await listen('reborn', { after: '123-99' });
    await stream.next(saying('here again'));
    expect(stream.seen[0]?.event).toBe('reset');
    await stream.leave();
  });

  it('keeps private answers from others', async () => {
    const lin = await listen('secret', { member: 'lin' });
    await studio.ask('/api/threads/secret/calls', { command: 'quota' });
    await talk('secret', 'the end');
    await lin.next(saying('the end'));
    expect(lin.seen).toHaveLength(1);
    await lin.leave();
  });

  it('follows a job that nobody posts about, from line to line', async () => {
    const call = (prompt: string) =>
      studio.ask('/api/threads/jobs/calls', { command: 'video', values: { prompt, seconds: 4 } });
    const first = (await call('first')).json.id;
    const second = (await call('second')).json.id;
    const stream = await listen('jobs', { member: 'lin' });
    const of = (job: string) => (event: Event) => event.data.id === `card-${job}`;
    expect((await stream.next(of(second))).data.job?.position).toBe(2);
    await studio.house.advance(first, { taskId: 't', percent: 10 }, undefined, true);
    const moved = await stream.next((event) => of(second)(event) && event.data.job?.position === 1);
    expect(moved.id).toBeUndefined();
    await studio.house.advance(first, { percent: 55 }, undefined, true);
    await stream.next((event) => of(first)(event) && event.data.job?.percent === 55);
    const { json } = await studio.ask('/api/threads/jobs/messages');
    expect(json.find(({ id }: { id: string }) => id === `card-${first}`).job.percent).toBe(55);
    await stream.leave();
  });

  it('ends when the studio closes, which then takes no calls', async () => {
    const other = await startStudio(redis.connect());
    const answer = await fetch(`${other.url}/api/threads/end/events?member=ada`);
    await other.receiver.close();
    await answer.text();
    const refused = await other.ask('/api/threads/end/calls', { command: 'quota' });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    await other.close();
  });
});
