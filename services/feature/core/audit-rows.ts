import { type EventColumns, lowerBound } from '../../shared/compute/event-columns.ts';
import type { FeatureVector } from '../../shared/compute/feature-vector.ts';
import type { ViewPlan } from '../../shared/compute/plan.ts';
import { type Recomputation, recomputationOf } from '../../shared/compute/recompute.ts';
import { type ViewColumn, viewColumnsOf } from '../../shared/compute/row.ts';
import { valueHashes } from '../../shared/compute/value-hash.ts';
import { EntityGroups } from './entity-groups.ts';
import type { EventTable } from './event-table.ts';
import { type RecomputeQuery, rowsByEntity } from './recompute-rows.ts';
import { emptyEvents } from './training-set.ts';

/** Answers of one feature set as they were served, each with its own time and log offset. */
export interface AnswersToAudit extends RecomputeQuery {
  /** [rows, view columns] row-major, with their statuses. */
  readonly values: Float64Array;
  readonly statuses: Uint8Array;
  /** What each answer was stamped with: 8 bytes a row. */
  readonly valueHashes: Uint8Array;
}

/** One cell that was served otherwise than the plain definition has it. */
export interface CellMismatch {
  readonly row: number;
  /** Name of the feature, or {@link stampName} where the stamp is not that of the values. */
  readonly feature: string;
  readonly served: CellValue;
  readonly recomputed: CellValue;
  /** How many steps from double to double lead from one value to the other; infinity where one is not finite. */
  readonly ulps: number;
}

/** A value with its status, as in `featureStatus`. */
export interface CellValue {
  readonly value: number;
  readonly status: number;
}

/** What an audit of some answers found; see AuditSummary in the contract. */
export interface AuditFigures {
  readonly answers: number;
  readonly cells: number;
  readonly mismatches: number;
  readonly mismatchedAnswers: number;
  readonly changedSince: number;
  readonly lateEffects: number;
  readonly examples: readonly CellMismatch[];
}

/** Events to audit with. */
export interface AuditEvents {
  /** All events of a source that matter, whatever their log offset. */
  readonly eventsOf: (source: string) => EventTable;
  /** Log offsets of a source's events that came late. */
  readonly lateOf: (source: string) => ReadonlySet<number>;
}

/** Stands for a feature where the stamp of an answer is not the hash of its values. */
export const stampName = '(value hash)';

/**
 * Computes answers again by the plain definition, each at its own (t, L), and compares each bit of value and status; and
 * tells what they would be at another log offset. Yields how many rows of how many views are done.
 */
export function* auditRows(
  answers: AnswersToAudit,
  events: AuditEvents,
  examplesMax: number,
): Generator<number, AuditFigures> {
  const tally = new Tally(answers, examplesMax);
  tally.compareStamps();
  let done = 0;
  for (const [viewIndex, view] of answers.featureSet.views.entries()) {
    const groups = new EntityGroups(events.eventsOf(view.source), view);
    const late = events.lateOf(view.source);
    for (const [key, rows] of rowsByEntity(view, answers)) {
      const found = groups.indexOf(key);
      const own = found === undefined ? emptyEvents(view) : groups.at(found).events;
      const entity = new AuditedEntity(view, own, late);
      for (const row of rows) {
        tally.compare(row, viewIndex, entity);
        done += 1;
        if (done % yieldRows === 0) yield done;
      }
    }
  }
  yield done;
  return tally.figures();
}

/** Rows between two looks at whether somebody still wants the audit: some 100 ms at busy entities. */
const yieldRows = 256;

/** The events of one entity, seen in three ways. */
class AuditedEntity {
  readonly #view: ViewPlan;
  readonly #events: EventColumns;
  readonly #late: ReadonlySet<number>;
  readonly #recompute: Recomputation;
  #recomputeOnTime: Recomputation | undefined;
  /** Greatest log offset of the first so many events. */
  readonly #newestSeq: Float64Array;
  readonly #hasLate: boolean;

  constructor(view: ViewPlan, events: EventColumns, late: ReadonlySet<number>) {
    this.#view = view;
    this.#events = events;
    this.#late = late;
    this.#recompute = recomputationOf(view, events);
    this.#newestSeq = new Float64Array(events.rows + 1);
    events.seq.forEach((seq, row) => {
      this.#newestSeq[row + 1] = Math.max(this.#newestSeq[row] ?? 0, seq);
    });
    this.#hasLate = late.size > 0 && events.seq.some((seq) => late.has(seq));
  }

  /** Gives the features by the letter of their definition. */
  at(t: number, logOffset: number): FeatureVector {
    return this.#recompute(t, logOffset);
  }

  /** Tells whether events before t came after the log offset: without any, the other two ways give the same. */
  hasLater(t: number, logOffset: number): boolean {
    const end = lowerBound(this.#events.ts, t, 0, this.#events.rows);
    return (this.#newestSeq[end] ?? 0) > logOffset;
  }

  /** Gives the features as they would be had the late events been in the log in time; undefined when there are none. */
  onTime(t: number, logOffset: number): FeatureVector | undefined {
    if (!this.#hasLate) return undefined;
    this.#recomputeOnTime ??= recomputationOf(this.#view, {
      ...this.#events,
      seq: this.#events.seq.map((seq) => (this.#late.has(seq) ? 0 : seq)),
    });
    return this.#recomputeOnTime(t, logOffset);
  }
}

class Tally {
  readonly #answers: AnswersToAudit;
  readonly #columns: readonly ViewColumn[];
  /** For each view, which of its exact features stand at which index of a row: an estimate has no bits to hold it to. */
  readonly #byView: readonly (readonly { readonly index: number; readonly feature: number }[])[];
  readonly #served: Uint32Array;
  readonly #examplesMax: number;
  readonly #examples: CellMismatch[] = [];
  readonly #mismatched = new Set<number>();
  #mismatches = 0;
  #changedSince = 0;
  #lateEffects = 0;

  constructor(answers: AnswersToAudit, examplesMax: number) {
    this.#answers = answers;
    this.#columns = viewColumnsOf(answers.featureSet);
    this.#byView = answers.featureSet.views.map((_, viewIndex) =>
      this.#columns.flatMap(({ column, feature }, index) =>
        column.viewIndex === viewIndex && feature.parity === 'exact'
          ? [{ index, feature: column.featureIndex }]
          : [],
      ),
    );
    this.#served = wordsOf(answers.values);
    this.#examplesMax = examplesMax;
  }

  figures(): AuditFigures {
    const { rows } = this.#answers;
    return {
      answers: rows,
      cells: rows * this.#byView.reduce((sum, columns) => sum + columns.length, 0),
      mismatches: this.#mismatches,
      mismatchedAnswers: this.#mismatched.size,
      changedSince: this.#changedSince,
      lateEffects: this.#lateEffects,
      examples: this.#examples,
    };
  }

  /** A stamp that is not that of the values beside it says that one of the two was changed after the answer. */
  compareStamps(): void {
    const { rows, values, statuses, valueHashes: stamps } = this.#answers;
    const hashes = valueHashes(rows, values, statuses);
    for (let row = 0; row < rows; row += 1) {
      const isSame = hashes
        .subarray(row * 8, row * 8 + 8)
        .every((byte, index) => byte === stamps[row * 8 + index]);
      if (isSame) continue;
      const nothing = { value: Number.NaN, status: 0 };
      this.#add({ row, feature: stampName, served: nothing, recomputed: nothing, ulps: 0 });
    }
  }

  compare(row: number, viewIndex: number, entity: AuditedEntity): void {
    const t = this.#answers.atMs[row] ?? Number.NaN;
    const logOffset = this.#answers.logOffsets[row] ?? 0;
    const expected = entity.at(t, logOffset);
    const words = wordsOf(expected.values);
    const columns = this.#byView[viewIndex] ?? [];
    for (const { index, feature } of columns) {
      const cell = row * this.#columns.length + index;
      const isSame =
        this.#answers.statuses[cell] === expected.statuses[feature] &&
        this.#served[cell * 2] === words[feature * 2] &&
        this.#served[cell * 2 + 1] === words[feature * 2 + 1];
      if (!isSame) this.#addCell(row, index, expected);
    }
    if (!entity.hasLater(t, logOffset)) return;
    const features = columns.map(({ feature }) => feature);
    this.#changedSince += differing(features, expected, entity.at(t, Number.POSITIVE_INFINITY));
    this.#lateEffects += differing(features, expected, entity.onTime(t, logOffset));
  }

  #addCell(row: number, index: number, expected: FeatureVector): void {
    const { values, statuses } = this.#answers;
    const cell = row * this.#columns.length + index;
    const feature = this.#columns[index]?.column.featureIndex ?? 0;
    const served = { value: values[cell] ?? Number.NaN, status: statuses[cell] ?? 0 };
    const recomputed = {
      value: expected.values[feature] ?? Number.NaN,
      status: expected.statuses[feature] ?? 0,
    };
    this.#add({
      row,
      feature: this.#columns[index]?.column.name ?? '',
      served,
      recomputed,
      ulps: ulpsBetween(served.value, recomputed.value),
    });
  }

  #add(mismatch: CellMismatch): void {
    this.#mismatches += 1;
    this.#mismatched.add(mismatch.row);
    if (this.#examples.length < this.#examplesMax) this.#examples.push(mismatch);
  }
}

/** Gives how many steps from one double to the next lead from one value to the other; infinity where one is not finite. */
export function ulpsBetween(left: number, right: number): number {
  if (!Number.isFinite(left) || !Number.isFinite(right)) {
    return Object.is(left, right) ? 0 : Number.POSITIVE_INFINITY;
  }
  const distance = orderOf(left) - orderOf(right);
  return Number(distance < 0n ? -distance : distance);
}

/** Numbers the doubles in their order; the two zeros lie beside each other. */
function orderOf(value: number): bigint {
  const bits = new BigInt64Array(Float64Array.of(value).buffer)[0] ?? 0n;
  return bits >= 0n ? bits : -(bits & 0x7fffffffffffffffn) - 1n;
}

function differing(
  features: readonly number[],
  left: FeatureVector,
  right: FeatureVector | undefined,
): number {
  if (right === undefined) return 0;
  return features.filter(
    (feature) =>
      left.statuses[feature] !== right.statuses[feature] ||
      !Object.is(left.values[feature], right.values[feature]),
  ).length;
}

function wordsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}
