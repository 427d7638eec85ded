import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Part } from '../../src/domain/command.ts';
import type { Announced, Announcement, Place } from '../../src/ports.ts';
import { createMemory } from '../shared/memory.ts';
import { uploadSmall } from './attach.ts';
import { type Message, marked, messagesOf } from './blocks.ts';
import { isGone } from './errors.ts';
import type { FilmTools } from './films.ts';
import type { Tag } from './find.ts';
import { readRef, refOf } from './ids.ts';
import type { createPace } from './pace.ts';
import type { Spot } from './places.ts';
import { renderReply, type Spoken } from './render.ts';
import type { SendOnce } from './send.ts';

/** Milliseconds within which an announcement is looked for that may have been made: less in a thread, which is told from its beginning. */
const triedFor = 86_400_000;
const triedInThread = 3_600_000;
/** How many are remembered. */
const remembered = 1_000;

export interface AnnouncementTools extends Pick<FilmTools, 'api' | 'origin' | 'media' | 'log'> {
  spoken: Spoken;
  sendOnce: SendOnce;
  pace: ReturnType<typeof createPace>;
}

const tagOf = (key: string): Tag => ({ event_type: 'dailies_announcement', event_payload: { key } });

/** A message with a group of users before it, who are notified. */
function pinging(message: Message, group: string | undefined): Message {
  if (group === undefined || !/^S[A-Z0-9]{1,20}$/.test(group)) return message;
  const mention = `<!subteam^${group}>`;
  return { text: `${mention} ${message.text}`, blocks: [marked(mention), ...message.blocks] };
}

/** Says things to all in a channel or thread, once a key, and says others in their place. A message is the root of its thread. */
export function createAnnouncements({ api, origin, media, log, spoken, sendOnce, pace }: AnnouncementTools) {
  const sent = createMemory<Announced>(remembered, triedFor);
  /** Those under way in this process: two at once are one. */
  const underWay = new Map<string, Promise<Announced>>();

  /** A message brings no files: they follow it. What is said stands by then, so that one that cannot be sent is told to the log alone. */
  async function follow(team: string, spot: Spot, name: string, read: () => Promise<Uint8Array<ArrayBuffer>>) {
    try {
      await uploadSmall(api, origin, { team, ...spot }, { name, bytes: await read() });
    } catch (err) {
      log.warn({ platform: 'slack', space: team, file: name, err }, 'an announcement stands there without its file');
    }
  }

  async function post(to: Place, { key, parts, ping, thread, picture }: Announcement): Promise<Announced> {
    const { space: team, channel } = to;
    const words = parts.filter(({ kind }) => kind !== 'file');
    const message = pinging(renderReply({ parts: words }, spoken), ping);
    const [first = message, ...others] = messagesOf(message);
    const when = { late: true, since: Date.now() - (to.thread === undefined ? triedFor : triedInThread) };
    const { ts, isOlder } = await sendOnce(team, { channel, thread: to.thread }, first, tagOf(key), when);
    const place = thread === undefined || to.thread !== undefined ? to : { ...to, thread: ts };
    const below: Spot = { channel, thread: place.thread };
    for (const [index, more] of others.entries()) {
      await sendOnce(team, below, more, tagOf(`${key}/${index + 2}`), when);
    }
    if (!isOlder) {
      if (picture !== undefined)
        await follow(team, below, `picture${extname(picture)}`, async () =>
          Uint8Array.from(await readFile(media.path(picture))),
        );
      for (const part of parts)
        if (part.kind === 'file') await follow(team, below, part.name, async () => new TextEncoder().encode(part.text));
    }
    return { ref: refOf(channel, ts), place };
  }

  return {
    async announce(to: Place, said: Announcement): Promise<Announced> {
      const key = [to.space, to.channel, to.thread, said.key].join(' ');
      const known = sent.read(key) ?? underWay.get(key);
      if (known) return known;
      const posting = post(to, said).finally(() => underWay.delete(key));
      underWay.set(key, posting);
      const announced = await posting;
      sent.note(key, announced);
      return announced;
    },

    async amend({ space: team }: Place, ref: string, parts: Part[]): Promise<void> {
      const { channel, ts } = readRef(ref);
      const message = renderReply({ parts: parts.filter(({ kind }) => kind !== 'file') }, spoken);
      const [first = message, ...others] = messagesOf(message);
      if (others.length > 0)
        log.warn(
          { platform: 'slack', space: team, ref },
          'what is said instead is longer than a message; its end is left out',
        );
      pace.takeTurn(team, ref, false);
      try {
        await api.call(team, (client) => client.chat.update({ channel, ts, ...first }));
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },
  };
}
