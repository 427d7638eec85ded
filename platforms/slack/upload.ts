import { setTimeout as wait } from 'node:timers/promises';
import type { webApi } from '@slack/bolt';
import { TransientError } from '../../src/domain/errors.ts';
import { type PostPlace, postPlaces } from '../../src/domain/job.ts';
import type { Film, Log, PostedFilm } from '../../src/ports.ts';
import type { Api } from './api.ts';
import { codeOf, isMalformed } from './errors.ts';
import { refOf } from './ids.ts';
import { limits } from './limits.ts';
import type { Spot } from './places.ts';
import { filmComment, filmName, filmTitle, renderFilm, type Shown } from './render.ts';
import { clipped, inline } from './text.ts';
import { isSlacks, upload } from './transfer.ts';
import { say } from './words.ts';

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
  film: Film;
  path: string;
  bytes: number;
  shown: Shown;
}

/** What stands in a mark: the file, the channel that it was to be shared in, and which place that is. */
const markOf = (file: string, channel: string, place: PostPlace): string => `${file}/${channel}/${place}`;
const readMark = (mark: string): { file: string; channel: string; place: PostPlace } => {
  const [file = '', channel = '', name] = mark.split('/');
  return { file, channel, place: postPlaces.find((place) => place === name) ?? 'asked' };
};

/**
 * Films as files: an address is asked for, the bytes are sent there, and the file is completed into its thread, which shares it some time
 * later. `origin` is where a test's Slack is.
 */
export function createUploads(api: Api, origin: string | undefined, log: Log, patience = patient) {
  async function look(team: string, file: string): Promise<File | undefined> {
    try {
      return (await api.call(team, (client) => client.files.info({ file }))).file;
    } catch (error) {
      if (['file_not_found', 'file_deleted'].includes(codeOf(error) ?? '')) return undefined;
      throw error;
    }
  }

  /** The message that brings the file, once there is one. */
  async function shared(team: string, file: string, channel: string, signal: AbortSignal): Promise<string> {
    let pause = patience.first;
    for (let looks = 0; looks < patience.looks; looks += 1) {
      await wait(pause, undefined, { signal });
      const found = await look(team, file);
      const ts = found && sharedIn(found, channel);
      if (ts !== undefined) return ts;
      pause = Math.min(pause * 1.5, patience.longest);
    }
    throw new TransientError('the file was taken and has not come to stand in its channel');
  }

  return {
    /**
     * What became of an attempt before: where its message stands. A file that stands nowhere is deleted, so that it cannot
     * come to stand there after another one was sent.
     */
    async before(team: string, mark: string): Promise<PostedFilm | undefined> {
      const { file, channel, place } = readMark(mark);
      const found = await look(team, file);
      if (!found) return undefined;
      const ts = sharedIn(found, channel);
      if (ts !== undefined) return { ref: refOf(channel, ts, file), place };
      try {
        await api.call(team, (client) => client.files.delete({ file }));
      } catch (error) {
        if (!['file_not_found', 'file_deleted'].includes(codeOf(error) ?? '')) throw error;
      }
      return undefined;
    },

    /** Brings a film to its place. Its file is noted before anything can come to stand there. Gives its message's ref. */
    async post({ team, spot, film, path, bytes, shown }: Sending, signal: AbortSignal): Promise<string> {
      const { channel, thread } = spot;
      const address = await api.call(team, (client) =>
        client.files.getUploadURLExternal({
          filename: filmName(film),
          length: bytes,
          // Slack's own name of it is another than the library's.
          ...{ alt_txt: clipped(say('film.alt', inline(film.prompt)), limits.altText) },
        }),
      );
      const { upload_url: url = '', file_id: file = '' } = address;
      if (!isSlacks(url, origin)) throw new Error('Slack named an upload address that is not its own');
      await film.note(markOf(file, channel, shown.place));
      await upload(url, path, signal);
      signal.throwIfAborted();
      const { blocks } = renderFilm(film, shown);
      const files: [{ id: string; title: string }] = [{ id: file, title: filmTitle(film) }];
      const where = thread === undefined ? { channel_id: channel } : { channel_id: channel, thread_ts: thread };
      const complete = (words: { blocks: typeof blocks } | { initial_comment: string }) =>
        api.call(team, (client) => client.files.completeUploadExternal({ ...where, files, ...words }));
      try {
        await complete({ blocks });
      } catch (error) {
        if (!isMalformed(error)) throw error;
        log.warn({ job: film.job, err: error }, 'Slack takes no blocks with a file; the film comes with plain words');
        await complete({ initial_comment: filmComment(film, shown) });
      }
      return refOf(channel, await shared(team, file, channel, signal), file);
    },
  };
}
