import type { webApi } from '@slack/bolt';
import { createMemory } from '../shared/memory.ts';
import type { Api } from './api.ts';
import { isUngranted, PlaceClosed } from './errors.ts';
import type { Spot } from './places.ts';

/** What a message of the bot carries unseen, so that it is found again. */
export interface Tag {
  event_type: 'dailies_card' | 'dailies_film' | 'dailies_notice' | 'dailies_announcement' | 'dailies_exhibit';
  event_payload: { key: string };
}

/** Milliseconds that a workspace is known not to let its history be read. */
const deniedFor = 3_600_000;
/** Messages that are looked through. */
const most = 200;
/** Milliseconds that clocks may differ by. */
const clockSkew = 60_000;

type Found = NonNullable<webApi.ConversationsRepliesResponse['messages']>[number];

/** Looks for what the bot posted since (Unix milliseconds), where it was granted to read the history; nothing anywhere else. */
export function createFinder(api: Api) {
  const denied = createMemory<true>(10_000, deniedFor);
  return async (team: string, { channel, thread }: Spot, tag: Tag, since: number): Promise<string | undefined> => {
    const kind = `${team} ${channel}`;
    if (denied.read(kind)) return undefined;
    // A thread is told from its beginning.
    const oldest = String(Math.floor((since - clockSkew) / 1000));
    const asked = { channel, limit: most, include_all_metadata: true, oldest };
    try {
      const { messages = [] } = await api.call(
        team,
        async (client): Promise<{ messages?: Found[] }> =>
          thread === undefined
            ? ((await client.conversations.history(asked)) as { messages?: Found[] })
            : client.conversations.replies({ ...asked, ts: thread }),
      );
      const found = messages.find(({ metadata }) => {
        const { event_type, event_payload } = (metadata ?? {}) as Partial<Tag>;
        return event_type === tag.event_type && event_payload?.key === tag.event_payload.key;
      });
      return found?.ts;
    } catch (error) {
      if (isUngranted(error)) denied.note(kind, true);
      else if (!(error instanceof PlaceClosed)) throw error;
      return undefined;
    }
  };
}
