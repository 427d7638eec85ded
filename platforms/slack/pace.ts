import { TransientError } from '../../src/domain/errors.ts';
import { TooSoon } from '../../src/ports.ts';
import { createMemory } from '../shared/memory.ts';

/** Milliseconds between two changes on the way of one card. */
const betweenOfCard = 4_000;
/** Edits of one workspace in a minute; Slack takes about 50 of `chat.update`. Ends have the last of them for themselves. */
const minute = 60_000;
const editsMost = 40;
const editsPassing = 30;
/** How many cards and workspaces are remembered, and how long a card's version is. */
const remembered = 10_000;
const versionLife = 86_400_000;

/**
 * When cards may be edited. A change on the way that comes too soon is not left for later, for by then it may be untrue: its job's next step
 * shows how it stands then. An end waits for nothing but the workspace's own limit. No older version is shown after a newer, as far as this
 * process knows.
 */
export function createPace(now: () => number = Date.now) {
  const versions = createMemory<number>(remembered, versionLife);
  const cards = createMemory<true>(remembered, betweenOfCard);
  const edits = createMemory<number[]>(remembered, versionLife);

  /** When the workspace was edited within the last minute, the oldest first. */
  const recent = (team: string): number[] => (edits.read(team) ?? []).filter((at) => at > now() - minute);

  return {
    /** Takes note of a version that is shown; false when a newer one was. */
    isNew(ref: string, version: number): boolean {
      if ((versions.read(ref) ?? -1) > version) return false;
      versions.note(ref, version);
      return true;
    },
    /** Takes the card's and its workspace's turn for an edit. Throws {@link TooSoon} where it has not come, and says for an end when it does. */
    takeTurn(team: string, ref: string, passing: boolean): void {
      const before = recent(team);
      if (passing && (cards.read(ref) || before.length >= editsPassing))
        throw new TooSoon('the card was changed just now');
      const [oldest = now()] = before;
      if (before.length >= editsMost) {
        const retryAfter = Math.max(1_000, oldest + minute - now());
        throw new TransientError('the workspace has had its edits for this minute', { retryAfter, waits: true });
      }
      cards.note(ref, true);
      edits.note(team, [...before, now()]);
    },
  };
}
