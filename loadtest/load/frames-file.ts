import { readFileSync, writeFileSync } from 'node:fs';

/** Writes frames one after the other, each after its length: 4 bytes, little-endian. */
export function writeFrames(path: string, frames: readonly Buffer[]): void {
  const parts = frames.flatMap((frame) => {
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32LE(frame.length);
    return [length, frame];
  });
  writeFileSync(path, Buffer.concat(parts));
}

/** Reads what {@link writeFrames} wrote. */
export function readFrames(path: string): Buffer[] {
  const bytes = readFileSync(path);
  const frames: Buffer[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const length = bytes.readUInt32LE(offset);
    frames.push(bytes.subarray(offset + 4, offset + 4 + length));
    offset += 4 + length;
  }
  return frames;
}

/** Puts the 5-byte gRPC header (not compressed, length) before an encoded message. */
export function grpcFrame(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(5 + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, 5);
  return frame;
}
