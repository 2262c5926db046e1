import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { computeVersion } from '../../shared/compute/plan.ts';
import type { AssembledRows } from '../core/training-set.ts';
import type { RowBatch, RowFiles, RowNames } from '../ports.ts';
import type { ExampleBlock } from './example-blocks.ts';
import type { SetPlan } from './set-plan.ts';
import { writeWhole } from './whole-file.ts';

/** What an unfinished set goes on with: the same logs and the same blocks. */
export interface SetState {
  readonly logOffset: number;
  readonly answersBefore: number;
  readonly blocks: readonly ExampleBlock[];
  /** Examples without an answer of each block that was begun. */
  readonly withoutAnswer: readonly number[];
}

/** Columns of a set's files beside those of the model, in front of them. */
const exampleColumns = { id: '_event_id', at: '_at_ms', label: '_label' } as const;

/** Rows that are read back at once. */
const messageRowsMax = 8_192;

/**
 * The files of one set. A set that is not finished lies in a folder of its own, named by what was asked: who asks again,
 * after a crash, finds the blocks that were done. A finished one is moved to its place at once.
 */
export class SetFiles {
  readonly #rowFiles: RowFiles;
  readonly #plan: SetPlan;
  readonly #unfinished: string;
  readonly #folder: string;

  /** `folder` holds the sets. */
  constructor(rowFiles: RowFiles, plan: SetPlan, folder: string) {
    this.#rowFiles = rowFiles;
    this.#plan = plan;
    this.#folder = folder;
    this.#unfinished = join(folder, `unfinished-${requestHash(plan).slice(0, 16)}`);
  }

  /** Gives what an earlier attempt at the same set began with; undefined when there was none. */
  state(): SetState | undefined {
    const path = join(this.#unfinished, stateFile);
    // Written by this file, by rename: it is whole or not there. JSON has no infinity, which stands as null.
    if (!existsSync(path)) return undefined;
    const { blocks, ...state } = JSON.parse(readFileSync(path, 'utf8')) as SetState;
    const hashMax = (block: ExampleBlock): number => block.hashMax ?? Number.POSITIVE_INFINITY;
    return { ...state, blocks: blocks.map((block) => ({ ...block, hashMax: hashMax(block) })) };
  }

  /** Begins a set. @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL */
  begin(state: SetState): void {
    rmSync(this.#unfinished, { recursive: true, force: true });
    mkdirSync(this.#unfinished, { recursive: true });
    this.note(state);
  }

  /** Notes how a set that was begun stands; before a block that it tells of. @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL */
  note(state: SetState): void {
    writeWhole(join(this.#unfinished, stateFile), state);
  }

  /** Whether a block is there, whole. */
  hasBlock(index: number): boolean {
    return existsSync(this.#blockPath(index));
  }

  /** Writes a block. @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL */
  async writeBlock(
    index: number,
    rows: readonly AssembledRows[],
    signal: AbortSignal,
  ): Promise<void> {
    const content = { names: this.#names(), batches: rows.map(batchOf) };
    await this.#rowFiles.write(this.#blockPath(index), content, signal);
  }

  /** Gives the rows of a block as they were written. @throws {MeshError} DATA_LOSS / STATE_CORRUPT */
  async *readBlock(index: number, signal: AbortSignal): AsyncGenerator<AssembledRows> {
    let batches: RowBatch[] = [];
    let rows = 0;
    for await (const batch of this.#rowFiles.read(this.#blockPath(index), this.#names(), signal)) {
      batches.push(batch);
      rows += batch.rows;
      if (rows + batch.rows <= messageRowsMax) continue;
      yield assembledOf(batches);
      batches = [];
      rows = 0;
    }
    if (rows > 0) yield assembledOf(batches);
  }

  /** Puts the finished set in its place, with its manifest; gives the folder. @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL */
  finish(manifest: { readonly dataHash: string }): string {
    writeWhole(join(this.#unfinished, 'manifest.json'), manifest);
    rmSync(join(this.#unfinished, stateFile));
    const { name } = this.#plan.model;
    const place = join(
      this.#folder,
      `${name}-${this.#plan.mode}-${manifest.dataHash.slice(0, 16)}`,
    );
    rmSync(place, { recursive: true, force: true });
    renameSync(this.#unfinished, place);
    return place;
  }

  #blockPath(index: number): string {
    return join(this.#unfinished, blockFile(index));
  }

  #names(): RowNames {
    const { id, at, label } = exampleColumns;
    const columns = this.#plan.model.featureSet.columns.map((column) => column.name);
    return { texts: [id], numbers: [at, label, ...columns] };
  }
}

/** Gives the name of a block's file. */
export function blockFile(index: number): string {
  return `rows-${String(index).padStart(5, '0')}.parquet`;
}

const stateFile = 'state.json';

/** All that decides the rows of a set, but the ends of the logs. */
function requestHash(plan: SetPlan): string {
  const { model, fromMs, untilMs, rowsMax, seed, mode, answerAgeMaxMs } = plan;
  const { featureSet, pipeline } = model;
  const { examples, at, label } = pipeline;
  const choice = { fromMs, untilMs, rowsMax, seed, mode, answerAgeMaxMs };
  const asked = { ...choice, examples, at, label, computeVersion };
  const content = canonicalJson({ model: featureSet.name, set: featureSet.hash, ...asked });
  return createHash('sha256').update(content).digest('hex');
}

function batchOf({
  rows: { rows, columns, eventIds, atMs, labels },
  values,
}: AssembledRows): RowBatch {
  const numbers = [atMs, Float64Array.from(labels)];
  for (let column = 0; column < columns; column += 1) {
    const values64 = new Float64Array(rows);
    for (let row = 0; row < rows; row += 1) values64[row] = values[row * columns + column] ?? 0;
    numbers.push(values64);
  }
  return { rows, texts: [eventIds], numbers };
}

function assembledOf(batches: readonly RowBatch[]): AssembledRows {
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const joined = (column: number): Float64Array => {
    const whole = new Float64Array(rows);
    let at = 0;
    for (const { numbers } of batches) {
      const part = numbers[column] ?? new Float64Array(0);
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  };
  const columns = (batches[0]?.numbers.length ?? 2) - 2;
  const values = new Float64Array(rows * columns);
  for (let column = 0; column < columns; column += 1) {
    const part = joined(2 + column);
    for (let row = 0; row < rows; row += 1) values[row * columns + column] = part[row] ?? 0;
  }
  return {
    rows: {
      rows,
      columns,
      features: Float32Array.from(values),
      labels: Float32Array.from(joined(1)),
      atMs: joined(0),
      eventIds: batches.flatMap(({ texts }) => texts[0] ?? []),
    },
    values,
    segments: [],
  };
}
