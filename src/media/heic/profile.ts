const marker = 0xffe2;
const label = Buffer.from('ICC_PROFILE\0', 'latin1');
/** A segment says its length in two bytes, and that length, the label and two counters are counted in. */
const pieceMax = 65_535 - 2 - label.length - 2;
const piecesMax = 255;

function segment(piece: Uint8Array, number: number, count: number): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(marker, 0);
  head.writeUInt16BE(2 + label.length + 2 + piece.length, 2);
  return Buffer.concat([head, label, Buffer.from([number, count]), piece]);
}

/** A JPEG (that begins with its JFIF segment) with the ICC profile its pixels are meant in; ICC.1:2022, annex B.4. A profile too long to be put in is left out. */
export function withProfile(jpeg: Buffer, profile: Uint8Array): Buffer {
  const count = Math.ceil(profile.length / pieceMax);
  if (count > piecesMax) return jpeg;
  const at = 4 + jpeg.readUInt16BE(4);
  const segments = Array.from({ length: count }, (_, index) =>
    segment(profile.subarray(index * pieceMax, (index + 1) * pieceMax), index + 1, count),
  );
  return Buffer.concat([jpeg.subarray(0, at), ...segments, jpeg.subarray(at)]);
}
