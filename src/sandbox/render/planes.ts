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

/** Stretches a line of `from`, from its pixel `first` on, over `to`: `columns` are the pixels, `parts` how far on to the next, of 256. */
function stretch(from: Uint16Array, first: number, columns: Int32Array, parts: Int32Array, to: Uint16Array): void {
  for (let i = 0; i < to.length; i++) {
    const at = first + (columns[i] as number);
    const left = from[at] as number;
    to[i] = ((left << 8) + ((from[at + 1] as number) - left) * (parts[i] as number)) >> 8;
  }
}

/**
 * Fills `to` with the window of `from` whose upper left corner is at (`x`, `y`) and whose sides are `w` and `h`, in pixels of
 * `from`, each at least 1 inside its border. Bilinear, in whole numbers, with a still grain against banding.
 */
export function sample(from: Source, to: Plane, x: number, y: number, w: number, h: number): void {
  const { width, height, data } = to;
  // Where each pixel of a line lies is the same for all lines.
  const columns = new Int32Array(width);
  const parts = new Int32Array(width);
  const stepX = Math.floor(((w - 1) / width) * 65536);
  const stepY = (h - 1) / height;
  for (let i = 0, position = Math.floor(x * 65536); i < width; i++, position += stepX) {
    columns[i] = position >> 16;
    parts[i] = (position >> 8) & 255;
  }
  // A line of the source serves many lines of the picture: it is stretched once.
  let above = new Uint16Array(width);
  let below = new Uint16Array(width);
  let stretched = -2;
  for (let line = 0; line < height; line++) {
    const at = y + line * stepY;
    const top = Math.floor(at);
    if (top !== stretched) {
      [above, below] = [below, above];
      if (top !== stretched + 1) stretch(from.data, top * from.width, columns, parts, above);
      stretch(from.data, (top + 1) * from.width, columns, parts, below);
      stretched = top;
    }
    const lower = Math.floor((at - top) * 256) | 0;
    const upper = 256 - lower;
    const grainRow = (line % grain) * grain;
    const out = line * width;
    for (let i = 0; i < width; i++) {
      const value = (above[i] as number) * upper + (below[i] as number) * lower;
      data[out + i] = (value + (noise[grainRow + (i & (grain - 1))] as number)) >> 16;
    }
  }
}
