import { UserError } from '../domain/errors.ts';
import type { SpaceDefaults } from '../domain/extras.ts';
import { cardFor, isRetired, type ModelCard } from '../domain/model.ts';
import { standIn } from '../domain/offer.ts';
import type { Origin } from '../domain/origin.ts';
import type { Said } from '../domain/words.ts';

/** The models there are, and what the operator chose. */
export interface Offer {
  /** All cards, those of retired models among them. */
  models: readonly ModelCard[];
  /** The cards that a member may choose now. */
  offered(): readonly ModelCard[];
  /** What the operator chose for a space. */
  defaults(origin: Pick<Origin, 'platform' | 'space'>): SpaceDefaults;
}

/** The card of a model that may be made now; else a {@link UserError} that names what to take instead. */
export function checkOffered(id: string, { models, offered }: Offer): ModelCard {
  const there = offered();
  const card = cardFor(models, id);
  if (card && there.includes(card)) return card;
  const instead = standIn(models, there, card);
  if (!instead) throw new UserError('unavailable', { word: 'model.none' });
  if (!card) {
    const takes = there.map((one) => one.id);
    throw new UserError('invalid', { word: 'model.unknown', with: { got: id, takes } }, { field: 'model' });
  }
  const word = isRetired(card, Date.now()) ? 'model.retired' : 'model.away';
  const names = { model: card.label, instead: `${instead.label} (${instead.id})` };
  throw new UserError('invalid', { word, with: names }, { field: 'model' });
}

/** A model as the id to send and its card, and what has to be said of it. */
interface Picked {
  id: string;
  card: ModelCard;
  notes: Said[];
}

const meant = (chosen: string | undefined, { models }: Pick<Offer, 'models'>): ModelCard | undefined =>
  chosen === undefined ? models[0] : cardFor(models, chosen);

/** The model that makes a film where none is named: the space's own, else the first of all, or what stands in for it. */
export function usualModel(
  chosen: string | undefined,
  { models, offered }: Pick<Offer, 'models' | 'offered'>,
): ModelCard | undefined {
  const usual = meant(chosen, { models });
  const there = offered();
  return usual && there.includes(usual) ? usual : standIn(models, there, usual);
}

/**
 * The model of a wish: the one that was named, else the space's own, else the first of all. Where a default is not offered, its
 * successor stands in for it, which is said.
 */
export function pickModel(named: string | undefined, chosen: string | undefined, offer: Offer): Picked {
  if (named !== undefined) return { id: named, card: checkOffered(named, offer), notes: [] };
  const there = offer.offered();
  const usual = meant(chosen, offer);
  if (usual && there.includes(usual)) return { id: chosen ?? usual.id, card: usual, notes: [] };
  const card = standIn(offer.models, there, usual);
  if (!card) throw new UserError('unavailable', { word: 'model.none' });
  if (!usual) return { id: card.id, card, notes: [] };
  const word = isRetired(usual, Date.now()) ? 'accepted.retired' : 'accepted.away';
  return { id: card.id, card, notes: [{ word, with: { model: usual.label, instead: card.label } }] };
}
