import { ByteReader, stateCorrupt } from '../../shared/compute/byte-reader.ts';
import { ByteWriter } from '../../shared/compute/byte-writer.ts';
import { corruptRemedy } from '../core/corrupt-remedy.ts';

/** First byte of a segment: how the rest is to be read. */
const layout = 1;
const what = 'a block of the log of predictions';

/** What one batch has added to a block: records of some of its places. */
export interface Segment {
  /** Places that it has records of, one a bit. */
  readonly mask: number;
  /** The records, by place. */
  readonly body: Uint8Array;
}

/** Gives the segments of a block, in the order in which they were added. @throws {MeshError} DATA_LOSS / STATE_CORRUPT */
export function segmentsOf(block: Uint8Array): readonly Segment[] {
  const reader = new ByteReader(block, what, corruptRemedy);
  const segments: Segment[] = [];
  while (!reader.isAtEnd) {
    const found = reader.byte();
    if (found !== layout)
      throw stateCorrupt(what, `wanted layout ${layout}, got ${found}`, corruptRemedy);
    const mask = reader.uint32();
    segments.push({ mask, body: reader.bytes(reader.unsigned()) });
  }
  return segments;
}

/** Reads the records of a segment. */
export class SegmentReader {
  readonly #reader: ByteReader;
  readonly #texts: string[] = [];

  constructor({ body }: Segment) {
    this.#reader = new ByteReader(bufferOf(body), what, corruptRemedy);
  }

  unsigned(): number {
    return this.#reader.unsigned();
  }

  float64(): number {
    return this.#reader.float64();
  }

  bytes(): Buffer {
    return bufferOf(this.#reader.bytes(this.#reader.unsigned()));
  }

  text(): string {
    return this.bytes().toString('utf8');
  }

  sharedText(): string {
    const number = this.#reader.unsigned();
    const known = this.#texts[number];
    if (known !== undefined) return known;
    const text = this.text();
    this.#texts.push(text);
    return text;
  }

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when there is more */
  end(): void {
    this.#reader.end();
  }
}

/** Writes a block: segments, each with its own texts. What it gives is good until the next block is begun. */
export class SegmentWriter {
  readonly #block = new ByteWriter(16_384);
  readonly #body = new ByteWriter(16_384);
  readonly #texts: string[] = [];

  /** Begins a block with what it holds already. */
  begin(known: Uint8Array | undefined): void {
    this.#block.clear();
    if (known !== undefined) this.#block.bytes(known);
  }

  unsigned(value: number): void {
    this.#body.unsigned(value);
  }

  float64(value: number): void {
    this.#body.float64(value);
  }

  bytes(values: Uint8Array): void {
    this.#body.unsigned(values.length);
    this.#body.bytes(values);
  }

  text(text: string): void {
    if (!isAscii(text)) {
      this.bytes(Buffer.from(text));
      return;
    }
    this.#body.unsigned(text.length);
    for (let index = 0; index < text.length; index += 1) this.#body.byte(text.charCodeAt(index));
  }

  /** Writes a text that many records of the segment have: once, then its number. */
  sharedText(text: string): void {
    const known = this.#texts.indexOf(text);
    this.#body.unsigned(known === -1 ? this.#texts.length : known);
    if (known !== -1) return;
    this.#texts.push(text);
    this.text(text);
  }

  /** Ends a segment, of these places. */
  end(mask: number): void {
    this.#block.byte(layout);
    this.#block.uint32(mask);
    this.#block.unsigned(this.#body.length);
    this.#block.bytes(this.#body.written());
    this.#body.clear();
    this.#texts.length = 0;
  }

  /** Gives the block. */
  written(): Uint8Array {
    return this.#block.written();
  }
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 127) return false;
  }
  return true;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
