import { measureQuality, type Quality } from '../core/statistics/quality.ts';
import type { StoredPrediction } from '../ports.ts';
import type { ModelFacts } from './model-facts.ts';
import { assignedVersion, type LogParts, scanLog } from './scan-log.ts';

/** Figures of the answers for one value of a join key. */
export interface SegmentQuality {
  readonly key: string;
  readonly value: string;
  readonly quality: Quality;
}

/** How good the answers of a version were. */
export interface QualityReport {
  /** 0 while none was to answer. */
  readonly version: number;
  /** Whether enough of the answers that should have an outcome have one. */
  readonly isMature: boolean;
  /** Answers that should have an outcome by now, and those of them that have. */
  readonly due: number;
  readonly dueLabelled: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly all: Quality | undefined;
  readonly segments: readonly SegmentQuality[];
}

/** Which answers are looked at. */
export interface QualityQuery {
  /** 0 is the newest that was to answer. */
  readonly version: number;
  readonly labelledMax: number;
}

// Two-sided, 95 %.
const alpha = 0.05;
// 100: of fewer rows an area under the curve says little.
const segmentRowsMin = 100;
const segmentsMax = 10;

interface LabelledRow {
  readonly score: number;
  readonly label: number;
  readonly atMs: number;
  readonly keys: readonly string[];
}

/** Measures the newest answers of a version that the model itself gave and whose outcome is known, out of the log. O(predictions looked at). */
export async function readQuality(
  parts: LogParts,
  facts: ModelFacts,
  { version: wanted, labelledMax }: QualityQuery,
  signal: AbortSignal,
): Promise<QualityReport> {
  const rows: LabelledRow[] = [];
  /** Times of all its answers, and whether each has an outcome. */
  const answers: { readonly atMs: number; readonly isLabelled: boolean }[] = [];
  let version = wanted;
  let newestMs = 0;
  await scanLog(
    parts,
    facts.model,
    (prediction, outcome) => {
      newestMs = Math.max(newestMs, prediction.atMs);
      if (version === 0 && prediction.role === 'ROLE_PRODUCTION') {
        version = assignedVersion(prediction);
      }
      if (!isByVersion(prediction, version)) return 'more';
      const { atMs, score, keys } = prediction;
      answers.push({ atMs, isLabelled: outcome !== undefined });
      if (outcome !== undefined) {
        rows.push({ score, label: outcome.label > 0.5 ? 1 : 0, atMs, keys });
      }
      return rows.length === labelledMax ? 'enough' : 'more';
    },
    signal,
  );
  const { labelHorizonMs, maturityMin } = facts.plan.quality;
  const due = answers.filter(({ atMs }) => atMs <= newestMs - labelHorizonMs);
  const dueLabelled = due.filter(({ isLabelled }) => isLabelled).length;
  const times = rows.map(({ atMs }) => atMs);
  return {
    version,
    isMature: due.length > 0 && dueLabelled >= maturityMin * due.length,
    due: due.length,
    dueLabelled,
    fromMs: times.length === 0 ? 0 : times.reduce((least, time) => Math.min(least, time)),
    untilMs: times.reduce((most, time) => Math.max(most, time), 0),
    all: qualityOf(rows),
    segments: facts.keyNames.flatMap((key, index) => segmentsOf(key, index, rows)),
  };
}

function isByVersion({ tier, version, score }: StoredPrediction, wanted: number): boolean {
  return tier === 'TIER_MODEL' && version === wanted && score >= 0 && score <= 1;
}

function segmentsOf(
  key: string,
  index: number,
  rows: readonly LabelledRow[],
): readonly SegmentQuality[] {
  const byValue = new Map<string, LabelledRow[]>();
  for (const row of rows) {
    const value = row.keys[index] ?? '';
    const known = byValue.get(value);
    if (known === undefined) byValue.set(value, [row]);
    else known.push(row);
  }
  return [...byValue]
    .filter(([, some]) => some.length >= segmentRowsMin)
    .sort(([, left], [, right]) => right.length - left.length)
    .slice(0, segmentsMax)
    .flatMap(([value, some]) => {
      const quality = qualityOf(some);
      return quality === undefined ? [] : [{ key, value, quality }];
    });
}

function qualityOf(rows: readonly LabelledRow[]): Quality | undefined {
  const probabilities = Float64Array.from(rows, ({ score }) => score);
  return measureQuality(
    { probabilities, labels: Float32Array.from(rows, ({ label }) => label) },
    alpha,
  );
}
