import { TransientError } from '../../src/domain/errors.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import type { SpaceSettings } from '../../src/domain/settings.ts';
import type { Log, Notice, Staff } from '../../src/ports.ts';
import { createMemory } from '../shared/memory.ts';
import type { Message } from './blocks.ts';
import { PlaceClosed } from './errors.ts';
import type { Groups } from './groups.ts';
import { refOf } from './ids.ts';
import type { createPlaces } from './places.ts';
import { renderReply, type Spoken } from './render.ts';
import type { SendOnce } from './send.ts';

/** How many are told in direct messages. */
const peopleMost = 10;
/** Milliseconds in which the same notice may be tried again. */
const triedFor = 3_600_000;
const remembered = 1_000;

export interface NoticeTools {
  places: Pick<ReturnType<typeof createPlaces>, 'direct'>;
  groups: Groups;
  settings: Pick<SpaceSettings, 'read'>;
  spoken: Spoken;
  sendOnce: SendOnce;
  log: Log;
}

/**
 * `staff`: tells those who look after a workspace, in the channel that they chose, else the members of the user group that its settings
 * name; `member`: tells one of its members in a direct message.
 */
export function createNotices({ places, groups, settings, spoken, sendOnce, log }: NoticeTools) {
  const sent = createMemory<string>(remembered, triedFor);

  /** Posts it once; nothing where the place will not have it. */
  async function post(team: string, spot: () => Promise<string>, message: Message, key: string) {
    try {
      const channel = await spot();
      const known = sent.read(`${team} ${channel} ${key}`);
      if (known !== undefined) return known;
      const tag = { event_type: 'dailies_notice', event_payload: { key } } as const;
      const when = { late: true, since: Date.now() - triedFor };
      const { ts } = await sendOnce(team, { channel, thread: undefined }, message, tag, when);
      const ref = refOf(channel, ts);
      sent.note(`${team} ${channel} ${key}`, ref);
      return ref;
    } catch (err) {
      if (!(err instanceof PlaceClosed)) throw err;
      log.warn({ platform: 'slack', space: team, notice: key, err }, 'somebody was not told there');
      return undefined;
    }
  }

  async function peopleOf({ space, for: whom }: Staff): Promise<readonly string[]> {
    const { moderators, managers } = await settings.read(spaceKey({ platform: 'slack', space }));
    const moderating = whom === 'moderators' ? await groups.members(space, moderators) : [];
    const people = moderating.length > 0 ? moderating : await groups.members(space, managers);
    return people.slice(0, peopleMost);
  }

  /** Each in private. That some could not be told now keeps nobody else from it, and counts only where it was nobody. */
  async function tellPeople(to: Staff, message: Message, key: string): Promise<string | undefined> {
    let first: string | undefined;
    let passing: TransientError | undefined;
    for (const user of await peopleOf(to)) {
      try {
        const ref = await post(to.space, () => places.direct({ space: to.space, user }), message, key);
        first ??= ref;
      } catch (err) {
        if (!(err instanceof TransientError)) throw err;
        log.warn({ platform: 'slack', space: to.space, notice: key, err }, 'somebody who looks after it was not told');
        passing ??= err;
      }
    }
    if (first === undefined && passing) throw passing;
    return first;
  }

  return {
    async staff(to: Staff, { key, parts }: Notice): Promise<string | undefined> {
      const message = renderReply({ parts }, spoken);
      const { channel } = to;
      const told = channel === undefined ? undefined : await post(to.space, async () => channel, message, key);
      return told ?? tellPeople(to, message, key);
    },
    member: (space: string, user: string, { key, parts }: Notice): Promise<string | undefined> =>
      post(space, () => places.direct({ space, user }), renderReply({ parts }, spoken), key),
  };
}
