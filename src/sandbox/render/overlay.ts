import type { Frame, Plane } from './planes.ts';
import { yuv } from './planes.ts';

interface Layer {
  /** How much of what lies below shows through, 0–255. */
  through: Uint8Array;
  /** What is added, per plane that this layer serves. */
  add: Uint8Array[];
  /** First and last covered pixel of each row; first > last on a row without any. */
  spans: Int32Array;
}

function spansOf(through: Uint8Array, width: number, height: number): Int32Array {
  const spans = new Int32Array(height * 2);
  for (let y = 0; y < height; y++) {
    const row = through.subarray(y * width, (y + 1) * width);
    const first = row.findIndex((value) => value < 255);
    spans[y * 2] = first === -1 ? 1 : first;
    spans[y * 2 + 1] = first === -1 ? 0 : row.findLastIndex((value) => value < 255);
  }
  return spans;
}

/** Averages `step` by `step` pixels of an RGBA picture to red, green, blue and opacity (0–1). */
function mean(rgba: Uint8Array, width: number, x: number, y: number, step: number): [number, number, number, number] {
  const sum = [0, 0, 0, 0];
  for (let dy = 0; dy < step; dy++) {
    for (let dx = 0; dx < step; dx++) {
      const at = ((y + dy) * width + x + dx) * 4;
      const opacity = rgba[at + 3] as number;
      for (let i = 0; i < 3; i++) sum[i] = (sum[i] as number) + (rgba[at + i] as number) * opacity;
      sum[3] = (sum[3] as number) + opacity;
    }
  }
  const [r, g, b, opacity] = sum as [number, number, number, number];
  const whole = opacity || 1;
  return [r / whole, g / whole, b / whole, opacity / 255 / step ** 2];
}

function layer(rgba: Uint8Array, width: number, height: number, step: 1 | 2): Layer {
  const [w, h] = [width / step, height / step];
  const through = new Uint8Array(w * h).fill(255);
  const add = [0, 1].map(() => new Uint8Array(w * h));
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [r, g, b, opacity] = mean(rgba, width, x * step, y * step, step);
      if (opacity === 0) continue;
      const values = yuv(r, g, b);
      const at = y * w + x;
      through[at] = Math.round(255 * (1 - opacity));
      const kept = step === 1 ? [values[0]] : [values[1], values[2]];
      kept.forEach((value, i) => {
        (add[i] as Uint8Array)[at] = Math.round(value * opacity);
      });
    }
  }
  return { through, add, spans: spansOf(through, w, h) };
}

function lay({ through, spans }: Layer, add: Uint8Array, plane: Plane): void {
  for (let y = 0; y < plane.height; y++) {
    const end = y * plane.width + (spans[y * 2 + 1] as number);
    for (let at = y * plane.width + (spans[y * 2] as number); at <= end; at++) {
      plane.data[at] =
        (((plane.data[at] as number) * (through[at] as number) * 257 + 32768) >> 16) + (add[at] as number);
    }
  }
}

/** What lays an RGBA picture of a frame's size over frames, made ready once. */
export function overlay(rgba: Uint8Array, width: number, height: number): (frame: Frame) => void {
  const bright = layer(rgba, width, height, 1);
  const colour = layer(rgba, width, height, 2);
  return ({ planes: [luma, u, v] }) => {
    lay(bright, bright.add[0] as Uint8Array, luma);
    lay(colour, colour.add[0] as Uint8Array, u);
    lay(colour, colour.add[1] as Uint8Array, v);
  };
}
