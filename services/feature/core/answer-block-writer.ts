import assert from 'node:assert/strict';
import { computeVersion } from '../../shared/compute/plan.ts';
import {
  type AnswerBlockHead,
  closeAnswerBlock,
  closingBytes,
  prefixBytes,
} from './answer-codec.ts';

/** The rows of one read as they were answered. */
export interface ServedAnswers {
  readonly featureSetHash: string;
  readonly rows: number;
  /** Entity keys, row-major: [rows, join keys]. */
  readonly keys: readonly string[];
  readonly atMs: Float64Array;
  readonly logOffset: number;
  /** [rows, view columns] row-major, with their statuses. */
  readonly values: Float64Array;
  readonly statuses: Uint8Array;
  /** 8 bytes a row. */
  readonly valueHashes: Uint8Array;
}

/** Rows [from, until) of a read. */
export interface RowRun {
  readonly from: number;
  readonly until: number;
}

/** 64 KiB: 0.05 ms of checksum and header; a call waits for one block at most, and larger ones showed in the slowest of a hundred. */
const blockBytesMax = 64 * 1_024;

const blockRowsMax = 512;

/** Room for the keys of a row and its part of the header, to begin with. */
const keyBytesGuess = 32;

/**
 * Collects answers of one feature set in the bytes of the record that keeps them: each row is copied once, as it is
 * answered, and the bytes are used again for the next record. The layout is that of answer-codec.ts for `rowsMax` rows;
 * a record of fewer is moved together at its end.
 */
export class AnswerBlockWriter {
  readonly featureSetHash: string;
  /** Rows that it has room for. */
  readonly rowsMax: number;
  readonly #version: number;
  readonly #columns: number;
  readonly #keyWidth: number;
  readonly #keysFrom: number;
  #bytes: Buffer;
  #keys: Buffer;
  #keyBytes = 0;
  #rows = 0;
  readonly #sections: readonly Section[];

  /** Makes one for rows of the shape of these, computed by this version of the arithmetic. */
  constructor({ featureSetHash, rows, keys, statuses }: ServedAnswers, version = computeVersion) {
    this.featureSetHash = featureSetHash;
    this.#version = version;
    this.#columns = statuses.length / rows;
    this.#keyWidth = keys.length / rows;
    const widths = sectionWidths(this.#columns);
    const rowBytes = widths.reduce((sum, width) => sum + width, 0);
    this.rowsMax = Math.max(1, Math.min(blockRowsMax, Math.floor(blockBytesMax / rowBytes)));
    this.#keysFrom = prefixBytes + this.rowsMax * rowBytes;
    this.#bytes = Buffer.allocUnsafeSlow(this.#keysFrom + this.rowsMax * keyBytesGuess);
    this.#keys = Buffer.allocUnsafeSlow(this.rowsMax * keyBytesGuess);
    let from = prefixBytes;
    this.#sections = widths.map((width) => {
      const section = { from, width };
      from += width * this.rowsMax;
      return section;
    });
  }

  /** Rows that it holds. */
  get rows(): number {
    return this.#rows;
  }

  get isFull(): boolean {
    return this.#rows === this.rowsMax;
  }

  /** Copies rows of a read, as many as there is room for, and gives the first that did not fit. */
  add(answers: ServedAnswers, { from, until }: RowRun): number {
    const end = Math.min(until, from + this.rowsMax - this.#rows);
    if (end <= from) return from;
    const columns = this.#columns;
    const [times, offsets, values, hashes, statuses] = this.#sections;
    this.#put(times, bytesOf(answers.atMs, from, end));
    this.#fillOffsets(offsets, answers.logOffset, end - from);
    this.#put(values, bytesOf(answers.values, from * columns, end * columns));
    this.#put(hashes, answers.valueHashes.subarray(from * 8, end * 8));
    this.#put(statuses, answers.statuses.subarray(from * columns, end * columns));
    const isWhole = from === 0 && end === answers.rows;
    const width = this.#keyWidth;
    this.#addKeys(isWhole ? answers.keys : answers.keys.slice(from * width, end * width));
    this.#rows += end - from;
    return end;
  }

  /**
   * Gives the record of what it holds, its first answer numbered so, with `tailBytes` behind it that are free. The bytes are
   * the writer's own: they stay until {@link reset}.
   */
  finish(firstAnswer: number): Uint8Array {
    assert(this.#rows > 0, 'a block has rows');
    const head: AnswerBlockHead = {
      firstAnswer,
      featureSetHash: this.featureSetHash,
      computeVersion: this.#version,
      rows: this.#rows,
      lastMs: this.#lastMs(),
    };
    const end = this.#moveTogether();
    const keyBytes = this.#keyBytes + 1;
    this.#keys[this.#keyBytes] = closingBracket;
    const shape = { columns: this.#columns, keyBytes };
    this.#reserve(end + keyBytes + closingBytes(head, shape));
    this.#bytes.set(this.#keys.subarray(0, keyBytes), end);
    return closeAnswerBlock(this.#bytes, end + keyBytes, head, shape);
  }

  /** Forgets what it holds. */
  reset(): void {
    this.#rows = 0;
    this.#keyBytes = 0;
  }

  #put(section: Section | undefined, rows: Uint8Array): void {
    assert(section !== undefined, 'a row has five sections');
    this.#bytes.set(rows, section.from + this.#rows * section.width);
  }

  #fillOffsets(section: Section | undefined, logOffset: number, rows: number): void {
    assert(section !== undefined, 'a row has five sections');
    const from = section.from + this.#rows * section.width;
    new Float64Array(this.#bytes.buffer, from, rows).fill(logOffset);
  }

  /** The keys stand as one JSON array over all rows. */
  #addKeys(keys: readonly string[]): void {
    const text = JSON.stringify(keys);
    // What UTF-8 takes at most, and the closing bracket.
    const most = this.#keyBytes + text.length * 3 + 1;
    if (most > this.#keys.length) this.#keys = grown(this.#keys, most);
    const isFirst = this.#keyBytes === 0;
    const at = this.#keyBytes;
    // Its closing bracket is written over: by the next rows' comma, or by the end.
    this.#keyBytes += this.#keys.write(text, at, 'utf8') - 1;
    if (!isFirst) this.#keys[at] = comma;
  }

  #lastMs(): number {
    const times = new Float64Array(this.#bytes.buffer, prefixBytes, this.#rows);
    let last = Number.NEGATIVE_INFINITY;
    for (const t of times) if (t > last) last = t;
    return last;
  }

  /** Closes the gaps of the rows that did not come, and gives where the keys go. */
  #moveTogether(): number {
    let at = prefixBytes;
    for (const { from, width } of this.#sections) {
      this.#bytes.copyWithin(at, from, from + width * this.#rows);
      at += width * this.#rows;
    }
    return at;
  }

  #reserve(bytes: number): void {
    if (bytes > this.#bytes.length) this.#bytes = grown(this.#bytes, bytes);
  }
}

/** One column of all rows. */
interface Section {
  /** Where it begins. */
  readonly from: number;
  /** Bytes of one row. */
  readonly width: number;
}

/** Bytes of a row in each section: times, log offsets, values, value hashes, statuses. */
function sectionWidths(columns: number): readonly number[] {
  return [8, 8, 8 * columns, 8, columns];
}

const comma = 0x2c;
const closingBracket = 0x5d;

function bytesOf(doubles: Float64Array, from: number, until: number): Uint8Array {
  return new Uint8Array(doubles.buffer, doubles.byteOffset + from * 8, (until - from) * 8);
}

function grown(bytes: Buffer, length: number): Buffer {
  const more = Buffer.allocUnsafeSlow(Math.max(length, 2 * bytes.length));
  more.set(bytes);
  return more;
}
