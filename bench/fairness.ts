import { jobState } from '../src/domain/job.ts';
import { sandboxCards } from '../src/video/cards.ts';
import { orderOf, refOf } from '../test/desk/rig.ts';
import { createFakeChat } from '../test/support/chat.ts';
import { callOf, type House, jobOf, startHouse } from '../test/support/house.ts';
import { until } from '../test/support/until.ts';
import { callAll, median } from './support/load.ts';
import { figure, machine, print } from './support/print.ts';
import { createBenchLog, startGateway, startRedis } from './support/setup.ts';

const inFlight = 8;
/** Milliseconds that a film takes. */
const filmTime = { least: 300, most: 500 };

/** A call of a space that has nothing else: milliseconds from its acceptance to its submit. */
async function oneWaits(house: House, n: number): Promise<number> {
  const call = callOf('video', { prompt: 'a lighthouse' }, { space: 'small', user: `bo-${n}` });
  const id = jobOf(await house.handle(call));
  const job = await until('the submit', async () => {
    const now = await house.job(call.origin, id);
    return now.submittedAt !== undefined && now;
  });
  await until('the film', async () => jobState(await house.job(call.origin, id)) === 'delivered');
  return (job.submittedAt as number) - job.acceptedAt;
}

async function several(house: House, times: number): Promise<number[]> {
  const waits: number[] = [];
  for (let n = 0; n < times; n += 1) waits.push(await oneWaits(house, n));
  return waits;
}

/** Fills one space's waiting list. */
async function fill(house: House, count: number): Promise<void> {
  const order = () => orderOf({ space: 'large', member: 'ada', allowance: 1_000_000, price: 1 });
  const { space } = order();
  await house.lists.enlist(space);
  await callAll(count, 50, () => house.desk.accept(order()));
}

/** How long one job of an otherwise empty space waits while another space has thousands waiting, beside an idle system. */
export async function fairness({ short }: { short: boolean }): Promise<void> {
  const log = createBenchLog();
  const redis = await startRedis(log);
  const crowd = short ? (redis.kind === 'embedded' ? 100 : 1_000) : 5_000;
  const times = short ? 3 : 15;
  const gateway = await startGateway(filmTime);
  const admin = redis.connect();
  const facts = await machine(admin, redis.kind);
  const house = await startHouse({
    redis,
    chat: createFakeChat(),
    gateway,
    models: sandboxCards,
    log,
    inFlight,
    credits: 1_000_000,
  });
  await oneWaits(house, -1);
  const idle = await several(house, times);

  await fill(house, crowd);
  const large = refOf(orderOf({ space: 'large' }).jobs[0] as never).space;
  const waitingKey = `dailies:{${large}}:waiting`;
  const [began, before, waitingFrom] = [performance.now(), await gateway.counts(), await admin.zcard(waitingKey)];
  const busy = await several(house, times);
  const [seconds, after, waitingTo] = [
    (performance.now() - began) / 1000,
    await gateway.counts(),
    await admin.zcard(waitingKey),
  ];
  const round = (inFlight / ((after.submits - before.submits) / seconds)) * 1000;
  await house.close();
  await gateway.close();
  await redis.close();

  const worst = Math.max(...busy);
  print(
    'fairness',
    facts,
    [
      {
        what: `one job's wait, accepted to submitted, with ${waitingFrom} to ${waitingTo} others waiting; beside idle`,
        ours: `${figure(median(busy))} ms`,
        beside: `${figure(median(idle))} ms`,
        ratio: figure(median(busy) / median(idle)),
      },
      {
        what: `the longest of ${times}; beside idle`,
        ours: `${figure(worst)} ms`,
        beside: `${figure(Math.max(...idle))} ms`,
        ratio: figure(worst / Math.max(...idle)),
      },
      {
        what: 'longer than idle at the longest; beside one round',
        ours: `${figure(worst - median(idle))} ms`,
        beside: `${figure(round)} ms`,
        ratio: figure((worst - median(idle)) / round),
      },
    ],
    [
      `A round is the time in which all ${inFlight} places in flight were handed out once: ${inFlight} divided by the submits a second.`,
    ],
  );
}
