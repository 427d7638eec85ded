import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createPictures } from '../../src/media/picture.ts';
import { type HeifOptions, heif } from '../support/heif.ts';
import { usePictures } from '../support/suite.ts';
import { until } from '../support/until.ts';

/** 1200 by 900: the sun on the right, a hill on the left, dark above and orange below. */
const photo = readFileSync(new URL('../fixtures/photo.heic', import.meta.url));
const made = (options: HeifOptions): Buffer => heif(photo, options);

const rooms = usePictures();

const fileOf = (bytes: Uint8Array) => ({
  name: 'IMG_0001.HEIC',
  async *open() {
    yield bytes;
  },
});
const open = (bytes: Uint8Array, by = rooms.pictures) => by.open(fileOf(bytes));
const wordOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'taken',
    (error: { said?: { word: string }; message: string }) => error.said?.word ?? error.message,
  );
/** The stored picture's colours at places given in shares of its sides. */
async function coloursOf(name: string, ...places: [number, number][]): Promise<number[][]> {
  const { data, info } = await sharp(await rooms.media.read(name))
    .raw()
    .toBuffer({ resolveWithObject: true });
  return places.map(([x, y]) => {
    const at = 3 * (Math.floor(y * info.height) * info.width + Math.floor(x * info.width));
    return [...data.subarray(at, at + 3)];
  });
}
const sun: [number, number] = [820 / 1200, 520 / 900];
const hill: [number, number] = [400 / 1200, 720 / 900];
/** Where a place comes to lie by a quarter turn with the clock. */
const turned = ([x, y]: [number, number]): [number, number] => [1 - y, x];
const isSun = ([red = 0, green = 0, blue = 0]: number[] = []): boolean => red > 230 && green > 200 && blue < 130;
const isHill = ([red = 0, , blue = 0]: number[] = []): boolean => red < 60 && blue > 80;

/** How many child processes this one has. */
const decoders = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;

describe('a HEIC', () => {
  it('is stored at exactly the size asked for, without what its camera wrote into it', async () => {
    const picture = await open(photo);
    expect(picture).toMatchObject({ width: 1200, height: 900 });
    const { name, cropped } = await picture.fit('854x480');
    expect([name.slice(64), cropped]).toEqual(['.jpg', true]);
    const { format, width, height, space, channels, exif, icc, xmp } = await sharp(
      await rooms.media.read(name),
    ).metadata();
    expect({ format, width, height, space, channels }).toEqual({
      format: 'jpeg',
      width: 854,
      height: 480,
      space: 'srgb',
      channels: 3,
    });
    expect([exif, icc, xmp]).toEqual([undefined, undefined, undefined]);
  });

  it('shows what was photographed', async () => {
    const { name, cropped } = await (await open(photo)).fit('1200x900' as never);
    const [bright, blue] = await coloursOf(name, sun, hill);
    expect([isSun(bright), isHill(blue), cropped]).toEqual([true, true, false]);
  });

  it('is turned upright once, though the file and its EXIF both say how', async () => {
    const picture = await open(made({ turns: 3, orientation: 6 }));
    expect(picture).toMatchObject({ width: 900, height: 1200 });
    const [bright, blue] = await coloursOf((await picture.fit('900x1200' as never)).name, turned(sun), turned(hill));
    expect([isSun(bright), isHill(blue)]).toEqual([true, true]);
  });

  it('is not turned by its EXIF alone, which the format gives no say', async () => {
    const picture = await open(made({ orientation: 6 }));
    expect(picture).toMatchObject({ width: 1200, height: 900 });
    const [bright] = await coloursOf((await picture.fit('1200x900' as never)).name, sun);
    expect(isSun(bright)).toBe(true);
  });

  it('may be of tiles, as telephones make it', async () => {
    const picture = await open(made({ columns: 2, rows: 1, turns: 3, orientation: 6 }));
    expect(picture).toMatchObject({ width: 900, height: 2400 });
    const { name } = await picture.fit('450x1200' as never);
    const [x, y] = turned(sun);
    const [above, below] = await coloursOf(name, [x, y / 2], [x, 0.5 + y / 2]);
    expect([isSun(above), isSun(below)]).toEqual([true, true]);
  });

  it('stands on black where it is transparent', async () => {
    const { name } = await (await open(made({ veiled: true }))).fit('1200x900' as never);
    const [dark, half] = await coloursOf(name, [0.5, 0.02], sun);
    expect(Math.max(...(dark as number[]))).toBeLessThan(12);
    expect(half?.[0]).toBeGreaterThan(180);
    expect(isSun(half)).toBe(false);
  });

  it('keeps the colours that its profile means', async () => {
    const pixel = { create: { width: 8, height: 8, channels: 3 as const, background: '#fff' } };
    const { icc } = await sharp(await sharp(pixel).withIccProfile('p3').jpeg().toBuffer()).metadata();
    if (!icc) throw new Error('there is no profile to try with');
    const [plain, wide] = await Promise.all(
      [photo, made({ profile: icc })].map(async (bytes) => {
        const { name } = await (await open(bytes)).fit('1200x900' as never);
        return (await coloursOf(name, sun))[0] as [number, number, number];
      }),
    );
    // The same numbers mean a stronger yellow in a wider space: less blue, red at its end.
    expect(plain?.[2]).toBeGreaterThan((wide?.[2] ?? 255) + 10);
    expect(wide?.[0]).toBeGreaterThan(250);
    expect(wide?.[1]).toBeGreaterThan(200);
  });

  it('leaves the program free while it is decoded', async () => {
    const delay = monitorEventLoopDelay({ resolution: 10 });
    const bytes = made({ columns: 6, rows: 6 });
    delay.enable();
    const started = performance.now();
    expect(await open(bytes)).toMatchObject({ width: 7200, height: 5400 });
    const took = performance.now() - started;
    delay.disable();
    expect(delay.max / 1e6).toBeLessThan(took / 3);
  }, 60_000);
});

describe('what is no usable HEIC', () => {
  const whole = {
    'one picture': made({}),
    tiles: made({ columns: 2, rows: 2 }),
    'a veiled one': made({ veiled: true }),
  };
  it.each(Object.entries(whole))('is refused when truncated, however little is missing: %s', async (_kind, bytes) => {
    for (const share of [0.5, 0.9, 0.995])
      expect(await wordOf(open(bytes.subarray(0, Math.floor(bytes.length * share))))).toBe('picture.broken');
  });

  it('is refused from its header, undecoded: over 40 megapixels', async () => {
    const undecoding = createPictures(rooms.media);
    await undecoding.close();
    expect(await wordOf(open(photo, undecoding))).toBe('service.stopping');
    for (const bytes of [made({ claims: { width: 8_000, height: 5_001 } }), made({ columns: 7, rows: 6 })])
      expect(await wordOf(open(bytes, undecoding))).toBe('picture.huge');
  });

  it('is refused: a picture that is not the size that its header says', async () => {
    expect(await wordOf(open(made({ claims: { width: 64, height: 64 }, columns: 2 })))).toBe('picture.broken');
  });

  it('is refused, and its decoder ended, when it takes too long', async () => {
    const hasty = createPictures(rooms.media, { heic: { timeoutMs: 1 } });
    expect(await wordOf(open(made({ columns: 6, rows: 6 }), hasty))).toBe('picture.broken');
    await until('no decoder is left', () => decoders() === 0);
    await hasty.close();
  });

  it('is refused when it takes too much memory', async () => {
    const narrow = createPictures(rooms.media, { heic: { memory: 48_000_000 } });
    expect(await wordOf(open(made({ columns: 6, rows: 6 }), narrow))).toBe('picture.broken');
    expect(await wordOf(open(photo, narrow))).toBe('taken');
    await narrow.close();
  });

  it('is not to blame when the program stops: the member hears that', async () => {
    const stopping = createPictures(rooms.media);
    const words = Promise.all(Array.from({ length: 4 }, () => wordOf(open(made({ columns: 6, rows: 6 }), stopping))));
    await until('two are decoded', () => decoders() === 2);
    await stopping.close();
    await until('no decoder is left', () => decoders() === 0);
    expect(new Set(await words)).toEqual(new Set(['service.stopping']));
  });
});
