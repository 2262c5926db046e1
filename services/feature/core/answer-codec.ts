import assert from 'node:assert/strict';

/** Answers of one feature set as one record of the log of answers, columnar. Nobody changes the arrays. */
export interface AnswerBlock {
  /** Number of the first answer; those of a block are numbered in a row, from 1 over the whole log. */
  readonly firstAnswer: number;
  readonly featureSetHash: string;
  /** Version of the arithmetic that computed them. */
  readonly computeVersion: number;
  readonly rows: number;
  /** Entity keys, row-major: [rows, join keys]. */
  readonly keys: readonly string[];
  /** Time t of each answer, epoch ms. */
  readonly atMs: Float64Array;
  /** Log offset L of each answer. */
  readonly logOffsets: Float64Array;
  /** [rows, view columns] row-major, with their statuses. */
  readonly values: Float64Array;
  readonly statuses: Uint8Array;
  /** What each answer was stamped with: 8 bytes a row. */
  readonly valueHashes: Uint8Array;
}

/** What a block says about itself before it is decoded. */
export type AnswerBlockHead = Pick<
  AnswerBlock,
  'firstAnswer' | 'featureSetHash' | 'computeVersion' | 'rows'
> & {
  /** Greatest time t, epoch ms. */
  readonly lastMs: number;
};

/** What a block says about itself beside its head. */
export interface AnswerBlockShape {
  readonly columns: number;
  /** Bytes of the keys as JSON. */
  readonly keyBytes: number;
}

interface Header extends AnswerBlockHead, AnswerBlockShape {
  readonly layout: 1;
}

/**
 * Bytes before the first column. A block is: length of the header (uint32), padding (uint32), then little-endian columns
 * (times, log offsets, values: float64; value hashes: 8 bytes; statuses: a byte), the keys as JSON, and the header as JSON.
 */
export const prefixBytes = 8;

/** Bytes that are left free behind a block, for the checksum of whoever stores it. */
export const tailBytes = 4;

function headerText(head: AnswerBlockHead, shape: AnswerBlockShape): string {
  return JSON.stringify({ layout: 1, ...head, ...shape } satisfies Header);
}

/** Gives how many bytes {@link closeAnswerBlock} adds. */
export function closingBytes(head: AnswerBlockHead, shape: AnswerBlockShape): number {
  return headerText(head, shape).length + tailBytes;
}

/**
 * Writes prefix and header around columns and keys, which end at `end`. Gives the whole block, a part of `bytes`, with
 * {@link tailBytes} behind it that are not written.
 */
export function closeAnswerBlock(
  bytes: Buffer,
  end: number,
  head: AnswerBlockHead,
  shape: AnswerBlockShape,
): Uint8Array {
  const header = headerText(head, shape);
  bytes.fill(0, 0, prefixBytes);
  bytes.writeUInt32LE(header.length, 0);
  // Hashes and numbers alone: one byte a character.
  return bytes.subarray(0, end + bytes.write(header, end, 'latin1') + tailBytes);
}

/** Reads what a block says about itself. */
export function readAnswerBlockHead(bytes: Uint8Array): AnswerBlockHead {
  return readHeader(bytes);
}

/** Reads a block. It holds copies: the bytes may be reused. */
export function decodeAnswerBlock(bytes: Uint8Array): AnswerBlock {
  const header = readHeader(bytes);
  const { firstAnswer, featureSetHash, computeVersion, rows, columns, keyBytes } = header;
  let at = prefixBytes;
  const take = (length: number): Uint8Array<ArrayBuffer> => {
    const copy = Uint8Array.from(bytes.subarray(at, at + length));
    at += length;
    return copy;
  };
  const doubles = (count: number): Float64Array => new Float64Array(take(count * 8).buffer);
  const atMs = doubles(rows);
  const logOffsets = doubles(rows);
  const values = doubles(rows * columns);
  const valueHashes = take(rows * 8);
  const statuses = take(rows * columns);
  // Written by closeAnswerBlock, and behind a checksum.
  const keys = JSON.parse(textOf(bytes, at, at + keyBytes)) as readonly string[];
  return {
    firstAnswer,
    featureSetHash,
    computeVersion,
    rows,
    keys,
    atMs,
    logOffsets,
    values,
    statuses,
    valueHashes,
  };
}

function readHeader(bytes: Uint8Array): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  // Written by closeAnswerBlock, and behind a checksum.
  const header = JSON.parse(textOf(bytes, bytes.length - length, bytes.length)) as Header;
  assert(header.layout === 1, `block of answers of layout ${String(header.layout)}`);
  return header;
}

function textOf(bytes: Uint8Array, from: number, until: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, until - from).toString('utf8');
}
