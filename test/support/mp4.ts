import { createRequire } from 'node:module';
import {
  BufferSource,
  BufferTarget,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
} from 'mediabunny';

const framesPerSecond = 4;

/** The encoder's runtime listens for crashes of the whole process as soon as it is loaded; here that is the test runner's business. */
function loadEncoder(): typeof import('h264-mp4-encoder') {
  const watched = ['uncaughtException', 'unhandledRejection'] as const;
  const before = watched.map((event) => process.rawListeners(event));
  const loaded: typeof import('h264-mp4-encoder') = createRequire(import.meta.url)('h264-mp4-encoder');
  watched.forEach((event, index) => {
    for (const listener of process.rawListeners(event)) {
      if (!before[index]?.includes(listener)) process.off(event, listener as () => void);
    }
  });
  return loaded;
}
const { createH264MP4Encoder } = loadEncoder();

/** A plain field whose colour moves from blue to orange, so that no frame is black. */
function frame(width: number, height: number, share: number): Uint8Array {
  const colour = [40 + 200 * share, 90 + 60 * share, 200 - 150 * share, 255];
  return new Uint8Array(width * height * 4).map((_, index) => colour[index % 4] as number);
}

async function encode(width: number, height: number, frames: number): Promise<Uint8Array> {
  const encoder = await createH264MP4Encoder();
  try {
    Object.assign(encoder, { width, height, frameRate: framesPerSecond, speed: 10, quantizationParameter: 40 });
    encoder.outputFilename = `tiny-${crypto.randomUUID()}.mp4`;
    encoder.initialize();
    for (let index = 0; index < frames; index++) encoder.addFrameRgba(frame(width, height, index / frames));
    encoder.finalize();
    const bytes = encoder.FS.readFile(encoder.outputFilename).slice();
    encoder.FS.unlink(encoder.outputFilename);
    return bytes;
  } finally {
    encoder.delete();
  }
}

/** Writes the packets anew, with key frames marked and the index in front: the encoder's own file cannot be sought in. */
async function remux(bytes: Uint8Array): Promise<Uint8Array> {
  const input = new Input({ source: new BufferSource(bytes), formats: [MP4] });
  const track = await input.getPrimaryVideoTrack();
  const config = await track?.getDecoderConfig();
  if (!track || !config) throw new Error('the encoder gave no video track');
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target });
  const source = new EncodedVideoPacketSource('avc');
  output.addVideoTrack(source, { frameRate: framesPerSecond });
  await output.start();
  for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, { verifyKeyPackets: true })) {
    await source.add(packet, { decoderConfig: config });
  }
  await output.finalize();
  input.dispose();
  return new Uint8Array(target.buffer as ArrayBuffer);
}

/** A playable H.264 MP4 of 4 frames a second, seekable, index in front. Width and height are even, in pixels. */
export async function tinyMp4(width: number, height: number, seconds: number): Promise<Uint8Array> {
  return remux(await encode(width, height, Math.round(seconds * framesPerSecond)));
}
