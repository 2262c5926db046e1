import type { SourceRows } from '../replay/source-rows.ts';
import { addTotals, type IngestTotals, noTotals } from '../rpc/ingest-stream.ts';
import { eventRows } from './event-rows.ts';
import type { LineChunk } from './line-chunks.ts';
import { type EventForm, type ParsedEvent, parseEventLine } from './parse-event-line.ts';

/** Some events of some lines. */
export interface LineBatch {
  readonly rows: SourceRows;
  /** How many events came before. */
  readonly firstPosition: number;
  /** Number of the line of each event. */
  readonly lines: readonly number[];
}

/** What came of an input so far. */
export interface IngestedLines {
  readonly totals: IngestTotals;
  readonly events: number;
  /** Number of the last line of what is durable; 0 before the first. */
  readonly lastLine: number;
}

/** What {@link ingestLines} works with. */
export interface IngestLinesPorts {
  /** Resolves when the events are durable. */
  readonly send: (batch: LineBatch) => Promise<IngestTotals>;
  /** Told after each batch. */
  readonly onDurable: (ingested: IngestedLines, chunk: LineChunk) => void;
}

/** Events of one batch, as the contract says. */
export const batchEventsMax = 4_096;

/**
 * Sends the events of an input, batch by batch; what comes in one piece is sent at once, so that a stream that pauses keeps nobody waiting. Empty lines
 * count for nothing. Nothing of a batch with a bad line is sent.
 * @throws {MeshError} as parseEventLine, and what `send` says
 */
export async function ingestLines(
  form: EventForm,
  chunks: AsyncIterable<LineChunk>,
  { send, onDurable }: IngestLinesPorts,
): Promise<IngestedLines> {
  let ingested: IngestedLines = { totals: noTotals, events: 0, lastLine: 0 };
  for await (const chunk of chunks) {
    for (const batch of batchesOf(form, chunk, ingested.events)) {
      const totals = addTotals(ingested.totals, await send(batch));
      ingested = {
        totals,
        events: ingested.events + batch.rows.rows,
        lastLine: batch.lines.at(-1) ?? ingested.lastLine,
      };
      onDurable(ingested, chunk);
    }
  }
  return ingested;
}

/** One after the other: a bad line in a later batch holds up no earlier one. */
function* batchesOf(
  form: EventForm,
  { lines, firstLine }: LineChunk,
  eventsBefore: number,
): Generator<LineBatch> {
  const numbered = lines
    .map((text, index) => ({ text, line: firstLine + index }))
    .filter(({ text }) => text.trim() !== '');
  for (let from = 0; from < numbered.length; from += batchEventsMax) {
    const part = numbered.slice(from, from + batchEventsMax);
    const events = part.map(({ text, line }): ParsedEvent => parseEventLine(form, text, line));
    yield {
      rows: eventRows(form.source, events),
      firstPosition: eventsBefore + from,
      lines: part.map(({ line }) => line),
    };
  }
}
