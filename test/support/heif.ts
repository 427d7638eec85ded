/** Builds HEIC and AVIF files of the coded pictures in others, with the boxes that cameras write (ISO/IEC 23008-12). */

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);
function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
function box(type: string, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([u32(8 + body.length), Buffer.from(type, 'latin1'), body]);
}
/** A box that begins with a version and flags. */
const full = (type: string, version: number, flags: number, ...parts: Uint8Array[]): Buffer =>
  box(type, u32(version * 2 ** 24 + flags), ...parts);

/** The body of the first box of a type, wherever it lies. */
function bodyOf(bytes: Buffer, type: string): Buffer {
  const at = bytes.indexOf(type, 0, 'latin1');
  if (at < 4) throw new Error(`no ${type} in it`);
  return bytes.subarray(at + 4, at - 4 + bytes.readUInt32BE(at - 4));
}

/** The first coded picture of a file, as simple encoders lay it out: base and one extent, in four-byte fields. */
function codedIn(bytes: Buffer) {
  const av1 = bytes.includes('av1C', 0, 'latin1');
  const [size, places] = [bodyOf(bytes, 'ispe'), bodyOf(bytes, 'iloc')];
  const [at, length] = [places.readUInt32BE(12) + places.readUInt32BE(18), places.readUInt32BE(22)];
  return {
    kind: av1 ? 'av01' : 'hvc1',
    config: av1 ? box('av1C', bodyOf(bytes, 'av1C')) : box('hvcC', bodyOf(bytes, 'hvcC')),
    width: size.readUInt32BE(4),
    height: size.readUInt32BE(8),
    data: bytes.subarray(at, at + length),
  };
}

interface Item {
  type: string;
  hidden?: boolean;
  data: Uint8Array;
  /** Its properties, by their number from 1. */
  has?: number[];
}

export interface HeifOptions {
  /** How often the coded picture stands beside itself and below itself, as the tiles of one. */
  columns?: number;
  rows?: number;
  /** Quarter turns against the clock, as the file's own property. */
  turns?: 0 | 1 | 2 | 3;
  /** What its EXIF says of its orientation, 1–8. */
  orientation?: number;
  /** An ICC profile. */
  profile?: Uint8Array;
  /** The picture's own brightness is how opaque it is. */
  veiled?: boolean;
  /** The size that its header claims for each tile, when it is not the real one. */
  claims?: { width: number; height: number };
}

const exif = (orientation: number): Buffer =>
  Buffer.concat([
    u32(6),
    Buffer.from('Exif\0\0MM\0*\0\0\0\x08\0\x01', 'latin1'),
    Buffer.from([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]),
  ]);

const reference = (type: string, from: number, to: number[]): Buffer =>
  box(type, u16(from), u16(to.length), ...to.map(u16));

/** A file made of the coded picture in `source`. */
export function heif(source: Buffer, options: HeifOptions = {}): Buffer {
  const { columns = 1, rows = 1, turns = 0, orientation, profile, veiled, claims } = options;
  const coded = codedIn(source);
  const { width, height } = claims ?? coded;
  const size = (wide: number, high: number): Buffer => full('ispe', 0, 0, u32(wide), u32(high));
  const gridded = columns * rows > 1;
  const properties = [coded.config, size(width, height), size(width * columns, height * rows)];
  const add = (property: Buffer): number => properties.push(property);
  const shown: number[] = [];
  if (profile) shown.push(add(box('colr', Buffer.from('prof'), profile)));
  if (turns) shown.push(add(box('irot', Buffer.from([turns]))));

  const tile = (has: number[]): Item => ({ type: coded.kind, data: coded.data, hidden: gridded, has: [1, 2, ...has] });
  const items: Item[] = Array.from({ length: columns * rows }, () => tile(gridded ? [] : shown));
  const references: Buffer[] = [];
  const tiles = items.map((_, index) => index + 1);
  if (gridded) {
    const data = Buffer.concat([Buffer.from([0, 1, rows - 1, columns - 1]), u32(width * columns), u32(height * rows)]);
    references.push(reference('dimg', items.push({ type: 'grid', data, has: [3, ...shown] }), tiles));
  }
  const primary = items.length;
  if (veiled) {
    const auxiliary = add(full('auxC', 0, 0, Buffer.from('urn:mpeg:hevc:2015:auxid:1\0')));
    references.push(reference('auxl', items.push(tile([auxiliary])), [primary]));
  }
  if (orientation !== undefined)
    references.push(reference('cdsc', items.push({ type: 'Exif', data: exif(orientation), hidden: true }), [primary]));
  return assemble(coded.kind === 'av01' ? 'avif' : 'heic', primary, items, properties, references);
}

function assemble(brand: string, primary: number, items: Item[], properties: Buffer[], references: Buffer[]): Buffer {
  const ftyp = box('ftyp', Buffer.from(brand), u32(0), Buffer.from(`mif1${brand}miaf`));
  const infos = items.map(({ type, hidden }, index) =>
    full('infe', 2, hidden ? 1 : 0, u16(index + 1), u16(0), Buffer.from(`${type}\0`)),
  );
  const owned = items.flatMap(({ has }, index) => (has ? [{ id: index + 1, has }] : []));
  const essential = (property: number): number => (/^(hvcC|av1C|irot)$/.test(typeOf(property)) ? 128 : 0) + property;
  const typeOf = (property: number): string => (properties[property - 1] as Buffer).toString('latin1', 4, 8);
  const associations = owned.map(({ id, has }) => Buffer.from([...u16(id), has.length, ...has.map(essential)]));
  const meta = (places: Buffer[]): Buffer =>
    full(
      'meta',
      0,
      0,
      full('hdlr', 0, 0, u32(0), Buffer.from('pict'), Buffer.alloc(13)),
      full('pitm', 0, 0, u16(primary)),
      full('iloc', 0, 0, Buffer.from([0x44, 0]), u16(items.length), ...places),
      full('iinf', 0, 0, u16(items.length), ...infos),
      box('iprp', box('ipco', ...properties), full('ipma', 0, 0, u32(owned.length), ...associations)),
      full('iref', 0, 0, ...references),
    );
  const place = (index: number, at: number, length: number): Buffer =>
    Buffer.concat([u16(index + 1), u16(0), u16(1), u32(at), u32(length)]);
  const blank = items.map((_, index) => place(index, 0, 0));
  let at = ftyp.length + meta(blank).length + 8;
  const places = items.map(({ data }, index) => {
    at += data.length;
    return place(index, at - data.length, data.length);
  });
  return Buffer.concat([ftyp, meta(places), box('mdat', ...items.map(({ data }) => data))]);
}
