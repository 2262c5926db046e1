/**
 * Types of frames.
 * @source RFC 9113, 6
 */
export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** Flags of frames; which of them counts depends on the type. */
export const frameFlags = {
  endStream: 0x1,
  ack: 0x1,
  endHeaders: 0x4,
  padded: 0x8,
  priority: 0x20,
} as const;

/**
 * Numbers of settings.
 * @source RFC 9113, 6.5.2
 */
export const settingIds = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

/** Bytes before the payload of each frame. */
export const frameHeadBytes = 9;
/** Largest payload that a peer takes that has said nothing. */
export const stockFrameBytes = 16_384;
/** Largest payload there is. */
export const frameBytesMax = 2 ** 24 - 1;
/** Largest window there is. */
export const windowBytesMax = 2 ** 31 - 1;
/** What a client sends first. */
export const clientPreface: Uint8Array = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
/** Largest id of a stream. */
export const streamIdMax = 2 ** 31 - 1;
