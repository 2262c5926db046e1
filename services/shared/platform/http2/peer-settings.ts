import { ConnectionFault, errorCodes } from './errors.ts';
import type { Frame } from './frame-reader.ts';
import { frameBytesMax, settingIds, stockFrameBytes, windowBytesMax } from './frames.ts';

/** Settings in one frame at most. */
const settingsMax = 32;
const settingBytes = 6;
/** What a table of headers has that nobody limits. */
const stockTableBytes = 4_096;

/** What a peer's settings change; undefined for what they leave as it is. */
export interface PeerSettings {
  readonly windowBytes: number | undefined;
  readonly frameBytes: number | undefined;
  /** Whether the peer keeps a smaller table of headers than it has to. */
  readonly isTableSmaller: boolean;
}

/**
 * Reads what a frame with settings says, of what a server without push needs.
 * @throws {ConnectionFault} where a value is not allowed
 * @source RFC 9113, 6.5
 */
export function readSettings({ bytes, start, end }: Frame): PeerSettings {
  const length = end - start;
  if (length % settingBytes !== 0) {
    throw new ConnectionFault(errorCodes.frameSizeError, `settings of ${length} bytes`);
  }
  if (length > settingsMax * settingBytes) {
    throw new ConnectionFault(errorCodes.enhanceYourCalm, `more than ${settingsMax} settings`);
  }
  let windowBytes: number | undefined;
  let frameBytes: number | undefined;
  let isTableSmaller = false;
  for (let at = start; at < end; at += settingBytes) {
    const value = bytes.readUInt32BE(at + 2);
    switch (bytes.readUInt16BE(at)) {
      case settingIds.headerTableSize:
        isTableSmaller ||= value < stockTableBytes;
        break;
      case settingIds.enablePush:
        if (value > 1) throw notAllowed('ENABLE_PUSH', value, errorCodes.protocolError);
        break;
      case settingIds.initialWindowSize:
        if (value > windowBytesMax) {
          throw notAllowed('INITIAL_WINDOW_SIZE', value, errorCodes.flowControlError);
        }
        windowBytes = value;
        break;
      case settingIds.maxFrameSize:
        if (value < stockFrameBytes || value > frameBytesMax) {
          throw notAllowed('MAX_FRAME_SIZE', value, errorCodes.protocolError);
        }
        frameBytes = value;
        break;
      default: // the others are for servers that push or stream in priorities, or not known
    }
  }
  return { windowBytes, frameBytes, isTableSmaller };
}

function notAllowed(
  name: string,
  value: number,
  code: typeof errorCodes.protocolError | typeof errorCodes.flowControlError,
): ConnectionFault {
  return new ConnectionFault(code, `SETTINGS_${name} of ${value} is not allowed`);
}
