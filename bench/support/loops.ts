import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { answering, optionsOf } from './child.ts';
import { createLag } from './lag.ts';

/** What a user would write from the gateway's own page: a `fetch`, and then one every five seconds, all in this process. */
const { url, jobs, rate } = optionsOf(z.object({ url: z.string(), jobs: z.number(), rate: z.number() }));

const every = 5_000;
const lag = createLag();
const submitSchema = z.object({ id: z.string() });
const pollSchema = z.object({ status: z.string(), output: z.object({ url: z.string() }).optional() });
const headers = { authorization: 'Bearer bench', 'content-type': 'application/json' };
const counts = { submitted: 0, done: 0, broken: 0 };

async function film(n: number): Promise<void> {
  const body = JSON.stringify({ model: 'sora-2', prompt: 'a boat', idempotency_key: `loop-${n}` });
  const submitted = await fetch(`${url}/videos`, { method: 'POST', headers, body });
  const { id } = submitSchema.parse(await submitted.json());
  counts.submitted += 1;
  for (;;) {
    const due = Date.now() + every;
    await wait(every);
    lag.note(Date.now() - due);
    const { status } = pollSchema.parse(await (await fetch(`${url}/videos/${id}`, { headers })).json());
    if (status === 'completed') {
      counts.done += 1;
      return;
    }
  }
}

async function start(): Promise<void> {
  const began = performance.now();
  for (let n = 0; n < jobs; n += 1) {
    const ahead = began + (n * 1000) / rate - performance.now();
    if (ahead > 0) await wait(ahead);
    void film(n).catch(() => {
      counts.broken += 1;
    });
  }
}
void start();

answering({ figures: lag.figures, counts: () => counts }, async () => lag.close());
