import sharp, { type Metadata, type Sharp } from 'sharp';
import type { FileRef } from '../domain/command.ts';
import { UserError } from '../domain/errors.ts';
import { pixels, type Size } from '../domain/recipe.ts';
import type { Picture, Pictures } from '../ports.ts';
import { Closed, createHeic, type Heic, type HeicLimits, Undecodable } from './heic.ts';
import { createPlaces } from './places.ts';
import type { Store } from './store.ts';

const megabytes = 25;
const megapixels = 40;
/** In pixels. Decoders work line by line, and one of forty million lines takes them half a minute. */
const sideMax = 16_384;
/** Each decoding holds one of the few threads that the whole program reads its files and resolves its names with. */
const atOnce = 2;
const decodeSeconds = 20;
/** How many times as long as its frame a picture may be when it is scaled. */
const stretchMax = 4;

async function readAll(file: FileRef): Promise<Buffer> {
  const max = megabytes * 1e6;
  const tooHeavy = (): UserError => new UserError('invalid', { word: 'picture.heavy', with: { megabytes } });
  if ((file.size ?? 0) > max) throw tooHeavy();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of file.open()) {
    size += chunk.length;
    if (size > max) throw tooHeavy();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

type Kind = 'jpeg' | 'png' | 'webp' | 'gif' | 'heif' | 'svg';

/** What AVIF and HEIC files call themselves; films begin with a box of the same type. */
const pictureBrand = /^(?:.{4})*(?:avi[fs]|hei[cxms]|hev[cx]|m[is]f1)/s;

/**
 * What the bytes begin like. The decoder sees only the kinds that we take: handed a drawing of a million elements, or a
 * kind that it half knows, it could take seconds and gigabytes merely to say what it is.
 */
function kindOf(bytes: Buffer): Kind | undefined {
  const head = bytes.toString('latin1', 0, 4096);
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (head.startsWith('GIF8')) return 'gif';
  if (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) return 'webp';
  if (head.startsWith('ftyp', 4)) return pictureBrand.test(head.slice(8, bytes.readUInt32BE(0))) ? 'heif' : undefined;
  return /<svg[\s>]/i.test(head) ? 'svg' : undefined;
}

const refuse = (word: 'picture.unreadable' | 'picture.svg' | 'picture.broken', cause?: unknown): UserError =>
  new UserError('invalid', { word }, { cause });

async function readHeader(bytes: Buffer): Promise<Metadata> {
  const kind = kindOf(bytes);
  if (kind === 'svg') throw refuse('picture.svg');
  if (kind === undefined) throw refuse('picture.unreadable');
  const header = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch((cause: unknown) => {
      throw refuse('picture.broken', cause);
    });
  const known = kind !== 'heif' || header.compression === 'av1' || header.compression === 'hevc';
  if (header.format !== kind || !known) throw refuse('picture.unreadable');
  const { width, height } = header;
  if (width * height > megapixels * 1e6 || Math.max(width, height) > sideMax) {
    throw new UserError('invalid', { word: 'picture.huge', with: { megapixels, side: sideMax } });
  }
  return header;
}

/** A HEIC as a JPEG of the same pixels; any other picture as it is. */
async function readable(bytes: Buffer, header: Metadata, heic: Heic): Promise<Buffer> {
  if (header.compression !== 'hevc') return bytes;
  const { pagePrimary: page = 0, icc: profile } = header;
  try {
    return await heic.toJpeg({ bytes, page, profile, maxPixels: megapixels * 1e6 });
  } catch (cause) {
    if (cause instanceof Undecodable) throw refuse('picture.broken', cause);
    if (cause instanceof Closed) throw new UserError('unavailable', { word: 'service.stopping' }, { cause });
    throw cause;
  }
}

const load = (bytes: Buffer): Sharp =>
  sharp(bytes, { limitInputPixels: megapixels * 1e6, failOn: 'error' }).timeout({ seconds: decodeSeconds });

async function decoded(picture: Sharp): Promise<Buffer> {
  try {
    return await picture.toBuffer();
  } catch (cause) {
    throw refuse('picture.broken', cause);
  }
}

interface Area {
  width: number;
  height: number;
}

/**
 * The middle of a picture, where that is far longer or taller than its frame: to cover the frame it would first become
 * an image of billions of pixels.
 */
function middle(picture: Area, frame: Area): Area & { left: number; top: number } {
  const width = Math.min(picture.width, Math.ceil((picture.height * stretchMax * frame.width) / frame.height));
  const height = Math.min(picture.height, Math.ceil((picture.width * stretchMax * frame.height) / frame.width));
  return {
    width,
    height,
    left: Math.floor((picture.width - width) / 2),
    top: Math.floor((picture.height - height) / 2),
  };
}

/** Whether more than a hundredth of a side is lost when a picture covers a frame. */
function isCropped(picture: Area, frame: Area): boolean {
  const ratio = picture.width / picture.height / (frame.width / frame.height);
  return Math.min(ratio, 1 / ratio) < 0.99;
}

/** Cuts and scales to exactly the frame, around what draws the eye. */
const fitted = (bytes: Buffer, picture: Area, frame: Area): Sharp =>
  load(bytes)
    .autoOrient()
    .extract(middle(picture, frame))
    .resize(frame.width, frame.height, { fit: 'cover', position: sharp.strategy.attention })
    .flatten({ background: '#000' });

/**
 * Members' pictures: JPEG, PNG, WebP, AVIF, HEIC and the first frame of GIF, up to 25 MB, 40 megapixels and 16,384 pixels a
 * side, decoded two at a time. What is stored is upright, without metadata, without transparency (black behind it), sRGB; JPEG,
 * or PNG where it came without loss. `close` ends the decoding of HEICs, the one thing done in processes of its own; `heic`
 * bounds it.
 */
export function createPictures(
  store: Pick<Store, 'put'>,
  options: { heic?: HeicLimits } = {},
): Pictures & { close(): Promise<void> } {
  const heic = createHeic(options.heic);
  const place = createPlaces(atOnce);

  /** A picture that is whole, in a kind that can be scaled; its sides are upright. */
  async function whole(given: Buffer): Promise<Area & { bytes: Buffer; drawn: boolean }> {
    const header = await readHeader(given);
    const bytes = await readable(given, header, heic);
    // At full size: scaled down on the way in, a picture that lacks its last lines would pass.
    await decoded(load(bytes).greyscale().raw());
    const { width, height } = (bytes === given ? header : await sharp(bytes).metadata()).autoOrient;
    return { bytes, width, height, drawn: header.format === 'png' || header.format === 'gif' };
  }

  return {
    close: heic.close,
    async open(file): Promise<Picture> {
      const given = await readAll(file);
      const { bytes, width, height, drawn } = await place(() => whole(given));
      return {
        width,
        height,
        async fit(size: Size) {
          const made = fitted(bytes, { width, height }, pixels(size));
          const out = await place(() => decoded(drawn ? made.png() : made.jpeg({ quality: 90 })));
          const name = await store.put(out, drawn ? 'png' : 'jpg');
          return { name, cropped: isCropped({ width, height }, pixels(size)) };
        },
      };
    },
  };
}
