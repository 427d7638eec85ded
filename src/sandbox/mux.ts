import { BufferTarget, type EncodedPacket, EncodedVideoPacketSource, Mp4OutputFormat, Output } from 'mediabunny';

/** H.264 packets, in order and evenly spaced, as an MP4 that plays and seeks at once: index in front, a table of key frames. */
export async function mux(
  packets: AsyncIterable<EncodedPacket> | Iterable<EncodedPacket>,
  decoderConfig: VideoDecoderConfig,
  framesPerSecond: number,
): Promise<Uint8Array> {
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target });
  const track = new EncodedVideoPacketSource('avc');
  output.addVideoTrack(track, { frameRate: framesPerSecond });
  await output.start();
  let frame = 0;
  for await (const packet of packets) {
    const timed = packet.clone({ timestamp: frame++ / framesPerSecond, duration: 1 / framesPerSecond });
    await track.add(timed, { decoderConfig });
  }
  await output.finalize();
  if (!target.buffer) throw new Error('The film could not be put together.');
  return new Uint8Array(target.buffer);
}
