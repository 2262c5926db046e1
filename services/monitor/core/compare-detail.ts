import { measureCalibration } from '../../shared/compute/calibration.ts';
import { type ComparedRequest, compareShadow } from './comparison.ts';

/** How a shadow compares on the requests of one segment. */
export interface ComparedSegment {
  readonly value: string;
  readonly requests: number;
  readonly answered: number;
  readonly pairs: number;
  readonly flips: number;
  readonly labelled: number;
  readonly shadowLogLoss: number;
  readonly baselineLogLoss: number;
  readonly shadowP99Ms: number;
}

/** Outcomes of the requests whose probability lies in one part of the range. */
export interface ComparedBin {
  readonly rows: number;
  readonly meanProbability: number;
  readonly positiveRate: number;
}

/** How a shadow compares, in detail. */
export interface ComparedDetail {
  /** Those with the most requests first. */
  readonly segments: readonly ComparedSegment[];
  readonly shadowBins: readonly ComparedBin[];
  readonly baselineBins: readonly ComparedBin[];
  readonly latencies: readonly {
    readonly share: number;
    readonly shadowMs: number;
    readonly baselineMs: number;
  }[];
  /** [score bins, score bins] row-major: by the baseline's score and the shadow's. */
  readonly scoreCounts: readonly number[];
}

/** Segments that are told apart; the rest is one. */
const segmentsMax = 50;
/** Parts of the range of a score. */
const scoreBins = 20;
const shares = [0.5, 0.9, 0.95, 0.99, 0.999];

/** Compares in detail. `keyIndex` is the part of the entity key that makes the segments; undefined for none. O(n log n) of the requests. */
export function compareDetail(
  requests: readonly ComparedRequest[],
  threshold: number,
  keyIndex: number | undefined,
): ComparedDetail {
  const shadowMs = sorted(
    requests.flatMap(({ shadow }) => ('score' in shadow ? [shadow.latencyMs] : [])),
  );
  const baselineMs = sorted(requests.flatMap(({ baselineMs: ms = 0 }) => (ms > 0 ? [ms] : [])));
  return {
    segments: keyIndex === undefined ? [] : segmentsOf(requests, threshold, keyIndex),
    shadowBins: binsOf(requests, ({ shadow }) => ('score' in shadow ? shadow.score : undefined)),
    baselineBins: binsOf(requests, ({ baselineScore }) => baselineScore),
    latencies: shares.map((share) => ({
      share,
      shadowMs: quantile(shadowMs, share),
      baselineMs: quantile(baselineMs, share),
    })),
    scoreCounts: countScores(requests),
  };
}

function segmentsOf(
  requests: readonly ComparedRequest[],
  threshold: number,
  keyIndex: number,
): readonly ComparedSegment[] {
  const groups = new Map<string, ComparedRequest[]>();
  for (const request of requests) {
    const value = request.keys?.[keyIndex] ?? '';
    const known = groups.get(value);
    if (known === undefined) groups.set(value, [request]);
    else known.push(request);
  }
  const largest = [...groups].sort(([, left], [, right]) => right.length - left.length);
  const others = largest.slice(segmentsMax).flatMap(([, group]) => group);
  const shown: (readonly [string, readonly ComparedRequest[]])[] = largest.slice(0, segmentsMax);
  if (others.length > 0) shown.push(['(others)', others]);
  return shown.map(([value, group]) => {
    const { answered, pairs, flips, labelled, ...found } = compareShadow(group, threshold);
    const { shadowLogLoss, baselineLogLoss, shadowP99Ms } = found;
    const counts = { requests: group.length, answered, pairs, flips, labelled };
    return { value, ...counts, shadowLogLoss, baselineLogLoss, shadowP99Ms };
  });
}

function binsOf(
  requests: readonly ComparedRequest[],
  scoreOf: (request: ComparedRequest) => number | undefined,
): readonly ComparedBin[] {
  const known = requests.flatMap((request) => {
    const [score, { label, baselineScore, shadow }] = [scoreOf(request), request];
    // Both are shown on the same requests.
    const isPair = baselineScore !== undefined && 'score' in shadow;
    return isPair && score !== undefined && label !== undefined ? [{ score, label }] : [];
  });
  if (known.length === 0) return [];
  const probabilities = Float64Array.from(known, ({ score }) => score);
  const labels = Float32Array.from(known, ({ label }) => (label > 0.5 ? 1 : 0));
  return measureCalibration(probabilities, labels).bins.map(
    ({ rows, meanProbability, positiveRate }) => ({ rows, meanProbability, positiveRate }),
  );
}

function countScores(requests: readonly ComparedRequest[]): readonly number[] {
  const counts = new Array<number>(scoreBins * scoreBins).fill(0);
  const binOf = (score: number) =>
    Math.min(scoreBins - 1, Math.max(0, Math.floor(score * scoreBins)));
  for (const { shadow, baselineScore } of requests) {
    if (!('score' in shadow) || baselineScore === undefined) continue;
    const at = binOf(baselineScore) * scoreBins + binOf(shadow.score);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

function sorted(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}

function quantile(ascending: Float64Array, share: number): number {
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)] ?? 0;
}
