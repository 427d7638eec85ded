import { EncodedPacket } from 'mediabunny';
import { mux } from './mux.ts';

/** Writes the bits of an H.264 unit: `u` a fixed number of them, `ue` and `se` Exp-Golomb codes. */
function bits() {
  const bytes: number[] = [];
  let [pending, count] = [0, 0];
  const u = (length: number, value: number): void => {
    for (let i = length - 1; i >= 0; i--) {
      pending = (pending << 1) | (Math.floor(value / 2 ** i) & 1);
      if (++count === 8) {
        bytes.push(pending);
        [pending, count] = [0, 0];
      }
    }
  };
  const ue = (value: number): void => u(2 * Math.floor(Math.log2(value + 1)) + 1, value + 1);
  const se = (value: number): void => ue(value > 0 ? 2 * value - 1 : -2 * value);
  const end = (): number[] => {
    u(1, 1);
    while (count > 0) u(1, 0);
    return bytes;
  };
  return { u, ue, se, end };
}

/** A unit with its start code, and with the bytes that keep start codes out of its middle. */
function unit(header: number, payload: number[]): number[] {
  const out = [0, 0, 0, 1, header];
  let zeros = 0;
  for (const byte of payload) {
    if (zeros >= 2 && byte <= 3) {
      out.push(3);
      zeros = 0;
    }
    out.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return out;
}

const [baseline, constraints, level] = [66, 0xc0, 51];

function sequence(width: number, height: number): number[] {
  const { u, ue, end } = bits();
  const [across, down] = [Math.ceil(width / 16), Math.ceil(height / 16)];
  for (const byte of [baseline, constraints, level]) u(8, byte);
  for (const value of [0, 0, 2, 1]) ue(value); // id, frame number bits - 4, order by decoding, one reference
  u(1, 0);
  ue(across - 1);
  ue(down - 1);
  u(1, 1); // whole frames
  u(1, 1);
  u(1, 1); // cropped to the size, in steps of two pixels
  for (const value of [0, (across * 16 - width) / 2, 0, (down * 16 - height) / 2]) ue(value);
  u(1, 0);
  return unit(0x67, end());
}

function picture(): number[] {
  const { u, ue, se, end } = bits();
  for (const value of [0, 0]) ue(value);
  u(2, 0);
  for (const value of [0, 0, 0]) ue(value);
  u(3, 0);
  for (const value of [0, 0, 0]) se(value);
  u(1, 1); // the slice says how its edges are filtered
  u(2, 0);
  return unit(0x68, end());
}

/** A key frame of one even grey: every block predicted from its neighbours, with nothing to add. */
function grey(blocks: number, id: number): number[] {
  const { u, ue, se, end } = bits();
  for (const value of [0, 7, 0]) ue(value); // first block, an I slice, picture set 0
  u(4, 0);
  ue(id);
  u(2, 0);
  se(0);
  ue(1); // no filtering of edges
  for (let block = 0; block < blocks; block++) u(8, 0x27); // 16x16, mean of neighbours; colour alike; same quality; nothing coded
  return unit(0x65, end());
}

/** A valid H.264 film of an even grey, a frame a second, each a key frame. `width` and `height` are even; made in milliseconds. */
export async function stillFilm(width: number, height: number, seconds: number): Promise<Uint8Array> {
  const blocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const sets = [...sequence(width, height), ...picture()];
  const packets = Array.from({ length: seconds }, (_, i) => {
    const frame = grey(blocks, i % 2);
    return new EncodedPacket(Uint8Array.from(i === 0 ? [...sets, ...frame] : frame), 'key', i, 1);
  });
  return mux(packets, { codec: 'avc1.42c033', codedWidth: width, codedHeight: height }, 1);
}
