/** One HEIC's own process: its decoder blocks the thread, and what a hostile file makes of it ends with the process. */
import decode from 'heic-decode';
import sharp from 'sharp';
import { serve } from '../child.ts';
import type { ToHeic } from '../heic.ts';
import { withProfile } from './profile.ts';

/** The decoder runs out of memory at so many bytes, instead of the machine. */
function limitMemory(bytes: number): void {
  const page = 65_536;
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function limited(pages) {
    if (this.buffer.byteLength + pages * page > bytes) throw new RangeError('the picture takes too much memory');
    return grow.call(this, pages);
  };
}

async function toJpeg({ bytes, page, profile, maxPixels }: ToHeic): Promise<Uint8Array> {
  const image = (await decode.all({ buffer: bytes }))[page];
  if (!image) throw new Error('there is no such picture in it');
  if (image.width * image.height > maxPixels) throw new Error('the picture is larger than its header said');
  const { width, height, data } = await image.decode();
  const jpeg = await sharp(data, { raw: { width, height, channels: 4 } })
    .flatten({ background: '#000' })
    .jpeg({ quality: 97, chromaSubsampling: '4:4:4' })
    .toBuffer();
  return profile ? withProfile(jpeg, profile) : jpeg;
}

serve((order: ToHeic) => {
  limitMemory(order.memory);
  return toJpeg(order);
});
