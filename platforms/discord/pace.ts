import { TooSoon } from '../../src/ports.ts';
import { createMemory } from '../shared/memory.ts';

/** Milliseconds between two changes on the way of one card, and between those of one channel: edits are scarce, and members read slowly. */
const betweenOfCard = 5_000;
const betweenOfChannel = 1_500;
/** How many cards and channels are remembered, and how long a card's version is. */
const remembered = 10_000;
const versionLife = 86_400_000;

/**
 * When cards may be edited. A change on the way that comes too soon is not left for later, for by then it may be untrue: its job's next step
 * shows how it stands then. An end is shown at once. No older version is shown after a newer, as far as this process knows.
 */
export function createPace() {
  const versions = createMemory<number>(remembered, versionLife);
  const cards = createMemory<true>(remembered, betweenOfCard);
  const channels = createMemory<true>(remembered, betweenOfChannel);
  return {
    /** Takes note of a version that is shown; false when a newer one was. */
    isNew(ref: string, version: number): boolean {
      if ((versions.read(ref) ?? -1) > version) return false;
      versions.note(ref, version);
      return true;
    },
    /** Takes the card's and its channel's turn for a change on the way. Throws {@link TooSoon} where it has not come. */
    takeTurn(ref: string, channel: string): void {
      if (cards.read(ref) || channels.read(channel)) throw new TooSoon('the card was changed just now');
      cards.note(ref, true);
      channels.note(channel, true);
    },
  };
}
