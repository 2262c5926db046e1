import { ConnectionFault, errorCodes, StreamFault } from './errors.ts';
import type { Frame } from './frame-reader.ts';
import { frameTypes } from './frames.ts';
import { parentOf } from './header-blocks.ts';

const ofConnection: ReadonlySet<number> = new Set([
  frameTypes.settings,
  frameTypes.ping,
  frameTypes.goaway,
]);
const ofStream: ReadonlySet<number> = new Set([
  frameTypes.headers,
  frameTypes.priority,
  frameTypes.rstStream,
  frameTypes.continuation,
]);

/**
 * Holds a frame to the streams that it may be for.
 * @throws {ConnectionFault}
 */
export function checkStream({ type, streamId }: Frame): void {
  if (streamId === 0 ? ofStream.has(type) : ofConnection.has(type)) throw unexpected(type);
}

/**
 * Holds a frame to bytes of payload.
 * @throws {ConnectionFault}
 */
export function checkLength(
  { type, start, end }: Frame,
  least: number,
  most: number = least,
): void {
  const length = end - start;
  if (length >= least && length <= most) return;
  throw new ConnectionFault(
    errorCodes.frameSizeError,
    `a frame of type ${type} with ${length} bytes`,
  );
}

/**
 * Holds a priority, which is not used, to its form.
 * @throws {StreamFault}
 */
export function checkPriority({ streamId, bytes, start, end }: Frame): void {
  if (end - start !== 5) {
    throw new StreamFault(errorCodes.frameSizeError, streamId, 'a priority has 5 bytes');
  }
  if (parentOf(bytes, start) === streamId) {
    throw new StreamFault(errorCodes.protocolError, streamId, 'a stream that depends on itself');
  }
}

/** Gives the fault of a frame that may not come where it does. */
export function unexpected(type: number): ConnectionFault {
  return new ConnectionFault(
    errorCodes.protocolError,
    `a frame of type ${type} that may not come here`,
  );
}

/** Takes no frame of its type. @throws {ConnectionFault} */
export function refuseFrame({ type }: Frame): never {
  throw unexpected(type);
}
