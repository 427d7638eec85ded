import type { Part } from '../../src/domain/command.ts';
import type { Log } from '../../src/ports.ts';
import type { Way } from './answer.ts';
import type { Api } from './api.ts';
import { createDirects, type Spot } from './places.ts';
import { isSlacks, uploadBytes } from './transfer.ts';

type FilePart = Extract<Part, { kind: 'file' }>;

/** Milliseconds for one file: whoever asked waits for the answer meanwhile. */
const within = 15_000;

/** Sends an answer's files to whoever asked, and gives those that could not be sent. Never throws. */
export type SendFiles = (to: Pick<Way, 'team' | 'user'>, parts: readonly Part[]) => Promise<ReadonlySet<Part>>;

/** A file of a few bytes, brought to a channel or thread. `origin` is where a test's Slack is. */
export async function uploadSmall(
  api: Api,
  origin: string | undefined,
  { team, channel, thread }: Spot & { team: string },
  { name, bytes }: { name: string; bytes: Uint8Array<ArrayBuffer> },
): Promise<void> {
  const { upload_url: url = '', file_id: id = '' } = await api.call(team, (client) =>
    client.files.getUploadURLExternal({ filename: name, length: bytes.length }),
  );
  if (!isSlacks(url, origin)) throw new Error('Slack named an upload address that is not its own');
  await uploadBytes(url, bytes, AbortSignal.timeout(within));
  const files: [{ id: string; title: string }] = [{ id, title: name }];
  const where = thread === undefined ? { channel_id: channel } : { channel_id: channel, thread_ts: thread };
  await api.call(team, (client) => client.files.completeUploadExternal({ ...where, files }));
}

/** An answer's files as uploads into direct messages: what only one member sees in a channel takes none. `origin` is where a test's Slack is. */
export function createSendFiles(api: Api, origin: string | undefined, log: Log): SendFiles {
  const direct = createDirects(api);

  async function send(team: string, user: string, { name, text }: FilePart): Promise<void> {
    const to = { team, channel: await direct(team, user), thread: undefined };
    await uploadSmall(api, origin, to, { name, bytes: new TextEncoder().encode(text) });
  }

  return async ({ team, user }, parts) => {
    const unsent = new Set<Part>();
    for (const part of parts) {
      if (part.kind !== 'file') continue;
      try {
        await send(team, user, part);
      } catch (err) {
        unsent.add(part);
        log.warn({ space: team, platform: 'slack', file: part.name, err }, 'a file of an answer was not sent');
      }
    }
    return unsent;
  };
}
