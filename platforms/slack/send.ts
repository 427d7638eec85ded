import type { Log } from '../../src/ports.ts';
import type { Api } from './api.ts';
import type { Message } from './blocks.ts';
import { isDoubtful } from './errors.ts';
import type { createFinder, Tag } from './find.ts';
import type { Spot } from './places.ts';

/** Posts messages that carry a tag, by which they are found again. */
export function createSender(api: Api, find: ReturnType<typeof createFinder>, log: Log) {
  async function send(team: string, { channel, thread }: Spot, message: Message, metadata: Tag): Promise<string> {
    const { ts = '' } = await api.call(team, (client) =>
      client.chat.postMessage({
        ...{ channel, ...message, metadata, unfurl_links: false, unfurl_media: false },
        ...(thread === undefined ? {} : { thread_ts: thread }),
      }),
    );
    return ts;
  }

  /** Posts a message that is found again by its tag, once as far as that can be known. `late`: one may stand there already. */
  return async function sendOnce(
    team: string,
    spot: Spot,
    message: Message,
    tag: Tag,
    { late, since }: { late: boolean; since: number },
  ): Promise<{ ts: string; isOlder: boolean }> {
    const before = late ? await find(team, spot, tag, since) : undefined;
    if (before !== undefined) return { ts: before, isOlder: true };
    try {
      return { ts: await send(team, spot, message, tag), isOlder: false };
    } catch (error) {
      if (!isDoubtful(error)) throw error;
      const after = await find(team, spot, tag, since).catch((err: unknown) => {
        log.warn(
          { platform: 'slack', ...tag.event_payload, err },
          'whether a message was posted could not be looked up',
        );
        return undefined;
      });
      // Where it cannot be looked for, the posting's own error tells.
      if (after === undefined) throw error;
      return { ts: after, isOlder: false };
    }
  };
}
export type SendOnce = ReturnType<typeof createSender>;
