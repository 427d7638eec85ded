import { setTimeout as wait } from 'node:timers/promises';
import type { webApi } from '@slack/bolt';
import { TransientError } from '../../src/domain/errors.ts';
import type { Log, PostedFilm } from '../../src/ports.ts';
import type { Api } from './api.ts';
import { codeOf, isMalformed, isNoFile, PlaceClosed } from './errors.ts';
import { refOf } from './ids.ts';
import { type Mark, markOf } from './marks.ts';
import type { Spot } from './places.ts';
import type { Shown } from './render.ts';
import type { Showing } from './showing.ts';
import { isSlacks, upload } from './transfer.ts';

/** How a file's share is waited for, which comes some time after Slack said so: milliseconds between looks, growing from the one to the other. */
export interface Patience {
  first: number;
  longest: number;
  looks: number;
}

/** A minute in all. */
const patient: Patience = { first: 150, longest: 3_000, looks: 24 };

type File = NonNullable<webApi.FilesInfoResponse['file']>;

/** Where a file stands in a channel: the timestamp of its message. */
function sharedIn({ shares }: File, channel: string): string | undefined {
  const found = [shares?.public?.[channel], shares?.private?.[channel]].flatMap((list) => list ?? []);
  return found.find(({ ts }) => ts !== undefined)?.ts;
}

/** A film on the disk, and where it goes. */
export interface Sending {
  team: string;
  spot: Spot;
  film: Showing;
  path: string;
  bytes: number;
  shown: Shown;
}

/**
 * Films as files: an address is asked for, the bytes are sent there, and the file is completed into its thread, which shares it some time
 * later. `origin` is where a test's Slack is.
 */
export function createUploads(api: Api, origin: string | undefined, log: Log, patience = patient) {
  async function look(team: string, file: string): Promise<File | undefined> {
    try {
      return (await api.call(team, (client) => client.files.info({ file }))).file;
    } catch (error) {
      if (isNoFile(error)) return undefined;
      // It may be there all the same: another place is none for it.
      throw error instanceof PlaceClosed ? new TransientError('the file cannot be looked at', { cause: error }) : error;
    }
  }

  /** The message that brings the file, once there is one. */
  async function shared(
    team: string,
    file: string,
    channel: string,
    looks: number,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    let pause = patience.first;
    for (let n = 0; n < looks; n += 1) {
      await wait(pause, undefined, { signal });
      const found = await look(team, file);
      const ts = found && sharedIn(found, channel);
      if (ts !== undefined) return ts;
      pause = Math.min(pause * 1.5, patience.longest);
    }
    return undefined;
  }

  /** Has Slack share a file whose bytes it has; written down once more, for whoever lost the job meanwhile must not. */
  async function complete(team: string, film: Showing, { file = '', spot, place }: Mark, shown: Shown): Promise<void> {
    const { channel, thread } = spot;
    await film.note(markOf({ file, spot, place }));
    const { blocks } = film.words(shown);
    const files: [{ id: string; title: string }] = [{ id: file, title: film.title }];
    const where = thread === undefined ? { channel_id: channel } : { channel_id: channel, thread_ts: thread };
    const told = (words: { blocks: typeof blocks } | { initial_comment: string }) =>
      api.call(team, (client) => client.files.completeUploadExternal({ ...where, files, ...words }));
    try {
      await told({ blocks });
    } catch (error) {
      if (!isMalformed(error)) throw error;
      log.warn({ ...film.about, err: error }, 'Slack takes no blocks with a file; the film comes with plain words');
      await told({ initial_comment: film.comment(shown) });
    }
  }

  /** Whether the noted file, which Slack does not know of yet, could be completed after all: its bytes were there. */
  async function completedAfterAll(team: string, film: Showing, mark: Mark): Promise<boolean> {
    try {
      await complete(team, film, mark, { place: mark.place });
      return true;
    } catch (error) {
      if (error instanceof TransientError || codeOf(error) === undefined) throw error;
      return false;
    }
  }

  return {
    /**
     * What became of an attempt before: where its message stands. A file that was sent and not completed is completed now, for its completion
     * may still be under way; one that was completed and stands nowhere is deleted, so that it cannot come to stand there beside another.
     */
    async before(team: string, film: Showing, mark: Mark, signal: AbortSignal): Promise<PostedFilm | undefined> {
      const { file = '', spot, place } = mark;
      const { channel } = spot;
      const posted = (ts: string): PostedFilm => ({ ref: refOf(channel, ts, file), place });
      const found = await look(team, file);
      const ts = found && sharedIn(found, channel);
      if (ts !== undefined) return posted(ts);
      if (!found && !(await completedAfterAll(team, film, mark)) && !(await look(team, file))) return undefined;
      const late = await shared(team, file, channel, found ? patience.looks / 2 : patience.looks, signal);
      if (late !== undefined) return posted(late);
      try {
        await api.call(team, (client) => client.files.delete({ file }));
      } catch (error) {
        if (!isNoFile(error)) throw error;
      }
      return undefined;
    },

    /** Brings a film to its place. Its file is noted before anything can come to stand there. Gives its message's ref. */
    async post({ team, spot, film, path, bytes, shown }: Sending, signal: AbortSignal): Promise<string> {
      const address = await api.call(team, (client) =>
        client.files.getUploadURLExternal({
          filename: film.name,
          length: bytes,
          // Slack's own name of it is another than the library's.
          ...{ alt_txt: film.alt },
        }),
      );
      const { upload_url: url = '', file_id: file = '' } = address;
      if (!isSlacks(url, origin)) throw new Error('Slack named an upload address that is not its own');
      const mark: Mark = { file, spot, place: shown.place };
      await film.note(markOf(mark));
      await upload(url, path, signal);
      signal.throwIfAborted();
      await complete(team, film, mark, shown);
      const ts = await shared(team, file, spot.channel, patience.looks, signal);
      if (ts === undefined) throw new TransientError('the file was taken and has not come to stand in its channel');
      return refOf(spot.channel, ts, file);
    },
  };
}
