import sharp from 'sharp';
import { type Frame, newFrame, type Source, sample, yuv } from './planes.ts';

const closeness = 0.09;

/** Red, green and blue bytes as a frame; colour is the mean of two by two pixels. */
function toFrame(pixels: Uint8Array, width: number, height: number): Frame {
  const frame = newFrame(width, height);
  const [luma, u, v] = frame.planes;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      let [blue, red] = [0, 0];
      for (const at of [y * width + x, y * width + x + 1, (y + 1) * width + x, (y + 1) * width + x + 1]) {
        const [r, g, b] = [pixels[at * 3] as number, pixels[at * 3 + 1] as number, pixels[at * 3 + 2] as number];
        const values = yuv(r, g, b);
        luma.data[at] = Math.round(values[0]);
        blue += values[1];
        red += values[2];
      }
      const half = (y / 2) * u.width + x / 2;
      u.data[half] = Math.round(blue / 4);
      v.data[half] = Math.round(red / 4);
    }
  }
  return frame;
}

/** The picture in the file `path` as the whole first frame, then slowly coming nearer. `width` and `height` are even pixels. */
export async function slowZoom(
  path: string,
  width: number,
  height: number,
): Promise<(frame: Frame, at: number) => void> {
  const flat = sharp(path).rotate().resize(width, height, { fit: 'cover' }).flatten({ background: '#111' });
  const pixels = await flat.toColourspace('srgb').removeAlpha().raw().toBuffer();
  const sources = toFrame(pixels, width, height).planes.map(
    (plane): Source => ({ ...plane, data: Uint16Array.from(plane.data, (byte) => byte << 8) }),
  );
  return (frame, at) => {
    const scale = 1 / (1 + closeness * at);
    frame.planes.forEach((plane, i) => {
      const [w, h] = [plane.width * scale, plane.height * scale];
      sample(sources[i] as Source, plane, (plane.width - w) * 0.5, (plane.height - h) * 0.45, w, h);
    });
  };
}
