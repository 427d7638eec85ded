import { commands } from '../../commands/index.ts';
import type { Config } from '../config.ts';
import { createQuotes } from '../desk/quotes.ts';
import { confirmAbove } from '../domain/policy.ts';
import { createIntake, type Intake } from '../intake.ts';
import type { Log } from '../log.ts';
import { createPictures } from '../media/picture.ts';
import { createVideoApi } from '../video/client.ts';
import { createSchedule } from '../video/schedule.ts';
import { startAdmission } from '../worker/admission.ts';
import { startWorkers } from '../worker/run.ts';
import type { Closing } from './closing.ts';
import type { Parts } from './wire.ts';

/** Jobs handed to the queue at once when the number of films in the making is not limited. */
const submitWindow = 32;
/** Milliseconds that media stay: a day longer than the records that name them. */
const keepMedia = 31 * 86_400_000;

/** The way in: calls become accepted jobs. */
export function startIntake(config: Config, parts: Parts, nudge: () => void, closing: Closing): Intake {
  const { shared, redis, desk, models, media, metrics, on } = parts;
  const intake = createIntake({
    ...shared,
    commands,
    models,
    desk,
    quotes: createQuotes(redis),
    pictures: createPictures(media),
    rights: (platform) => on(platform).rights,
    policy: async () => ({ ...config.quota, confirmAbove }),
    nudge,
    counted: metrics.call,
  });
  closing.add('intake', intake.close);
  return intake;
}

/** The way through: accepted jobs become delivered films. */
export function startWork(config: Config, parts: Parts, log: Log, closing: Closing) {
  const { shared, models, media, metrics, house, redis, gateway } = parts;
  if (gateway.url === undefined) throw new Error('a worker without a gateway');
  const video = createVideoApi({ baseUrl: gateway.url, key: gateway.key });
  closing.add('gateway client', video.close);
  const workers = startWorkers({
    connection: (purpose) => house.connect(purpose, { blocking: true }),
    tools: {
      ...shared,
      video,
      media,
      schedule: createSchedule({ redis, ...(config.video ? {} : { first: 800 }) }),
      model: (id) => models.find((card) => card.id === id),
      now: Date.now,
    },
    records: shared.records,
    wakeUps: shared.wakeUps,
    concurrency: { submit: submitWindow, poll: 200, deliver: 8 },
    log,
    measured: metrics.step,
  });
  closing.add('workers', workers.close);
  const admission = startAdmission({ ...shared, window: config.inFlight > 0 ? config.inFlight : submitWindow });
  closing.add('admission', admission.close);
  const sweeping = setInterval(() => {
    media.sweep(keepMedia).catch((err: unknown) => log.error({ err }, 'old media were not removed'));
  }, 6 * 3_600_000);
  closing.add('media sweep', async () => clearInterval(sweeping));
  return admission;
}
