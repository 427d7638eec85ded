import { cardFor, isRetired, type ModelCard } from './model.ts';

/**
 * The cards that a member may choose: not retired, and among those the gateway says it serves. A list that names none of them
 * (or that could not be had) says nothing about them and is not heeded. `now` is Unix milliseconds.
 */
export function offeredCards(
  cards: readonly ModelCard[],
  served: readonly string[] | undefined,
  now: number,
): readonly ModelCard[] {
  const isServed = (card: ModelCard): boolean => [card.id, ...card.snapshots].some((id) => served?.includes(id));
  const heeded = cards.some(isServed);
  return cards.filter((card) => !isRetired(card, now) && (!heeded || isServed(card)));
}

/** What to take instead of a model: the first of its line of successors that is offered, else the first one offered. */
export function standIn(
  cards: readonly ModelCard[],
  offered: readonly ModelCard[],
  card: ModelCard | undefined,
): ModelCard | undefined {
  const seen = new Set<ModelCard>();
  let next = card;
  while (next && !seen.has(next)) {
    seen.add(next);
    const { successor } = next;
    next = successor === undefined ? undefined : cardFor(cards, successor);
    if (next && offered.includes(next)) return next;
  }
  return offered[0];
}
