import assert from 'node:assert/strict';
import { type BatchIds, idTexts } from './batch-ids.ts';
import { type EventTable, pickRows, type TextColumn } from './event-table.ts';

/** Events of one source. */
export interface SourceEvents {
  readonly source: string;
  /** Numbered in a row; the events of a record that was decoded leave out those that do not count. */
  readonly events: EventTable;
}

/** Events of one source as one record of the event log. */
export interface EventRecord extends SourceEvents {
  /** When the service took the events, by its clock, epoch ms: from then on they were known. */
  readonly ingestedMs: number;
}

/** A record as it is written: all events, whether they count, and who they are. */
export interface WholeRecord extends EventRecord {
  readonly ids: BatchIds;
  /** One of {@link eventMarks} a row; undefined where all events count. */
  readonly marks: Uint8Array | undefined;
}

/** Why an event of the log counts or does not: part of the log, so that whoever reads it decides the same. */
export const eventMarks = { kept: 0, droppedAsLate: 1, erased: 2 } as const;

/** What a record says about itself before it is decoded. */
export interface EventRecordHead {
  readonly source: string;
  /** See {@link EventRecord}; 0 in a record that was written before it was kept: known at all times. */
  readonly ingestedMs: number;
  /** All events, those that do not count among them. */
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
  /** 0 where `place` says who the events are. */
  readonly idBytes: number;
  readonly place?: { readonly partition: string; readonly first: number };
  readonly hasMarks?: true;
}

/** As it stands in a record, old ones among them. */
type StoredHeader = Omit<Header, 'ingestedMs'> & { readonly ingestedMs?: number };

/**
 * Writes a record: length of the header (uint32), padding (uint32), then little-endian columns (ts, numbers: float64; codes:
 * uint32; marks: bytes), ids as JSON where they are texts, and the header as JSON at the end.
 */
export function encodeEventRecord(record: WholeRecord): Buffer {
  const { source, ingestedMs, events, ids, marks } = record;
  const texts = Buffer.from(ids.kind === 'texts' ? JSON.stringify(ids.texts) : '', 'utf8');
  const header: Header = {
    layout: 1,
    source,
    ingestedMs,
    rows: events.rows,
    firstSeq: events.seq[0] ?? 0,
    ...timesOf(events.ts),
    numbers: [...events.numbers.keys()],
    texts: [...events.texts].map(([name, { dictionary }]) => ({ name, dictionary })),
    idBytes: texts.length,
    ...(ids.kind === 'texts' ? {} : { place: { partition: ids.partition, first: ids.first } }),
    ...(marks === undefined ? {} : { hasMarks: true }),
  };
  const head = Buffer.from(JSON.stringify(header), 'utf8');
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32LE(head.length, 0);
  return Buffer.concat([
    prefix,
    ...[events.ts, ...events.numbers.values()].map(bytesOf),
    ...[...events.texts.values()].map((column) => bytesOf(column.codes)),
    ...(marks === undefined ? [] : [marks]),
    texts,
    head,
  ]);
}

/** Reads what a record says about itself. */
export function readEventRecordHead(record: Uint8Array): EventRecordHead {
  return readHeader(record);
}

/**
 * Reads the events of a record that count. The table holds copies: the bytes may be reused. Ids are empty unless they are
 * asked for.
 */
export function decodeEventRecord(
  record: Uint8Array,
  options: { readonly hasIds: boolean },
): EventRecord {
  const { source, ingestedMs, events, ids, marks } = decodeWholeRecord(record);
  const named = options.hasIds ? { ...events, ids: idTexts(ids, events.rows) } : events;
  const counting = marks === undefined ? named : pickRows(named, keptRows(marks));
  return { source, ingestedMs, events: counting };
}

/** Gives the rows, ascending, of the events that count. */
export function keptRows(marks: Uint8Array): Uint32Array {
  const rows = new Uint32Array(marks.length);
  let count = 0;
  for (let row = 0; row < marks.length; row += 1) {
    if (marks[row] !== eventMarks.kept) continue;
    rows[count] = row;
    count += 1;
  }
  return rows.subarray(0, count);
}

/** Reads all of a record, also events that do not count. */
export function decodeWholeRecord(record: Uint8Array): WholeRecord {
  const header = readHeader(record);
  const { rows } = header;
  let at = prefixBytes;
  const take = (bytes: number): ArrayBuffer => {
    const copy = copyOf(record, at, bytes);
    at += bytes;
    return copy;
  };
  const ts = new Float64Array(take(rows * 8));
  const numbers = new Map(header.numbers.map((name) => [name, new Float64Array(take(rows * 8))]));
  const texts = new Map(
    header.texts.map(({ name, dictionary }): [string, TextColumn] => [
      name,
      { dictionary, codes: new Uint32Array(take(rows * 4)) },
    ]),
  );
  const marks = header.hasMarks === true ? new Uint8Array(take(rows)) : undefined;
  const seq = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) seq[row] = header.firstSeq + row;
  const { source, ingestedMs } = header;
  const events = { rows, ts, seq, numbers, texts, ids: [] };
  return { source, ingestedMs, events, ids: readIds(record, at, header), marks };
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

function readIds(record: Uint8Array, at: number, { idBytes, place }: Header): BatchIds {
  if (place !== undefined) return { kind: 'positions', ...place };
  const texts = JSON.parse(textOf(record, at, at + idBytes)) as readonly string[];
  return { kind: 'texts', texts };
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

function timesOf(ts: Float64Array): { readonly firstTs: number; readonly lastTs: number } {
  let firstTs = Number.POSITIVE_INFINITY;
  let lastTs = Number.NEGATIVE_INFINITY;
  for (const time of ts) {
    if (time < firstTs) firstTs = time;
    if (time > lastTs) lastTs = time;
  }
  return { firstTs, lastTs };
}
