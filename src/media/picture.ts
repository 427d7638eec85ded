import sharp, { type Metadata, type Sharp } from 'sharp';
import type { FileRef } from '../domain/command.ts';
import { UserError } from '../domain/errors.ts';
import { pixels, type Size } from '../domain/recipe.ts';
import type { Picture, Pictures } from '../ports.ts';
import type { Store } from './store.ts';

const megabytes = 25;
const megapixels = 40;
const decodeSeconds = 20;

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

const plain = new Set<string>(['jpeg', 'png', 'webp', 'gif']);

/** The picture's header, if it is of a kind that we take: by its content, never by its name. */
async function readHeader(bytes: Buffer): Promise<Metadata> {
  let header: Metadata;
  try {
    header = await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (cause) {
    throw new UserError('invalid', { word: 'picture.unreadable' }, { cause });
  }
  if (header.format === 'svg') throw new UserError('invalid', { word: 'picture.svg' });
  const avif = header.format === 'heif' && header.compression === 'av1';
  if (!avif && !plain.has(header.format)) throw new UserError('invalid', { word: 'picture.unreadable' });
  if (header.width * header.height > megapixels * 1e6) {
    throw new UserError('invalid', { word: 'picture.huge', with: { megapixels } });
  }
  return header;
}

const upright = (bytes: Buffer): Sharp =>
  sharp(bytes, { limitInputPixels: megapixels * 1e6, failOn: 'error' })
    .autoOrient()
    .timeout({ seconds: decodeSeconds });

async function decoded(picture: Sharp): Promise<Buffer> {
  try {
    return await picture.toBuffer();
  } catch (cause) {
    throw new UserError('invalid', { word: 'picture.broken' }, { cause });
  }
}

/** Whether more than a hundredth of a side is lost when a picture covers a frame. */
function isCropped(picture: { width: number; height: number }, frame: { width: number; height: number }): boolean {
  const ratio = picture.width / picture.height / (frame.width / frame.height);
  return Math.min(ratio, 1 / ratio) < 0.99;
}

/**
 * Members' pictures: JPEG, PNG, WebP, AVIF and the first frame of GIF, up to 25 MB and 40 megapixels. What is stored is
 * upright, without metadata, without transparency (black behind it), sRGB; JPEG, or PNG where it came without loss.
 */
export function createPictures(store: Pick<Store, 'put'>): Pictures {
  return {
    async open(file): Promise<Picture> {
      const bytes = await readAll(file);
      const header = await readHeader(bytes);
      // Every pixel is asked for, so a picture that ends early is found here and not after it was accepted.
      await decoded(upright(bytes).resize(16, 16, { fit: 'fill' }).raw());
      const { width, height } = header.autoOrient;
      const drawn = header.format === 'png' || header.format === 'gif';
      return {
        width,
        height,
        async fit(size: Size) {
          const frame = pixels(size);
          const fitted = upright(bytes)
            .resize(frame.width, frame.height, { fit: 'cover', position: sharp.strategy.attention })
            .flatten({ background: '#000' })
            .toColourspace('srgb');
          const out = await decoded(drawn ? fitted.png() : fitted.jpeg({ quality: 90 }));
          const name = await store.put(out, drawn ? 'png' : 'jpg');
          return { name, cropped: isCropped({ width, height }, frame) };
        },
      };
    },
  };
}
