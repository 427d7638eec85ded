import { createHash } from 'node:crypto';
import { type Frame, type Source, sample, yuv } from './planes.ts';

interface Light {
  colour: [number, number, number];
  x: number;
  y: number;
  reach: number;
  swing: number;
  turn: number;
  phase: number;
}

/** A colour of the OKLab space as red, green, blue of 0–255. */
function rgb([l, a, b]: readonly [number, number, number]): [number, number, number] {
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const encode = (linear: number): number => {
    const kept = Math.min(1, Math.max(0, linear));
    return 255 * (kept <= 0.0031308 ? 12.92 * kept : 1.055 * kept ** (1 / 2.4) - 0.055);
  };
  return [
    encode(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
    encode(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
    encode(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
  ];
}

function polar(lightness: number, chroma: number, degrees: number): [number, number, number] {
  const angle = (degrees * Math.PI) / 180;
  return [lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)];
}

/** Numbers from 0 to 1 that follow from a text. */
function draws(seed: string): () => number {
  const bytes = createHash('sha512').update(seed).digest();
  let at = 0;
  return () => bytes.readUInt16BE((at++ * 2) % 62) / 65535;
}

/**
 * Slowly moving lights of a few kindred colours, which follow from `seed`. Returns what paints the moment `at` (0–1 of the
 * film, which lasts `seconds`) over a whole frame.
 */
export function movingColour(seed: string, seconds: number): (frame: Frame, at: number) => void {
  const draw = draws(seed);
  const hue = draw() * 360;
  const side = draw() < 0.5 ? -1 : 1;
  const ground = polar(0.27, 0.11, hue + side * 20);
  const hues = [hue, hue + side * 38, hue + side * 75, hue - side * 42, hue + side * 120];
  const lights = hues.map(
    (degrees, i): Light => ({
      colour: polar([0.6, 0.7, 0.8, 0.46, 0.56][i] as number, [0.2, 0.19, 0.15, 0.19, 0.17][i] as number, degrees),
      x: ([0.15, 0.85, 0.62, 0.3, 0.95][i] as number) + (draw() - 0.5) * 0.3,
      y: ([0.2, 0.15, 0.85, 0.95, 0.6][i] as number) + (draw() - 0.5) * 0.3,
      reach: 0.24 + draw() * 0.12,
      swing: 0.12 + draw() * 0.14,
      turn: (draw() < 0.5 ? -1 : 1) * (0.5 + draw() * 0.5),
      phase: draw() * 2 * Math.PI,
    }),
  );
  const columns = 64;
  const rows = 64;
  const grid = [0, 1, 2].map((): Source => ({ width: columns, height: rows, data: new Uint16Array(columns * rows) }));
  return (frame, at) => {
    const aspect = frame.width / frame.height;
    const [wide, high] = aspect > 1 ? [1, 1 / aspect] : [aspect, 1];
    const time = at * seconds * 0.35;
    const placed = lights.map((light) => {
      const angle = light.phase + light.turn * time * 2;
      const x = (light.x + light.swing * Math.cos(angle)) * wide;
      const y = (light.y + light.swing * Math.sin(angle * 0.8)) * high;
      return { x, y, spread: 2 * light.reach ** 2 * wide * high, colour: light.colour };
    });
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const x = (column / (columns - 1)) * wide;
        const y = (row / (rows - 1)) * high;
        const mixed: [number, number, number] = [...ground];
        let sum = 0.2;
        for (let i = 0; i < 3; i++) mixed[i] = (mixed[i] as number) * sum;
        for (const { x: lx, y: ly, spread, colour } of placed) {
          const strength = Math.exp(-((x - lx) ** 2 + (y - ly) ** 2) / spread);
          sum += strength;
          for (let i = 0; i < 3; i++) mixed[i] = (mixed[i] as number) + strength * (colour[i] as number);
        }
        const values = yuv(...rgb([mixed[0] / sum, mixed[1] / sum, mixed[2] / sum]));
        grid.forEach((source, i) => {
          source.data[row * columns + column] = Math.round((values[i] as number) * 256);
        });
      }
    }
    frame.planes.forEach((plane, i) => {
      sample(grid[i] as Source, plane, 0, 0, columns, rows);
    });
  };
}
