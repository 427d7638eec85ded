import { setImmediate as breathe } from 'node:timers/promises';
import h264 from 'h264-mp4-encoder';
import { BufferSource, EncodedPacketSink, Input, MP4 } from 'mediabunny';
import { mux } from '../mux.ts';
import { movingColour } from './gradient.ts';
import { overlay } from './overlay.ts';
import { type Frame, newFrame } from './planes.ts';
import { titles } from './title.ts';
import { slowZoom } from './zoom.ts';

/** What a film shows. `width` and `height` are even pixels, `picture` is a file. */
export interface Scene {
  prompt: string;
  note: string;
  seconds: number;
  width: number;
  height: number;
  picture?: string;
}

const framesPerSecond = 12;

/** A thin line along the lower edge that grows with the film's time. */
function timeLine(frame: Frame, at: number): void {
  const { width, height, data } = frame.planes[0];
  const thick = Math.max(2, Math.round(height / 190));
  const done = Math.round(width * at);
  for (let y = height - thick; y < height; y++) data.fill(215, y * width, y * width + done);
}

/**
 * The encoder's own file has neither a table of key frames nor its index in front, so a player shows black when it seeks:
 * the packets are put into a file of our own.
 */
async function repack(file: Uint8Array, { width, height }: Scene): Promise<Uint8Array> {
  const track = await new Input({ source: new BufferSource(file), formats: [MP4] }).getPrimaryVideoTrack();
  const config = await track?.getDecoderConfig();
  if (!track || !config) throw new Error('The encoder made no film.');
  const packets = new EncodedPacketSink(track).packets(undefined, undefined, { verifyKeyPackets: true });
  return mux(packets, { ...config, codedWidth: width, codedHeight: height }, framesPerSecond);
}

/** Draws and encodes a film: H.264 in MP4, a key frame every second, index in front. `progress` hears 0–1. It blocks its thread. */
export async function makeFilm(scene: Scene, progress: (done: number) => void): Promise<Uint8Array> {
  const { prompt, note, seconds, width, height, picture } = scene;
  const paint = picture === undefined ? movingColour(prompt, seconds) : await slowZoom(picture, width, height);
  const write = overlay(await titles({ prompt, note, caption: picture !== undefined }, width, height), width, height);
  const encoder = await h264.createH264MP4Encoder();
  try {
    Object.assign(encoder, { width, height, frameRate: framesPerSecond, groupOfPictures: framesPerSecond });
    Object.assign(encoder, { speed: 10, quantizationParameter: 26 });
    encoder.initialize();
    const frame = newFrame(width, height);
    const frames = seconds * framesPerSecond;
    for (let i = 0; i < frames; i++) {
      paint(frame, i / frames);
      write(frame);
      timeLine(frame, (i + 1) / frames);
      encoder.addFrameYuv(frame.bytes);
      progress((i + 1) / frames);
      await breathe();
    }
    encoder.finalize();
    const film = encoder.FS.readFile(encoder.outputFilename).slice();
    encoder.FS.unlink(encoder.outputFilename);
    return await repack(film, scene);
  } finally {
    encoder.delete();
  }
}
