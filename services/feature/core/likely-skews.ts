import type { EventColumns } from '../../shared/compute/event-columns.ts';
import type { FeaturePlan, ViewPlan } from '../../shared/compute/plan.ts';
import { recomputeView } from '../../shared/compute/recompute.ts';
import type { CellValue } from './audit-rows.ts';

/** What a value was computed from. */
export interface SkewedValue {
  readonly view: ViewPlan;
  readonly events: EventColumns;
  readonly t: number;
  readonly isLate: (seq: number) => boolean;
}

/** A value that is wrong, and the log offset that it claims. */
export interface WrongValue {
  readonly wrong: CellValue;
  readonly logOffset: number;
}

/** A way to compute a feature wrongly, which others have gone before. */
interface Skew {
  readonly finding: string;
  /** Gives the value that it leads to; undefined where it means nothing. */
  readonly compute: (
    value: SkewedValue,
    feature: FeaturePlan,
    logOffset: number,
  ) => CellValue | undefined;
}

const dayMs = 86_400_000;

const skews: readonly Skew[] = [
  {
    finding: 'it is what comes out when the window takes in events at its very end, t',
    compute: (value, feature, logOffset) =>
      // Times are whole milliseconds: a window that is one longer and ends one later.
      compute({ ...value, t: value.t + 1 }, withWindow(feature, 1), logOffset),
  },
  {
    finding: 'it is what comes out when the window leaves out events at its very begin, t - window',
    compute: (value, feature, logOffset) => compute(value, withWindow(feature, -1), logOffset),
  },
  {
    finding: 'it is what comes out without the late events',
    compute: (value, feature, logOffset) =>
      compute({ ...value, events: withoutLate(value) }, feature, logOffset),
  },
  {
    finding: 'it is what comes out when the max age is ignored',
    compute: (value, feature, logOffset) => {
      if (feature.maxAgeMs === undefined) return undefined;
      return compute(value, { ...feature, maxAgeMs: Number.MAX_SAFE_INTEGER }, logOffset);
    },
  },
  {
    finding: 'it is what the last so many rows give as the window has days',
    compute: (value, feature, logOffset) => {
      const { window } = feature;
      if (window.kind === 'lifetime' || window.lengthMs < dayMs) return undefined;
      const rows = Math.round(window.lengthMs / dayMs);
      const events = lastRows(value, rows, logOffset);
      const all = { kind: 'lifetime', delayMs: window.delayMs } as const;
      return compute({ ...value, events }, { ...feature, window: all }, logOffset);
    },
  },
];

/** Gives which of the well-known mistakes would lead to a wrong value; none when none does. */
export function explainDifference(
  value: SkewedValue,
  feature: FeaturePlan,
  { wrong, logOffset }: WrongValue,
): readonly string[] {
  const isIt = (found: CellValue | undefined): boolean =>
    found?.status === wrong.status && Object.is(found.value, wrong.value);
  const known = skews.flatMap(({ finding, compute: skewed }) =>
    isIt(skewed(value, feature, logOffset)) ? [finding] : [],
  );
  return [...known, ...otherOffset(value, feature, { wrong, logOffset })];
}

/** Looks for the log offset that gives the wrong value: an answer that was stamped with another one than it saw. */
function otherOffset(
  value: SkewedValue,
  feature: FeaturePlan,
  { wrong, logOffset }: WrongValue,
): readonly string[] {
  const near = [...value.events.seq]
    .flatMap((seq) => [seq, seq - 1])
    .sort((left, right) => Math.abs(left - logOffset) - Math.abs(right - logOffset));
  for (const offset of near.slice(0, 64)) {
    if (offset === logOffset) continue;
    const found = compute(value, feature, offset);
    if (found.status === wrong.status && Object.is(found.value, wrong.value)) {
      return [`it is what comes out at log offset ${offset} rather than ${logOffset}`];
    }
  }
  return [];
}

function compute(value: SkewedValue, feature: FeaturePlan, logOffset: number): CellValue {
  const view = { ...value.view, features: [feature] };
  const { values, statuses } = recomputeView(view, value.events, value.t, logOffset);
  return { value: values[0] ?? Number.NaN, status: statuses[0] ?? 0 };
}

function withWindow(feature: FeaturePlan, moreMs: number): FeaturePlan {
  const { window } = feature;
  if (window.kind === 'lifetime') return feature;
  return { ...feature, window: { ...window, lengthMs: window.lengthMs + moreMs } };
}

function withoutLate({ events, isLate }: SkewedValue): EventColumns {
  return {
    ...events,
    seq: events.seq.map((seq) => (isLate(seq) ? Number.POSITIVE_INFINITY : seq)),
  };
}

function lastRows({ events, t }: SkewedValue, rows: number, logOffset: number): EventColumns {
  const seen: number[] = [];
  events.ts.forEach((ts, row) => {
    if (ts < t && (events.seq[row] ?? 0) <= logOffset) seen.push(row);
  });
  const kept = new Set(seen.slice(-rows));
  return {
    ...events,
    seq: events.seq.map((seq, row) => (kept.has(row) ? seq : Number.POSITIVE_INFINITY)),
  };
}
