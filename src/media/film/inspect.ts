import { type FileHandle, open } from 'node:fs/promises';
import { FilePathSource, Input, MP4 } from 'mediabunny';

/** A film's length in seconds and its size in pixels. */
export interface Film {
  seconds: number;
  width: number;
  height: number;
}
/** What a file is: a film, or what is wrong with it. */
export type Inspected = { film: Film; wrong?: never } | { film?: never; wrong: string };

class Wrong extends Error {}

const indexMax = 64_000_000;
/** Two or three a fragment, and a fragment is some seconds. */
const boxesMax = 10_000;

/** One box of an MP4: a size, a type, and where the next begins. */
async function boxAt(file: FileHandle, at: number, end: number): Promise<{ type: string; size: number }> {
  const head = Buffer.alloc(16);
  const { bytesRead } = await file.read(head, 0, 16, at);
  if (bytesRead < 8) throw new Wrong('the file ends in the middle of a box');
  const type = head.toString('latin1', 4, 8);
  const short = head.readUInt32BE(0);
  const size = short === 0 ? end - at : short === 1 && bytesRead === 16 ? Number(head.readBigUInt64BE(8)) : short;
  if (size < 8) throw new Wrong('a box has no sensible size');
  return { type, size };
}

/** A cut transfer leaves an index that promises more than there is, so the boxes must fill the file exactly. */
async function checkBoxes(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    const end = (await file.stat()).size;
    for (let at = 0, boxes = 1; at < end; boxes++) {
      if (boxes > boxesMax) throw new Wrong(`the file is of more than ${boxesMax} boxes`);
      const { type, size } = await boxAt(file, at, end);
      if (at === 0 && type !== 'ftyp') throw new Wrong('the file is no MP4');
      if (type === 'moov' && size > indexMax) throw new Wrong('the index is out of all proportion');
      at += size;
      if (at > end) throw new Wrong('the file is cut off');
    }
    if (end === 0) throw new Wrong('the file is empty');
  } finally {
    await file.close();
  }
}

async function measure(path: string): Promise<Film> {
  const input = new Input({ source: new FilePathSource(path), formats: [MP4] });
  try {
    const track = await input.getPrimaryVideoTrack();
    if (!track) throw new Wrong('there is no picture in it');
    if ((await track.getCodec()) === null) throw new Wrong('its codec is unknown');
    const seconds = Math.round((await input.computeDuration()) * 1000) / 1000;
    const [width, height] = [await track.getDisplayWidth(), await track.getDisplayHeight()];
    if (!(seconds > 0 && width > 0 && height > 0)) throw new Wrong('it has no length or no size');
    return { seconds, width, height };
  } catch (error) {
    if (error instanceof Wrong) throw error;
    throw new Wrong('its index cannot be read', { cause: error });
  } finally {
    input.dispose();
  }
}

/** Reads a film from its file. What this costs is the file's to say: to be called where it harms nobody. */
export async function inspect(path: string): Promise<Inspected> {
  try {
    await checkBoxes(path);
    return { film: await measure(path) };
  } catch (error) {
    if (error instanceof Wrong) return { wrong: error.message };
    throw error;
  }
}
