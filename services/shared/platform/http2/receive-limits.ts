/** How much a server takes from one connection before a handler has read it. All in bytes. */
export interface ReceiveLimits {
  /**
   * Receive window of one call: what its peer may send unasked. Default 1 MiB: an image tensor of 224 x 224 x 3 FP32 (602 KB) fits, and
   * more gained nothing when it was measured. At least 65,535, the window of HTTP/2 itself.
   */
  readonly streamBytesMax: number;
  /**
   * What the windows of all open calls of one connection should add up to. Default 64 MiB. Where more calls are open, each gets less, down to 65,535.
   */
  readonly connectionBytesMax: number;
  /** Largest HTTP/2 frame. Default 256 KiB: fewer, larger pieces to put together. 16,384 to 16,777,215. */
  readonly frameBytesMax: number;
}

/** The limits of a server that names none. */
export const receiveLimitsDefault: ReceiveLimits = {
  streamBytesMax: 1024 * 1024,
  connectionBytesMax: 64 * 1024 * 1024,
  frameBytesMax: 256 * 1024,
};

/** The window that HTTP/2 gives to each stream without being asked. */
export const stockWindowBytes = 65_535;

/**
 * Gives the receive window for each call of a connection on which `openStreams` calls are open and the window is `currentBytes` now: the
 * most out of streamBytesMax, its half, its quarter and so on with which all together stay within connectionBytesMax, and never less than
 * HTTP/2's own. It shrinks at once, and grows only where twice the calls would fit too: a number of calls that goes up and down changes nothing.
 */
export function receiveWindowBytes(
  openStreams: number,
  currentBytes: number,
  { streamBytesMax, connectionBytesMax }: ReceiveLimits,
): number {
  const fitting = windowFor(openStreams, streamBytesMax, connectionBytesMax);
  if (fitting <= currentBytes) return fitting;
  return Math.max(currentBytes, windowFor(openStreams * 2, streamBytesMax, connectionBytesMax));
}

function windowFor(streams: number, streamBytesMax: number, connectionBytesMax: number): number {
  let bytes = streamBytesMax;
  while (bytes > stockWindowBytes && bytes * streams > connectionBytesMax) {
    bytes = Math.floor(bytes / 2);
  }
  return Math.max(stockWindowBytes, bytes);
}
