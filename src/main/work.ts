import { commands } from '../../commands/index.ts';
import type { Config } from '../config.ts';
import { cardFor } from '../domain/model.ts';
import { createIntake, type Intake } from '../intake.ts';
import type { Log } from '../log.ts';
import { createPictures } from '../media/picture.ts';
import { startAdmission } from '../worker/admission.ts';
import { startProbe } from '../worker/probe.ts';
import { startWorkers } from '../worker/run.ts';
import type { Closing } from './closing.ts';
import { startUpkeep } from './upkeep.ts';
import type { Parts } from './wire.ts';

/** Jobs handed to the queue at once when the number of films in the making is not limited. */
const submitWindow = 32;
/** Milliseconds that media stay: a day longer than the records that name them. */
const keepMedia = 31 * 86_400_000;

/** The way in: calls become accepted jobs. */
export function startIntake(parts: Parts, nudge: () => void, closing: Closing): Intake {
  const {
    shared,
    desk,
    quotes,
    settings,
    trail,
    base,
    rules,
    ledger,
    pots,
    challenges,
    votes,
    seasons,
    blocks,
    slow,
    moderation,
    reports,
    budget,
    prices,
    catalog,
    media,
    metrics,
    pageLinking,
    on,
  } = parts;
  const pictures = createPictures(media);
  closing.add('pictures', pictures.close);
  const intake = createIntake({
    ...shared,
    commands,
    models: catalog.cards,
    offered: catalog.offered,
    defaults: catalog.defaults,
    desk,
    quotes,
    budget,
    prices,
    pictures,
    stored: media,
    rights: (platform) => on(platform).rights,
    settings,
    trail,
    ...{ base, rules, ledger, pots, challenges, votes, seasons },
    blocks,
    slow,
    moderation,
    reports,
    seasonPage: pageLinking.season,
    nudge,
    counted: metrics.call,
  });
  closing.add('intake', intake.close);
  return intake;
}

/** The way through: accepted jobs become delivered films. */
export function startWork(config: Config, parts: Parts, log: Log, closing: Closing) {
  const { shared, catalog, media, metrics, house, gateway, room, standing, budget, slow, workflows } = parts;
  const { challenges, withheld } = parts;
  if (!room) throw new Error('a worker without a gateway');
  const workers = startWorkers({
    connection: (purpose) => house.connect(purpose, { blocking: true }),
    tools: {
      ...shared,
      ...room,
      standing,
      budget,
      slow,
      withheld,
      workflows,
      challenges,
      lostAnswer: gateway.profile.lostAnswer,
      hook: (ref) => room.hooks?.url(ref),
      media,
      model: (id) => cardFor(catalog.cards, id),
      now: Date.now,
    },
    records: shared.records,
    wakeUps: shared.wakeUps,
    webhooks: room.hooks !== undefined,
    concurrency: { submit: submitWindow, poll: 200, deliver: 24 },
    log,
    measured: metrics.step,
  });
  closing.add('workers', workers.close);
  const admission = startAdmission({
    ...shared,
    standing,
    window: config.inFlight > 0 ? config.inFlight : submitWindow,
  });
  closing.add('admission', admission.close);
  closing.add('probe', startProbe({ standing, info: room.info, log }).close);
  const returning = setInterval(() => {
    budget
      .returnUnmatched()
      .catch((err: unknown) => log.warn({ err }, 'money set aside for nothing was not returned; next time'));
  }, 20_000);
  closing.add('budget sweep', async () => clearInterval(returning));
  startUpkeep(config, parts, log, closing);
  const sweeping = setInterval(() => {
    media.sweep(keepMedia).catch((err: unknown) => log.error({ err }, 'old media were not removed'));
  }, 6 * 3_600_000);
  closing.add('media sweep', async () => clearInterval(sweeping));
  return admission;
}
