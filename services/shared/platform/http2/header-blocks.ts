import { ConnectionFault, type ErrorCode, errorCodes, StreamFault } from './errors.ts';
import type { Frame } from './frame-reader.ts';
import { frameFlags } from './frames.ts';
import type { HeaderList } from './header-list.ts';
import { HeaderDecoder } from './hpack/header-decoder.ts';

/** Headers of a request: as many, and as large, as Node's HTTP/2 takes. */
export const headerLimits = { count: 128, bytes: 65_535 } as const;
const priorityBytes = 5;
/** Frames that a block may go on in. */
const continuationsMax = 8;

/** A header block that is whole. */
export interface HeaderBlock {
  readonly streamId: number;
  readonly isEnd: boolean;
  /** Undefined where they were more than {@link headerLimits}. */
  readonly headers: HeaderList | undefined;
  /** Whether the stream was said to depend on itself. */
  readonly isOwnParent: boolean;
}

/**
 * Puts header blocks together and decodes them.
 * @source RFC 9113, 4.3, 6.2 and 6.10
 */
export class HeaderBlocks {
  readonly #decoder = new HeaderDecoder(headerLimits);
  #open: Omit<HeaderBlock, 'headers'> | undefined;
  #parts: Buffer[] = [];
  #bytes = 0;

  /** Whether a block has begun and is not whole: no other frame may come. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Takes a frame with headers; gives the block when that is all of it. */
  begin(frame: Frame): HeaderBlock | undefined {
    const { flags, streamId, bytes } = frame;
    let { start, end } = frame;
    if ((flags & frameFlags.padded) !== 0) {
      end -= bytes[start] ?? 0;
      start += 1;
    }
    let isOwnParent = false;
    if ((flags & frameFlags.priority) !== 0) {
      isOwnParent = start + priorityBytes <= end && parentOf(bytes, start) === streamId;
      start += priorityBytes;
    }
    if (start > end) {
      throw new ConnectionFault(errorCodes.protocolError, 'headers with more padding than bytes');
    }
    const begun = { streamId, isEnd: (flags & frameFlags.endStream) !== 0, isOwnParent };
    if ((flags & frameFlags.endHeaders) !== 0) {
      const headers = this.#decoder.decode(bytes, start, end);
      return { streamId, isEnd: begun.isEnd, isOwnParent, headers };
    }
    this.#open = begun;
    this.#parts = [Buffer.from(bytes.subarray(start, end))];
    this.#bytes = end - start;
    return undefined;
  }

  /** Takes what a block goes on with. */
  goOn({ flags, streamId, bytes, start, end }: Frame): HeaderBlock | undefined {
    const open = this.#open;
    if (open?.streamId !== streamId) {
      throw new ConnectionFault(errorCodes.protocolError, 'headers go on that had not begun');
    }
    this.#parts.push(Buffer.from(bytes.subarray(start, end)));
    this.#bytes += end - start;
    if (this.#parts.length > continuationsMax + 1 || this.#bytes > headerLimits.bytes) {
      throw new ConnectionFault(
        errorCodes.enhanceYourCalm,
        `headers of more than ${headerLimits.bytes} bytes, or in more than ${continuationsMax + 1} frames`,
      );
    }
    if ((flags & frameFlags.endHeaders) === 0) return undefined;
    const whole = Buffer.concat(this.#parts);
    this.#open = undefined;
    this.#parts = [];
    return { ...open, headers: this.#decoder.decode(whole, 0, whole.length) };
  }
}

/**
 * Gives the headers of a block that begins a request.
 * @throws {StreamFault} where they are too many, or HTTP/2 allows no such request
 */
export function requestOf({ streamId, headers, isOwnParent }: HeaderBlock): HeaderList {
  const fault = (code: ErrorCode, why: string): StreamFault => new StreamFault(code, streamId, why);
  if (headers === undefined) throw fault(errorCodes.enhanceYourCalm, 'too many headers');
  if (isOwnParent || !headers.isWholeRequest()) {
    throw fault(errorCodes.protocolError, 'no request that HTTP/2 allows');
  }
  return headers;
}

/** Gives the stream that a priority at `at` depends on. */
export function parentOf(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) & 0x7fffffff;
}
