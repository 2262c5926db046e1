import { ByteReader, stateCorrupt } from '../../../shared/compute/byte-reader.ts';
import { ByteWriter } from '../../../shared/compute/byte-writer.ts';
import { corruptRemedy } from '../corrupt-remedy.ts';
import type { ColumnCounts } from '../statistics/column-counter.ts';
import type { CountList } from '../statistics/plain-counts.ts';
import type { CohortCounts, WindowCounts } from './window-counts.ts';

/** First byte: how the rest is to be read. */
const layout = 1;
const what = 'counts of a window';

/** Writes counts in a form that {@link readCounts} reads back: most bins of a minute are empty, so a run of zeros takes two bytes. O(bins). */
export function writeCounts(counts: WindowCounts<CountList>): Uint8Array {
  const writer = new ByteWriter(4_096);
  writer.byte(layout);
  const { cohorts, inputs, outputs, outputSums, entities } = counts;
  for (const { answers, degraded, latencies } of [cohorts.model, cohorts.control]) {
    writer.unsigned(answers);
    writer.unsigned(degraded);
    writeRuns(writer, latencies);
  }
  writeColumns(writer, inputs);
  writeColumns(writer, outputs);
  writer.unsigned(outputSums.rows);
  writer.unsigned(outputSums.notFinite);
  writer.signed(outputSums.units);
  writer.unsigned(entities.requests);
  writeRuns(writer, entities.cells);
  return writer.toBytes();
}

/**
 * Reads what {@link writeCounts} wrote. O(bins).
 * @throws {MeshError} DATA_LOSS / STATE_CORRUPT when it is something else
 */
export function readCounts(bytes: Uint8Array): WindowCounts {
  const reader = readerOf(bytes);
  const cohorts = { model: readCohort(reader), control: readCohort(reader) };
  const [inputs, outputs] = [readColumns(reader), readColumns(reader)];
  const outputSums = {
    rows: reader.unsigned(),
    notFinite: reader.unsigned(),
    units: reader.signed(),
  };
  const entities = { requests: reader.unsigned(), cells: readRuns(reader) };
  reader.end();
  return { cohorts, inputs, outputs, outputSums, entities };
}

/**
 * Gives the bytes of what was written and other counts over the same columns, added up; to the byte what {@link writeCounts} gives of the sum. What is on disk is read as
 * it is written anew: lists of its own for each minute would be most of what the collector has to do.
 * @throws {MeshError} DATA_LOSS / STATE_CORRUPT as {@link readCounts}
 */
export function addToWritten(bytes: Uint8Array, counts: WindowCounts<CountList>): Uint8Array {
  const sum = new WrittenSum(bytes);
  const { cohorts, inputs, outputs, outputSums, entities } = counts;
  for (const { answers, degraded, latencies } of [cohorts.model, cohorts.control]) {
    sum.unsigned(answers);
    sum.unsigned(degraded);
    sum.runs(latencies);
  }
  sum.columns(inputs);
  sum.columns(outputs);
  sum.unsigned(outputSums.rows);
  sum.unsigned(outputSums.notFinite);
  sum.signed(outputSums.units);
  sum.unsigned(entities.requests);
  sum.runs(entities.cells);
  return sum.end();
}

/** Adds to what was written, from its begin to its end. */
class WrittenSum {
  readonly #reader: ByteReader;
  readonly #writer: ByteWriter;

  constructor(bytes: Uint8Array) {
    this.#reader = readerOf(bytes);
    this.#writer = new ByteWriter(bytes.length + 1_024);
    this.#writer.byte(layout);
  }

  unsigned(value: number): void {
    this.#writer.unsigned(this.#reader.unsigned() + value);
  }

  signed(value: number): void {
    this.#writer.signed(this.#reader.signed() + value);
  }

  columns(columns: readonly ColumnCounts<CountList>[]): void {
    this.#same(columns.length);
    for (const { rows, missing, unseen, bins, categories } of columns) {
      this.unsigned(rows);
      this.unsigned(missing);
      this.unsigned(unseen);
      this.runs(bins);
      this.runs(categories);
    }
  }

  runs(values: CountList): void {
    const { length } = values;
    this.#same(length);
    let zeros = 0;
    for (let index = 0; index < length; ) {
      const stored = this.#reader.signed();
      const end = index + (stored === 0 ? readZeros(this.#reader, length - index) : 1);
      for (; index < end; index += 1) {
        const value = stored + (values[index] ?? 0);
        if (value === 0) {
          zeros += 1;
          continue;
        }
        writeZeros(this.#writer, zeros);
        zeros = 0;
        this.#writer.signed(value);
      }
    }
    writeZeros(this.#writer, zeros);
  }

  end(): Uint8Array {
    this.#reader.end();
    return this.#writer.written();
  }

  #same(length: number): void {
    const found = this.#reader.unsigned();
    if (found !== length) throw corrupt(`wanted a list of ${length}, got one of ${found}`);
    this.#writer.unsigned(length);
  }
}

function readerOf(bytes: Uint8Array): ByteReader {
  const reader = new ByteReader(bytes, what, corruptRemedy);
  const found = reader.byte();
  if (found !== layout) throw corrupt(`wanted layout ${layout}, got ${found}`);
  return reader;
}

/** Reads the length of a run of zeros, of which there is room for so many. */
function readZeros(reader: ByteReader, room: number): number {
  const zeros = reader.unsigned();
  if (zeros === 0 || zeros > room) throw corrupt('a run of zeros is too long');
  return zeros;
}

function readCohort(reader: ByteReader): CohortCounts {
  return { answers: reader.unsigned(), degraded: reader.unsigned(), latencies: readRuns(reader) };
}

function writeColumns(writer: ByteWriter, columns: readonly ColumnCounts<CountList>[]): void {
  writer.unsigned(columns.length);
  for (const { rows, missing, unseen, bins, categories } of columns) {
    writer.unsigned(rows);
    writer.unsigned(missing);
    writer.unsigned(unseen);
    writeRuns(writer, bins);
    writeRuns(writer, categories);
  }
}

function readColumns(reader: ByteReader): readonly ColumnCounts[] {
  const columns = reader.unsigned();
  const found: ColumnCounts[] = [];
  for (let column = 0; column < columns; column += 1) {
    found.push({
      rows: reader.unsigned(),
      missing: reader.unsigned(),
      unseen: reader.unsigned(),
      bins: readRuns(reader),
      categories: readRuns(reader),
    });
  }
  return found;
}

/** Writes how many there are, then each; 0 and a length stand for a run of zeros. */
function writeRuns(writer: ByteWriter, values: CountList): void {
  writer.unsigned(values.length);
  let zeros = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    if (value === 0) {
      zeros += 1;
      continue;
    }
    writeZeros(writer, zeros);
    zeros = 0;
    writer.signed(value);
  }
  writeZeros(writer, zeros);
}

function writeZeros(writer: ByteWriter, zeros: number): void {
  if (zeros === 0) return;
  writer.signed(0);
  writer.unsigned(zeros);
}

function readRuns(reader: ByteReader): readonly number[] {
  const length = reader.unsigned();
  const values: number[] = [];
  while (values.length < length) {
    const value = reader.signed();
    if (value !== 0) {
      values.push(value);
      continue;
    }
    const zeros = readZeros(reader, length - values.length);
    for (let index = 0; index < zeros; index += 1) values.push(0);
  }
  return values;
}

function corrupt(problem: string): Error {
  return stateCorrupt(what, problem, corruptRemedy);
}
