import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import type { FileRef } from '../../src/domain/command.ts';
import { heif } from '../support/heif.ts';
import { usePictures } from '../support/suite.ts';

const rooms = usePictures();

/** A file as a platform gives it, in pieces; `read` counts the bytes that were taken, `closed` says the rest was let go. */
function fileOf(bytes: Uint8Array, size?: number): FileRef & { read: number; closed: boolean } {
  const file = {
    name: 'holiday.txt',
    ...(size === undefined ? {} : { size }),
    read: 0,
    closed: false,
    async *open() {
      try {
        for (let at = 0; at < bytes.length; at += 65_536) {
          const chunk = bytes.subarray(at, at + 65_536);
          file.read += chunk.length;
          yield chunk;
        }
      } finally {
        file.closed = true;
      }
    },
  };
  return file;
}
const open = (bytes: Uint8Array) => rooms.pictures.open(fileOf(bytes));
const wordOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'taken',
    (error: { said?: { word: string }; message: string }) => error.said?.word ?? error.message,
  );

const red = { r: 200, g: 30, b: 30 };
const blue = { r: 30, g: 30, b: 200 };
const plain = (width: number, height: number, background: object = red): Sharp =>
  sharp({ create: { width, height, channels: 3, background } });
const noise = (width: number, height: number): Sharp =>
  sharp({ create: { width, height, channels: 3, background: red, noise: { type: 'gaussian', mean: 128, sigma: 40 } } });
/** Red on the left, blue on the right. */
const halves = (width: number, height: number): Sharp =>
  plain(width, height).composite([
    { input: { create: { width: width / 2, height, channels: 3, background: blue } }, gravity: 'east' },
  ]);
async function pixel(bytes: Uint8Array, left: number, top: number): Promise<number[]> {
  return [...(await sharp(bytes).extract({ left, top, width: 1, height: 1 }).raw().toBuffer())];
}
/** A PNG that claims a size it does not have. */
function pngHeader(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', Buffer.alloc(10)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('a picture', () => {
  it.each([
    ['JPEG', () => noise(300, 200).jpeg(), 'jpg'],
    ['progressive JPEG', () => noise(300, 200).jpeg({ progressive: true }), 'jpg'],
    ['CMYK JPEG', () => noise(300, 200).toColourspace('cmyk').jpeg(), 'jpg'],
    ['PNG', () => noise(300, 200).png(), 'png'],
    ['16-bit PNG', () => noise(300, 200).toColourspace('rgb16').png(), 'png'],
    ['grey PNG', () => noise(300, 200).greyscale().png(), 'png'],
    ['WebP', () => noise(300, 200).webp(), 'jpg'],
    ['AVIF', () => noise(300, 200).avif({ effort: 0 }), 'jpg'],
    ['GIF', () => noise(300, 200).gif(), 'png'],
  ])('may be a %s, and is stored at exactly the size asked for', async (_kind, make, ending) => {
    const picture = await open(await make().toBuffer());
    expect(picture).toMatchObject({ width: 300, height: 200 });
    const { name, cropped } = await picture.fit('854x480');
    expect(name).toMatch(new RegExp(`^[0-9a-f]{64}\\.${ending}$`));
    expect(cropped).toBe(true);
    const stored = await sharp(await rooms.media.read(name)).metadata();
    expect(stored).toMatchObject({
      width: 854,
      height: 480,
      space: 'srgb',
      channels: 3,
      depth: 'uchar',
      hasAlpha: false,
    });
    expect(stored.format).toBe(ending === 'jpg' ? 'jpeg' : 'png');
  });

  const camera = { exif: { IFD0: { Copyright: 'somebody', Software: 'secret' } }, orientation: 6 };
  it.each([
    ['JPEG', () => halves(400, 200).withMetadata(camera).jpeg().toBuffer()],
    ['PNG', () => halves(400, 200).withMetadata(camera).png().toBuffer()],
    ['WebP', () => halves(400, 200).withMetadata(camera).webp().toBuffer()],
    ['AVIF', async () => heif(await halves(400, 200).avif({ effort: 0 }).toBuffer(), { turns: 3, orientation: 6 })],
  ])('is turned upright, and loses what its camera wrote into it: %s', async (_kind, make) => {
    const bytes = await make();
    expect((await sharp(bytes).metadata()).exif).toBeDefined();
    const picture = await open(bytes);
    expect(picture).toMatchObject({ width: 200, height: 400 });
    const { name, cropped } = await picture.fit('480x960');
    const stored = await rooms.media.read(name);
    expect(cropped).toBe(false);
    const { exif, orientation, icc, xmp } = await sharp(stored).metadata();
    expect([exif, orientation, icc, xmp]).toEqual([undefined, undefined, undefined, undefined]);
    const [top, bottom] = [await pixel(stored, 240, 100), await pixel(stored, 240, 860)];
    expect(top[0]).toBeGreaterThan(150);
    expect(bottom[2]).toBeGreaterThan(150);
  });

  it('stands on black where it was transparent', async () => {
    const clear = {
      create: { width: 100, height: 100, channels: 4 as const, background: { r: 255, g: 255, b: 255, alpha: 0 } },
    };
    const { name } = await (await open(await sharp(clear).png().toBuffer())).fit('480x480');
    expect(await pixel(await rooms.media.read(name), 240, 240)).toEqual([0, 0, 0]);
  });

  it('is the first frame of what moves', async () => {
    const frames = await Promise.all([red, blue].map((colour) => plain(80, 60, colour).png().toBuffer()));
    const picture = await open(
      await sharp(frames, { join: { animated: true } })
        .gif()
        .toBuffer(),
    );
    expect(picture).toMatchObject({ width: 80, height: 60 });
    const { name } = await picture.fit('480x360' as never);
    expect((await pixel(await rooms.media.read(name), 200, 200))[0]).toBeGreaterThan(150);
  });

  it.each([
    [1365, 768, false],
    [2730, 1536, false],
    [1376, 768, false],
    [1384, 768, true],
    [1365, 780, true],
  ])('of %i by %i says truthfully whether a frame of 1365x768 crops it: %s', async (width, height, cropped) => {
    const picture = await open(await plain(width, height).jpeg().toBuffer());
    expect((await picture.fit('1365x768')).cropped).toBe(cropped);
  });

  it.each([
    [16_384, 4],
    [4, 16_384],
  ])(
    'of %i by %i is cut before it is scaled',
    async (width, height) => {
      const started = performance.now();
      const { name } = await (await open(await plain(width, height).png().toBuffer())).fit('1365x768');
      expect(await sharp(await rooms.media.read(name)).metadata()).toMatchObject({ width: 1365, height: 768 });
      expect(performance.now() - started).toBeLessThan(15_000);
    },
    20_000,
  );

  it('keeps the part that draws the eye', async () => {
    const spot = await noise(200, 200).png().toBuffer();
    const wide = plain(2000, 400, { r: 90, g: 90, b: 90 }).composite([{ input: spot, left: 1700, top: 100 }]);
    const { name } = await (await open(await wide.png().toBuffer())).fit('480x480');
    const { channels } = await sharp(await rooms.media.read(name)).stats();
    expect(channels[0]?.stdev).toBeGreaterThan(10);
  });

  it('is one of two that are decoded at once, so that files can still be read and names resolved', async () => {
    const bytes = await plain(2_000, 2_000).png().toBuffer();
    let most = 0;
    const count = (): void => {
      const { queue, process } = sharp.counters();
      most = Math.max(most, queue + process);
    };
    sharp.queue.on('change', count);
    try {
      await Promise.all(Array.from({ length: 8 }, async () => (await open(bytes)).fit('480x480')));
    } finally {
      sharp.queue.off('change', count);
    }
    expect(most).toBe(2);
  });

  it('of the same content is stored once', async () => {
    const bytes = await plain(300, 200).png().toBuffer();
    const [first, second] = await Promise.all([open(bytes), open(bytes)]);
    expect((await first?.fit('480x480'))?.name).toBe((await second?.fit('480x480'))?.name);
  });
});

describe('what is no usable picture', () => {
  it.each([
    ['text', Buffer.from('Dear all, ...')],
    ['nothing', Buffer.alloc(0)],
    ['a PDF', Buffer.from('%PDF-1.7\n')],
    ['a film', Buffer.from('\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41', 'latin1')],
    ['a gzip', Buffer.from([0x1f, 0x8b, 8, 0])],
  ])('is refused: %s', async (_kind, bytes) => {
    expect(await wordOf(open(bytes))).toBe('picture.unreadable');
  });

  it('is refused: a TIFF', async () => {
    expect(await wordOf(open(await plain(10, 10).tiff().toBuffer()))).toBe('picture.unreadable');
  });

  it.each([
    '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>',
    '\ufeff<?xml version="1.0"?>\n<!-- a drawing -->\n<svg\nwidth="1"/>',
    `<svg xmlns="http://www.w3.org/2000/svg">${'<g><rect width="1" height="1"/></g>'.repeat(300_000)}</svg>`,
  ])('is refused at once: an SVG', async (text) => {
    const started = performance.now();
    expect(await wordOf(open(Buffer.from(text)))).toBe('picture.svg');
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it.each([
    ['JPEG', () => noise(600, 400).jpeg()],
    ['progressive JPEG', () => noise(600, 400).jpeg({ progressive: true })],
    ['PNG', () => noise(600, 400).png()],
    ['WebP', () => noise(600, 400).webp()],
    ['GIF', () => noise(600, 400).gif()],
    ['AVIF', () => noise(600, 400).avif({ effort: 0 })],
  ])('is refused: a truncated %s, however little is missing', async (_kind, make) => {
    const bytes = await make().toBuffer();
    for (const share of [0.5, 0.9, 0.995]) {
      expect(await wordOf(open(bytes.subarray(0, Math.floor(bytes.length * share))))).toBe('picture.broken');
    }
  });

  it('is refused: a damaged PNG', async () => {
    const bytes = await noise(600, 400).png().toBuffer();
    const middle = Math.floor(bytes.length / 2);
    bytes.fill(0x55, middle, middle + 100);
    expect(await wordOf(open(bytes))).toBe('picture.broken');
  });

  it('is refused from its header: 400 megapixels', async () => {
    const bytes = pngHeader(20_000, 20_000);
    expect(await sharp(bytes, { limitInputPixels: false }).metadata()).toMatchObject({ width: 20_000 });
    const started = performance.now();
    expect(await wordOf(open(bytes))).toBe('picture.huge');
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(await wordOf(open(pngHeader(8_000, 5_001)))).toBe('picture.huge');
    expect(await wordOf(open(pngHeader(8_000, 5_000)))).toBe('picture.broken');
  });

  it.each([
    [16_385, 1],
    [1, 16_385],
    [1, 39_999_999],
  ])('is refused from its header: a side over 16,384, as of %i by %i', async (width, height) => {
    expect(await wordOf(open(pngHeader(width, height)))).toBe('picture.huge');
  });

  it('is refused unread: a file that says it is over 25 MB', async () => {
    const file = fileOf(new Uint8Array(10), 25_000_001);
    expect(await wordOf(rooms.pictures.open(file))).toBe('picture.heavy');
    expect(file.read).toBe(0);
  });

  it('is refused while it is read: a file that is over 25 MB and does not say so', async () => {
    const file = fileOf(new Uint8Array(60_000_000));
    expect(await wordOf(rooms.pictures.open(file))).toBe('picture.heavy');
    expect(file.read).toBeLessThan(25_200_000);
    expect(file.closed).toBe(true);
  });
});
