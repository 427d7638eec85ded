import type { SpaceDefaults } from '../domain/extras.ts';
import { cardFor, isRetired, type ModelCard } from '../domain/model.ts';
import { offeredCards, standIn } from '../domain/offer.ts';
import type { Origin } from '../domain/origin.ts';
import type { GatewayInfo, Log } from '../ports.ts';
import { defaultsOf } from './modelsFile.ts';

const day = 86_400_000;
/** Milliseconds before a model's end from which on the operator is told. */
const ahead = 14 * day;
/** Milliseconds for one list of models, and until the next try when it could not be had. */
const patience = 20_000;
const again = 600_000;

/** What an operator should know of the cards, a line each. `served`: what the gateway lists, where it is known; `now` is Unix milliseconds. */
export function modelWarnings(
  cards: readonly ModelCard[],
  served: readonly string[] | undefined,
  now: number,
): string[] {
  const offered = offeredCards(cards, served, now);
  const heeded =
    served !== undefined && cards.some((card) => [card.id, ...card.snapshots].some((id) => served.includes(id)));
  const warnings = cards.flatMap((card) => {
    const { id, retiresAt, successor } = card;
    const instead = standIn(cards, offered, card);
    const then = instead ? `members are pointed to ${instead.id}` : 'no other model is offered instead';
    const left = retiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(retiresAt) - now;
    return [
      ...(successor !== undefined && !cardFor(cards, successor)
        ? [`${id}: its successor ${successor} is no model of the file`]
        : []),
      ...(left > 0 && left <= ahead
        ? [
            `${id}: retires on ${retiresAt}, in ${Math.ceil(left / day)} ${left > day ? 'days' : 'day'}; from then on ${then}`,
          ]
        : []),
      ...(isRetired(card, now)
        ? [`${id}: retired since ${retiresAt}; ${then}`]
        : heeded && !offered.includes(card)
          ? [`${id}: the gateway does not serve it; ${then}`]
          : []),
    ];
  });
  if (served !== undefined && !heeded)
    warnings.push('the gateway lists none of the models of the file; all of them are offered until it does');
  return warnings;
}

/** The models of the house: what the operator wrote, held against what the gateway serves. */
export interface Catalog {
  cards: readonly ModelCard[];
  /** The cards that a member may choose now. */
  offered(): readonly ModelCard[];
  /** What the operator chose for a space. */
  defaults(origin: Pick<Origin, 'platform' | 'space'>): SpaceDefaults;
  /** Asks the gateway what it serves, and logs what the operator should know. It never fails: the last list stands. */
  refresh(): Promise<void>;
  close(): void;
}

/**
 * The first refresh is the caller's; the next follow daily, after a failure in ten minutes. Without `info` nothing is asked, and the
 * warnings are given all the same.
 */
export function createCatalog(options: {
  cards: readonly ModelCard[];
  spaces: Readonly<Record<string, SpaceDefaults>>;
  info?: Pick<GatewayInfo, 'models'>;
  log: Pick<Log, 'warn' | 'error'>;
  now?: () => number;
}): Catalog {
  const { cards, spaces, info, log, now = Date.now } = options;
  let served: readonly string[] | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function asked(): Promise<boolean> {
    if (!info) return true;
    try {
      served = await info.models(AbortSignal.timeout(patience));
      return true;
    } catch (err) {
      const stands = served === undefined ? 'all of the file that are not retired are offered' : 'its last list stands';
      log.warn({ err }, `the gateway did not say which models it serves; ${stands}`);
      return false;
    }
  }
  const refresh = async (): Promise<void> => {
    clearTimeout(timer);
    const known = await asked();
    for (const warning of modelWarnings(cards, served, now())) log.warn({}, `models: ${warning}`);
    if (offeredCards(cards, served, now()).length === 0) {
      log.error({}, 'NO MODEL IS OFFERED: every request is refused. Run npm run models, and mend the models file');
    }
    if (!closed) timer = setTimeout(() => void refresh(), known ? day : again).unref();
  };

  return {
    cards,
    offered: () => offeredCards(cards, served, now()),
    defaults: (origin) => defaultsOf(spaces, origin),
    refresh,
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}
