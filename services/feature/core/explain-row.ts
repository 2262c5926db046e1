import { unitOf } from '../../shared/compute/accumulator/compiled-aggregate.ts';
import { compileContribution } from '../../shared/compute/compiled-view.ts';
import { type EventColumns, pickColumns } from '../../shared/compute/event-columns.ts';
import type { FeaturePlan, ViewPlan } from '../../shared/compute/plan.ts';
import { recomputeView } from '../../shared/compute/recompute.ts';
import { windowBegin, windowEnd } from '../../shared/compute/window.ts';
import { type CellValue, ulpsBetween } from './audit-rows.ts';
import { explainDifference } from './likely-skews.ts';

/** One event in the explanation of a value. */
export interface ExplainedEvent {
  /** Visible time, epoch ms. */
  readonly atMs: number;
  readonly seq: number;
  /** What it contributes, a decimal by its value; NaN when it does not count. */
  readonly value: number;
  readonly isInWindow: boolean;
  /** Whether the log held it at L. */
  readonly isSeen: boolean;
  readonly isLate: boolean;
  readonly isHistory: boolean;
}

/** How one value comes about, and what each side says; see ValueExplanation in the contract. */
export interface ExplainedValue {
  readonly feature: string;
  readonly entity: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly recomputed: CellValue;
  readonly recomputedNow: CellValue;
  readonly online: CellValue | undefined;
  readonly served: CellValue | undefined;
  readonly events: readonly ExplainedEvent[];
  readonly eventsInWindow: number;
  readonly findings: readonly string[];
}

/** One feature of one entity at one time, and what others say of it. */
export interface ValueToExplain {
  readonly view: ViewPlan;
  readonly featureIndex: number;
  readonly entity: string;
  /** All events of the entity that the window reaches, and those at its two ends. */
  readonly events: EventColumns;
  readonly t: number;
  readonly logOffset: number;
  /** Log offset of the online value. */
  readonly newestOffset: number;
  readonly online: CellValue | undefined;
  readonly served: CellValue | undefined;
  readonly isLate: (seq: number) => boolean;
  readonly isHistory: (seq: number) => boolean;
}

/** Events of one explanation: what a person can look through. */
const eventsMax = 1_000;

/** Explains a value event by event. */
export function explainValue(value: ValueToExplain): ExplainedValue {
  const { view, featureIndex, events, t, logOffset, newestOffset } = value;
  const feature = view.features[featureIndex];
  if (feature === undefined) throw new Error(`view '${view.id}' has no feature ${featureIndex}`);
  const at = (offset: number): CellValue =>
    cellOf(recomputeView(view, events, t, offset), featureIndex);
  const fromMs = windowBegin(feature.window, t);
  const untilMs = windowEnd(feature.window, t);
  const all = explainedEvents(value, feature, { fromMs, untilMs });
  const sides = { recomputed: at(logOffset), recomputedNow: at(newestOffset) };
  const { entity, online, served } = value;
  return {
    feature: feature.name,
    entity: entity.replaceAll('\u001f', ','),
    fromMs,
    untilMs,
    ...sides,
    online,
    served,
    events: all.slice(-eventsMax),
    eventsInWindow: all.filter((event) => event.isInWindow).length,
    findings: findingsOf(value, feature, sides),
  };
}

/** Gives one cell of a vector. */
export function cellOf(
  vector: { readonly values: Float64Array; readonly statuses: Uint8Array },
  index: number,
): CellValue {
  return { value: vector.values[index] ?? Number.NaN, status: vector.statuses[index] ?? 0 };
}

/** Tells whether two cells hold the same bits. */
export function isSameCell(left: CellValue, right: CellValue): boolean {
  return left.status === right.status && Object.is(left.value, right.value);
}

/** Events in the window, the newest before it, and those at its very end, which it does not hold. */
function explainedEvents(
  { view, events, logOffset, isLate, isHistory }: ValueToExplain,
  feature: FeaturePlan,
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
): readonly ExplainedEvent[] {
  const { evaluate } = compileContribution(feature, view.columns);
  const columns = pickColumns(events, view.columns);
  const { aggregate } = feature;
  const unit = 'value' in aggregate ? unitOf(aggregate.value) : 1;
  const explained: ExplainedEvent[] = [];
  for (let row = 0; row < events.rows; row += 1) {
    const atMs = events.ts[row] ?? Number.NaN;
    const seq = events.seq[row] ?? Number.NaN;
    const isNewestBefore =
      atMs < fromMs && !((events.ts[row + 1] ?? Number.POSITIVE_INFINITY) < fromMs);
    if ((atMs < fromMs && !isNewestBefore) || atMs > untilMs) continue;
    explained.push({
      atMs,
      seq,
      value: evaluate(columns, row) / unit,
      isInWindow: atMs >= fromMs && atMs < untilMs,
      isSeen: seq <= logOffset,
      isLate: isLate(seq),
      isHistory: isHistory(seq),
    });
  }
  return explained;
}

function findingsOf(
  value: ValueToExplain,
  feature: FeaturePlan,
  sides: { readonly recomputed: CellValue; readonly recomputedNow: CellValue },
): readonly string[] {
  const { served, online, logOffset, newestOffset } = value;
  const { recomputed, recomputedNow } = sides;
  const findings: string[] = [];
  if (served !== undefined && !isSameCell(served, recomputed)) {
    findings.push(
      `the answer that was served at (t, L) differs from its recomputation ${distance(served, recomputed)}: an error`,
      ...explainDifference(value, feature, { wrong: served, logOffset }),
    );
  }
  if (online !== undefined && !isSameCell(online, recomputedNow)) {
    findings.push(
      `the online state differs from the recomputation at the log offset of now ${distance(online, recomputedNow)}: an error`,
      ...explainDifference(value, feature, { wrong: online, logOffset: newestOffset }),
    );
  }
  if (!isSameCell(recomputed, recomputedNow)) {
    findings.push(
      `events that came after L changed the value: this is freshness, not an error; the answer was right for what the log held`,
    );
  }
  return findings;
}

function distance(left: CellValue, right: CellValue): string {
  if (Object.is(left.value, right.value)) return 'in its status alone';
  const ulps = ulpsBetween(left.value, right.value);
  return Number.isFinite(ulps) ? `by ${ulps} ulp` : 'beyond all measure';
}
