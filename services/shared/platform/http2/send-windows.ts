import type { BriefMap } from '../../policy/brief-map.ts';
import type { CallStream } from './call-stream.ts';
import { ConnectionFault, errorCodes, StreamFault } from './errors.ts';
import { windowBytesMax } from './frames.ts';
import type { Outbound } from './outbound.ts';

/**
 * How much the peer takes: widens the windows as it says, and sends what waited for them.
 * @source RFC 9113, 6.9
 */
export class SendWindows {
  readonly #outbound: Outbound;
  readonly #streams: BriefMap<number, CallStream>;

  constructor(outbound: Outbound, streams: BriefMap<number, CallStream>) {
    this.#outbound = outbound;
    this.#streams = streams;
  }

  /**
   * Widens the window of a stream, or of the connection where it is 0; that of a stream that is over is none.
   * @throws {ConnectionFault | StreamFault} for a window that grows by nothing, or too much
   */
  widen(streamId: number, bytes: number): void {
    if (bytes === 0) throw faultOf(errorCodes.protocolError, streamId);
    if (streamId === 0) {
      if (!this.#outbound.widen(bytes)) throw faultOf(errorCodes.flowControlError, 0);
      return;
    }
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    if (stream.sendWindowBytes + bytes > windowBytesMax) {
      throw faultOf(errorCodes.flowControlError, streamId);
    }
    stream.sendWindowBytes += bytes;
    this.#outbound.pump(stream);
  }

  /**
   * Takes another window for all streams, those that are open too.
   * @throws {ConnectionFault} where the window of one is too large then
   */
  setAll(bytes: number): void {
    const delta = bytes - this.#outbound.streamWindowBytes;
    this.#outbound.streamWindowBytes = bytes;
    this.#streams.forEach((stream) => {
      stream.sendWindowBytes += delta;
      if (stream.sendWindowBytes > windowBytesMax) throw faultOf(errorCodes.flowControlError, 0);
      if (delta > 0) this.#outbound.pump(stream);
    });
  }
}

function faultOf(
  code: typeof errorCodes.protocolError | typeof errorCodes.flowControlError,
  streamId: number,
): Error {
  const why =
    code === errorCodes.protocolError ? 'a window that grows by nothing' : 'a window of 2 GiB';
  return streamId === 0 ? new ConnectionFault(code, why) : new StreamFault(code, streamId, why);
}
