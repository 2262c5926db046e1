import type { EntityState } from '../../shared/compute/entity-state.ts';
import { FeatureVector } from '../../shared/compute/feature-vector.ts';
import {
  entityKeySeparator,
  type FeatureSetPlan,
  joinKeyIndexes,
} from '../../shared/compute/plan.ts';
import { ReadPlan } from '../../shared/compute/read-plan.ts';
import { viewColumnsOf } from '../../shared/compute/row.ts';
import { hasControlCharacters } from '../../shared/kernel/control-characters.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { Reason } from '../../shared/kernel/reason.ts';
import type { EntityTable } from './entity-table.ts';

/** Vectors that somebody wants. */
export interface VectorQuery {
  /** Hash of the feature set. */
  readonly featureSetHash: string;
  readonly rows: number;
  /** Entity keys, row-major: [rows, join keys]. */
  readonly keys: readonly string[];
  /** Time t of each row, epoch ms. */
  readonly atMs: Float64Array;
  /** Whether it is asked how old the values are. */
  readonly withEventTimes?: boolean | undefined;
}

/** Most rows of one query. */
export const queryRowsMax = 1_024;

/** Longest text of one join key. */
const keyLengthMax = 1_024;

/** A query that was checked against its feature set. */
export interface CheckedQuery extends VectorQuery {
  readonly reader: FeatureSetReader;
}

/** The feature sets that are served, ready to read. */
export class OnlineFeatures {
  readonly #readers = new Map<string, FeatureSetReader>();
  #newestAskedMs = Number.NEGATIVE_INFINITY;
  #refusal: MeshError | undefined;

  constructor(featureSets: readonly FeatureSetPlan[], tables: ReadonlyMap<string, EntityTable>) {
    for (const featureSet of featureSets) {
      this.#readers.set(featureSet.hash, new FeatureSetReader(featureSet, tables));
    }
  }

  /** Latest time t that was asked for, epoch ms; negative infinity before the first. */
  get newestAskedMs(): number {
    return this.#newestAskedMs;
  }

  /** Does not know a feature set any more. */
  remove(featureSetHash: string): void {
    this.#readers.delete(featureSetHash);
  }

  /** Refuses all reads with this error, until it is called with undefined. */
  refuse(error: MeshError | undefined): void {
    this.#refusal = error;
  }

  /**
   * Checks a query.
   * @throws {MeshError} NOT_FOUND / FEATURE_SET_UNKNOWN; INVALID_ARGUMENT / INVALID_FIELD; INVALID_ARGUMENT / ENTITY_INVALID for a key with
   *   a control character
   */
  check(query: VectorQuery, rowsMax = queryRowsMax): CheckedQuery {
    const reader = this.#readers.get(query.featureSetHash);
    if (reader === undefined) {
      throw new MeshError({
        code: 'NOT_FOUND',
        reason: 'FEATURE_SET_UNKNOWN',
        message: `feature set '${query.featureSetHash.slice(0, 64)}' is not served; those that are: ${[...this.#readers.values()].map(({ plan }) => `${plan.name} (${plan.hash.slice(0, 12)})`).join(', ') || 'none'}; deploy the definition that the model was trained with`,
      });
    }
    const { rows, keys, atMs } = query;
    if (rows < 1 || rows > rowsMax) {
      const got = rows > rowsMax ? 'more' : rows;
      throw invalid('query.rows', `wanted 1 to ${rowsMax} rows, got ${got}`);
    }
    const width = reader.plan.joinKeys.length;
    if (keys.length !== rows * width) {
      throw invalid(
        'query.keys',
        `wanted ${rows} rows x ${width} join keys (${reader.plan.joinKeys.join(', ')}), got ${keys.length} keys`,
      );
    }
    if (hasLonger(keys, keyLengthMax)) {
      throw invalid(
        'query.keys',
        `wanted keys of at most ${keyLengthMax} characters, got a longer one`,
      );
    }
    if (keys.some(hasControlCharacters)) {
      const description = 'wanted keys without control characters, got one with them';
      throw invalid('query.keys', description, 'ENTITY_INVALID');
    }
    if (atMs.length !== rows) {
      throw invalid('query.at_ms', `wanted ${rows} times of 8 bytes, got ${atMs.length}`);
    }
    if (!areFinite(atMs)) {
      throw invalid('query.at_ms', 'wanted finite times, got one that is not');
    }
    const { featureSetHash, withEventTimes } = query;
    return { featureSetHash, rows, keys, atMs, withEventTimes, reader };
  }

  /**
   * Reads the vectors: [rows, view columns] row-major. Synchronous: all rows see one log offset. Where entities are
   * elsewhere, gives them instead: hold them and read again.
   * @throws {MeshError} OUT_OF_RANGE / HISTORY_PRUNED; DATA_LOSS / STATE_CORRUPT; what {@link refuse} was given
   */
  read({ reader, rows, keys, atMs }: CheckedQuery): FeatureVector | MissingEntities {
    if (this.#refusal !== undefined) throw this.#refusal;
    this.#newestAskedMs = Math.max(this.#newestAskedMs, greatest(atMs));
    return reader.read(rows, keys, atMs);
  }

  /** Gives how old the values are that {@link read} has just given; undefined when the query does not ask. */
  eventTimes({ reader, rows, keys, atMs, withEventTimes }: CheckedQuery): EventTimes | undefined {
    return withEventTimes === true ? reader.eventTimes(rows, keys, atMs) : undefined;
  }
}

/** Time of the newest event before the end of the window of each value, [rows, view columns] row-major: epoch ms, NaN where there is none. */
export type EventTimes = Float64Array;

/** Entities that have to be held before a read, by the table of their view. */
export type MissingEntities = ReadonlyMap<EntityTable, ReadonlySet<string>>;

/** Reads the vectors of one feature set. */
export class FeatureSetReader {
  readonly plan: FeatureSetPlan;
  readonly #columns: number;
  readonly #views: readonly ViewReader[];

  constructor(plan: FeatureSetPlan, tables: ReadonlyMap<string, EntityTable>) {
    this.plan = plan;
    const columns = viewColumnsOf(plan);
    this.#columns = columns.length;
    this.#views = plan.views.map((view, viewIndex) => {
      const table = tables.get(view.id);
      if (table === undefined) throw new Error(`no table for view ${view.id}`);
      const targets = columns.flatMap(({ column }, cell) =>
        column.viewIndex === viewIndex ? [{ featureIndex: column.featureIndex, cell }] : [],
      );
      return {
        table,
        keyIndexes: joinKeyIndexes(view, plan.joinKeys),
        readPlan: new ReadPlan(table.view, targets),
        states: [],
        fetched: 0,
      };
    });
  }

  read(rows: number, keys: readonly string[], atMs: Float64Array): FeatureVector | MissingEntities {
    const vector = new FeatureVector(rows * this.#columns);
    let missing: Map<EntityTable, Set<string>> | undefined;
    for (const reader of this.#views) {
      missing = this.#findAll(reader, { rows, keys }, missing);
      if (missing !== undefined) continue;
      if (rows > 1) fetchAll(reader, rows);
      for (let row = 0; row < rows; row += 1) {
        const state = reader.states[row];
        const offset = row * this.#columns;
        if (state === undefined) readNothing(reader.readPlan, vector, offset);
        else state.read(atMs[row] ?? 0, reader.readPlan, vector, offset);
      }
    }
    return missing ?? vector;
  }

  #findAll(
    { table, keyIndexes, states }: ViewReader,
    { rows, keys }: { readonly rows: number; readonly keys: readonly string[] },
    missing: Map<EntityTable, Set<string>> | undefined,
  ): Map<EntityTable, Set<string>> | undefined {
    const width = this.plan.joinKeys.length;
    let all = missing;
    for (let row = 0; row < rows; row += 1) {
      const key = keyOf(keys, row * width, keyIndexes);
      const state = table.find(key);
      if (state === 'elsewhere') all = withMissing(all ?? new Map(), table, key);
      states[row] = state === 'elsewhere' ? undefined : state;
    }
    return all;
  }

  /** As OnlineFeatures.eventTimes; all entities are there. */
  eventTimes(rows: number, keys: readonly string[], atMs: Float64Array): EventTimes {
    const times = new Float64Array(rows * this.#columns).fill(Number.NaN);
    const width = this.plan.joinKeys.length;
    for (const { table, keyIndexes, readPlan } of this.#views) {
      for (let row = 0; row < rows; row += 1) {
        const state = table.find(keyOf(keys, row * width, keyIndexes));
        if (state === undefined || state === 'elsewhere') continue;
        for (const { cell, window } of readPlan.features) {
          const newestTs = state.newestBefore((atMs[row] ?? 0) - window.end.delayMs);
          if (Number.isFinite(newestTs)) times[row * this.#columns + cell] = newestTs;
        }
      }
    }
    return times;
  }
}

interface ViewReader {
  readonly table: EntityTable;
  /** For each by-column, its index among the join keys. */
  readonly keyIndexes: readonly number[];
  /** Which features of the view the set has, and where they go in a row. */
  readonly readPlan: ReadPlan;
  /** Scratch: the states of a query's rows. */
  readonly states: (EntityState | undefined)[];
  /** Means nothing; that it is written keeps what it is made of from being optimised away. */
  fetched: number;
}

/** The states of a batch lie all over memory: asked for one after the other at once, they are on their way side by side. */
function fetchAll(reader: ViewReader, rows: number): void {
  let sum = 0;
  for (let row = 0; row < rows; row += 1) sum += reader.states[row]?.fetch(reader.readPlan) ?? 0;
  reader.fetched = sum;
}

function readNothing({ features }: ReadPlan, vector: FeatureVector, offset: number): void {
  for (const feature of features) {
    vector.resolve(offset + feature.cell, feature, Number.NaN, Number.POSITIVE_INFINITY);
  }
}

function withMissing(
  missing: Map<EntityTable, Set<string>>,
  table: EntityTable,
  key: string,
): Map<EntityTable, Set<string>> {
  const keys = missing.get(table) ?? new Set();
  return missing.set(table, keys.add(key));
}

function keyOf(keys: readonly string[], offset: number, indexes: readonly number[]): string {
  let key = keys[offset + (indexes[0] ?? 0)] ?? '';
  for (let part = 1; part < indexes.length; part += 1) {
    key += entityKeySeparator + (keys[offset + (indexes[part] ?? 0)] ?? '');
  }
  return key;
}

function greatest(numbers: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < numbers.length; at += 1) {
    const number = numbers[at] ?? most;
    if (number > most) most = number;
  }
  return most;
}

function areFinite(numbers: Float64Array): boolean {
  for (let at = 0; at < numbers.length; at += 1) if (!Number.isFinite(numbers[at])) return false;
  return true;
}

function hasLonger(texts: readonly string[], lengthMax: number): boolean {
  for (const text of texts) if (text.length > lengthMax) return true;
  return false;
}

function invalid(field: string, description: string, reason: Reason = 'INVALID_FIELD'): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason,
    message: `${field}: ${description}`,
    violations: [{ field, description }],
  });
}
