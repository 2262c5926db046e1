import type { CallStream } from '../http2/call-stream.ts';
import { prefixBytes } from './message-assembly.ts';

// A copy of fewer bytes costs less than a second write.
const joinedBytesMax = 65_536;

/** Sends one message on a call; its bytes may not change until they have left. */
export function sendMessage(stream: CallStream, message: Buffer): void {
  const { length } = message;
  const isJoined = length <= joinedBytesMax;
  const frame = Buffer.allocUnsafe(prefixBytes + (isJoined ? length : 0));
  frame[0] = 0;
  frame.writeUInt32BE(length, 1);
  if (isJoined) message.copy(frame, prefixBytes);
  stream.send(frame);
  if (!isJoined) stream.send(message);
}
