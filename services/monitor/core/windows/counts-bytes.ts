import { ByteReader, stateCorrupt } from '../../../shared/compute/byte-reader.ts';
import { ByteWriter } from '../../../shared/compute/byte-writer.ts';
import type { ColumnCounts } from '../statistics/column-counter.ts';
import type { CohortCounts, WindowCounts } from './window-counts.ts';

/** First byte: how the rest is to be read. */
const layout = 1;

/** Writes counts in a form that {@link readCounts} reads back: most bins of a minute are empty, so a run of zeros takes two bytes. O(bins). */
export function writeCounts(counts: WindowCounts): Uint8Array {
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
  const reader = new ByteReader(bytes, 'counts of a window');
  const found = reader.byte();
  if (found !== layout) throw corrupt(`wanted layout ${layout}, got ${found}`);
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

function readCohort(reader: ByteReader): CohortCounts {
  return { answers: reader.unsigned(), degraded: reader.unsigned(), latencies: readRuns(reader) };
}

function writeColumns(writer: ByteWriter, columns: readonly ColumnCounts[]): void {
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
function writeRuns(writer: ByteWriter, values: readonly number[]): void {
  writer.unsigned(values.length);
  let zeros = 0;
  for (const value of values) {
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
    const zeros = reader.unsigned();
    if (zeros === 0 || zeros > length - values.length) throw corrupt('a run of zeros is too long');
    for (let index = 0; index < zeros; index += 1) values.push(0);
  }
  return values;
}

function corrupt(problem: string): Error {
  return stateCorrupt('counts of a window', problem);
}
