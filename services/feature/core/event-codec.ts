import assert from 'node:assert/strict';
import type { EventTable, TextColumn } from './event-table.ts';

/** Events of one source as one record of the event log. */
export interface EventRecord {
  readonly source: string;
  /** When the service took the events, by its clock, epoch ms: from then on they were known. */
  readonly ingestedMs: number;
  readonly events: EventTable;
}

/** What a record says about itself before it is decoded. */
export interface EventRecordHead {
  readonly source: string;
  /** See {@link EventRecord}; 0 in a record that was written before it was kept: known at all times. */
  readonly ingestedMs: number;
  readonly rows: number;
  readonly firstSeq: number;
  /** Least and greatest visible time, epoch ms. */
  readonly firstTs: number;
  readonly lastTs: number;
}

interface Header extends EventRecordHead {
  readonly layout: 1;
  readonly numbers: readonly string[];
  readonly texts: readonly { readonly name: string; readonly dictionary: readonly string[] }[];
  readonly idBytes: number;
}

/** As it stands in a record, old ones among them. */
type StoredHeader = Omit<Header, 'ingestedMs'> & { readonly ingestedMs?: number };

/**
 * Writes a record: length of the header (uint32), padding (uint32), then little-endian columns (ts, numbers: float64; codes:
 * uint32), the ids as JSON, and the header as JSON at the end. Events of a record are numbered in a row.
 */
export function encodeEventRecord({ source, ingestedMs, events }: EventRecord): Buffer {
  const ids = Buffer.from(JSON.stringify(events.ids), 'utf8');
  const header: Header = {
    layout: 1,
    source,
    ingestedMs,
    rows: events.rows,
    firstSeq: events.seq[0] ?? 0,
    firstTs: minOf(events.ts),
    lastTs: maxOf(events.ts),
    numbers: [...events.numbers.keys()],
    texts: [...events.texts].map(([name, { dictionary }]) => ({ name, dictionary })),
    idBytes: ids.length,
  };
  const head = Buffer.from(JSON.stringify(header), 'utf8');
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32LE(head.length, 0);
  return Buffer.concat([
    prefix,
    ...[events.ts, ...events.numbers.values()].map(bytesOf),
    ...[...events.texts.values()].map((column) => bytesOf(column.codes)),
    ids,
    head,
  ]);
}

/** Reads what a record says about itself. */
export function readEventRecordHead(record: Uint8Array): EventRecordHead {
  return readHeader(record);
}

/** Reads a record. The table holds copies: the bytes may be reused. Ids are empty unless they are asked for. */
export function decodeEventRecord(
  record: Uint8Array,
  options: { readonly hasIds: boolean },
): EventRecord {
  const header = readHeader(record);
  const { rows } = header;
  let at = prefixBytes;
  const doubles = (): Float64Array => {
    const column = new Float64Array(copyOf(record, at, rows * 8));
    at += rows * 8;
    return column;
  };
  const ts = doubles();
  const numbers = new Map(header.numbers.map((name) => [name, doubles()]));
  const texts = new Map(
    header.texts.map(({ name, dictionary }): [string, TextColumn] => {
      const codes = new Uint32Array(copyOf(record, at, rows * 4));
      at += rows * 4;
      return [name, { dictionary, codes }];
    }),
  );
  const ids = options.hasIds ? readIds(record, at, header) : [];
  const seq = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) seq[row] = header.firstSeq + row;
  const { source, ingestedMs } = header;
  return { source, ingestedMs, events: { rows, ts, seq, numbers, texts, ids } };
}

const prefixBytes = 8;

function readHeader(record: Uint8Array): Header {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const length = view.getUint32(0, true);
  // Written by encodeEventRecord, and behind a checksum.
  const header = JSON.parse(textOf(record, record.length - length, record.length)) as StoredHeader;
  assert(header.layout === 1, `event record of layout ${String(header.layout)}`);
  return { ...header, ingestedMs: header.ingestedMs ?? 0 };
}

function readIds(record: Uint8Array, at: number, { idBytes }: Header): readonly string[] {
  return JSON.parse(textOf(record, at, at + idBytes)) as readonly string[];
}

/** A Buffer's own slice would share its memory, which need not be aligned. */
function copyOf(record: Uint8Array, from: number, bytes: number): ArrayBuffer {
  const copy = new Uint8Array(bytes);
  copy.set(record.subarray(from, from + bytes));
  return copy.buffer;
}

function textOf(record: Uint8Array, from: number, until: number): string {
  return Buffer.from(record.buffer, record.byteOffset + from, until - from).toString('utf8');
}

function bytesOf(column: Float64Array | Uint32Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

function minOf(values: Float64Array): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
}

function maxOf(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}
