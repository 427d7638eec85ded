import sharp, { type Metadata } from 'sharp';
import { pixels, type Size } from '../domain/recipe.ts';
import { invalid } from './refusal.ts';

const formats = ['jpeg', 'png', 'webp'];
const tolerance = 0.02;
const options = { limitInputPixels: 40e6, failOn: 'error' } as const;

/** The next even number: H.264 with halved colour has no odd sizes. */
export function even(length: number): number {
  return length + (length % 2);
}

/** A picture's width by its height, upright. Throws a refusal for anything but a JPEG, PNG or WebP. */
export async function ratioOf(bytes: Uint8Array): Promise<number> {
  let told: Metadata;
  try {
    told = await sharp(bytes, options).metadata();
  } catch (cause) {
    throw Object.assign(invalid('input_reference: this is not a picture that can be read.'), { cause });
  }
  if (!formats.includes(told.format)) {
    throw invalid(`input_reference: pictures are taken as ${formats.join(', ')}, not ${told.format}.`);
  }
  const { width, height } = told.autoOrient;
  return width / height;
}

/** The picture as the film's first frame, a JPEG of exactly its size. Its shape must be the film's, to two in a hundred. */
export async function firstFrame(bytes: Uint8Array, ratio: number, size: Size): Promise<Buffer> {
  const { width, height } = pixels(size);
  if (Math.abs(ratio / (width / height) - 1) > tolerance) {
    throw invalid(`input_reference: the picture must have the video's aspect ratio, that of ${size}.`);
  }
  try {
    return await sharp(bytes, options)
      .autoOrient()
      .resize(even(width), even(height), { fit: 'fill' })
      .flatten({ background: '#111' })
      .jpeg({ quality: 92 })
      .toBuffer();
  } catch (cause) {
    throw Object.assign(invalid('input_reference: the picture is damaged or too large.'), { cause });
  }
}
