/** Milliseconds between two changes on the way of one card, and between those of one channel: edits are scarce, and members read slowly. */
const betweenOfCard = 5_000;
const betweenOfChannel = 1_500;
/** How many cards' versions are remembered. */
const remembered = 10_000;

interface Waiting {
  timer: NodeJS.Timeout;
  send(): Promise<void>;
}

/**
 * Edits of cards in their time: changes on the way are left for later, and the newest takes the place of those before it; an end is
 * shown at once. No older version is shown after a newer, as far as this process knows.
 */
export function createPace(now: () => number = Date.now) {
  const versions = new Map<string, number>();
  const edited = new Map<string, number>();
  const channels = new Map<string, number>();
  const waiting = new Map<string, Waiting>();
  const underWay = new Set<Promise<void>>();

  const note = <V>(map: Map<string, V>, key: string, value: V): void => {
    map.delete(key);
    map.set(key, value);
    const [oldest] = map.keys();
    if (map.size > remembered && oldest !== undefined) map.delete(oldest);
  };
  const run = (send: () => Promise<void>): void => {
    const ended: Promise<void> = send().finally(() => underWay.delete(ended));
    underWay.add(ended);
  };

  return {
    /** Takes note of a version; false when a newer one was noted before. */
    isNew(ref: string, version: number): boolean {
      if ((versions.get(ref) ?? -1) > version) return false;
      note(versions, ref, version);
      return true;
    },
    /** Sends a change when its time has come, unless another is left for the same card before. `send` never throws. */
    later(ref: string, channel: string, send: () => Promise<void>): void {
      const before = waiting.get(ref);
      if (before) {
        before.send = send;
        return;
      }
      const at = Math.max(now(), (edited.get(ref) ?? 0) + betweenOfCard, channels.get(channel) ?? 0);
      note(edited, ref, at);
      note(channels, channel, at + betweenOfChannel);
      const left: Waiting = {
        send,
        timer: setTimeout(() => {
          waiting.delete(ref);
          run(left.send);
        }, at - now()),
      };
      left.timer.unref();
      waiting.set(ref, left);
    },
    /** Forgets what was left for later: something newer is shown now. */
    drop(ref: string): void {
      clearTimeout(waiting.get(ref)?.timer);
      waiting.delete(ref);
    },
    /** When all that was left for later is sent. */
    async idle(): Promise<void> {
      while (waiting.size + underWay.size > 0) {
        for (const [ref, { timer, send }] of [...waiting]) {
          clearTimeout(timer);
          waiting.delete(ref);
          run(send);
        }
        await Promise.all(underWay);
      }
    },
  };
}
