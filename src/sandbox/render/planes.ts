/**
 * A picture in the encoder's own form, YUV 4:2:0: one byte a pixel of brightness, then one byte each of colour (u, v) for
 * every two by two pixels. `bytes` holds the three one after the other; the planes are views of it.
 */
export interface Frame {
  width: number;
  height: number;
  bytes: Uint8Array;
  planes: readonly [Plane, Plane, Plane];
}
export interface Plane {
  width: number;
  height: number;
  data: Uint8Array;
}
/** A plane to sample from; each value is 256 times the byte that it stands for. */
export interface Source {
  width: number;
  height: number;
  data: Uint16Array;
}

/** An empty frame. `width` and `height` are even. */
export function newFrame(width: number, height: number): Frame {
  const bytes = new Uint8Array((width * height * 3) / 2);
  const [w, h] = [width / 2, height / 2];
  const colour = width * height;
  return {
    width,
    height,
    bytes,
    planes: [
      { width, height, data: bytes.subarray(0, colour) },
      { width: w, height: h, data: bytes.subarray(colour, colour + w * h) },
      { width: w, height: h, data: bytes.subarray(colour + w * h) },
    ],
  };
}

/** One pixel's brightness and colour in the range of video (BT.601, 16–235); red, green, blue are 0–255. */
export function yuv(r: number, g: number, b: number): [number, number, number] {
  return [
    16 + 0.257 * r + 0.504 * g + 0.098 * b,
    128 - 0.148 * r - 0.291 * g + 0.439 * b,
    128 + 0.439 * r - 0.368 * g - 0.071 * b,
  ];
}

const grain = 64;
const noise = Uint16Array.from({ length: grain * grain }, (_, i) => {
  const hash = Math.imul(Math.imul(i + 1, 0x9e3779b1) ^ (i >>> 3), 0x85ebca6b);
  return (hash ^ (hash >>> 15)) & 0xffff;
});

/**
 * Fills `to` with the window of `from` whose upper left corner is at (`x`, `y`) and whose sides are `w` and `h`, in pixels of
 * `from`, each at least 1 inside its border. Bilinear, in whole numbers, with a still grain against banding.
 */
export function sample(from: Source, to: Plane, x: number, y: number, w: number, h: number): void {
  const row = new Int32Array(from.width);
  // Where each pixel of a line lies is the same for all lines.
  const columns = new Int32Array(to.width);
  const rights = new Int32Array(to.width);
  const stepX = Math.floor(((w - 1) / to.width) * 65536);
  const stepY = (h - 1) / to.height;
  const startX = Math.floor(x * 65536);
  for (let i = 0, position = startX; i < to.width; i++, position += stepX) {
    columns[i] = position >> 16;
    rights[i] = (position >> 8) & 255;
  }
  const { width, data } = to;
  for (let line = 0; line < to.height; line++) {
    const at = y + line * stepY;
    const top = Math.floor(at) * from.width;
    const lower = Math.floor((at - Math.floor(at)) * 256);
    const upper = 256 - lower;
    for (let i = 0; i < from.width; i++) {
      const above = from.data[top + i] as number;
      const below = from.data[top + from.width + i] as number;
      row[i] = (above * upper + below * lower) >> 8;
    }
    const grainRow = (line % grain) * grain;
    const out = line * width;
    for (let i = 0; i < width; i++) {
      const column = columns[i] as number;
      const left = row[column] as number;
      const value = (left << 8) + ((row[column + 1] as number) - left) * (rights[i] as number);
      data[out + i] = (value + (noise[grainRow + (i & (grain - 1))] as number)) >> 16;
    }
  }
}
