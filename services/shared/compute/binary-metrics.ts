import type { BinaryMetrics } from './evaluation-file.ts';

// A probability of exactly 0 or 1 would make one wrong row infinitely bad; float32 has nothing closer to 1 than this.
const probabilityMin = 2 ** -24;

/**
 * Measures probabilities against labels of 0 or 1, at least one row. Costs a sort.
 * @source AUC by ranks: Hanley & McNeil 1982, with mid-ranks for ties (Mann-Whitney U)
 */
export function measureBinary(probabilities: Float64Array, labels: Float32Array): BinaryMetrics {
  const rows = labels.length;
  let positives = 0;
  let logLossSum = 0;
  let squareSum = 0;
  let probabilitySum = 0;
  for (let row = 0; row < rows; row++) {
    const label = labels[row] ?? 0;
    const probability = probabilities[row] ?? 0;
    const bounded = Math.min(1 - probabilityMin, Math.max(probabilityMin, probability));
    positives += label;
    logLossSum -= label === 1 ? Math.log(bounded) : Math.log1p(-bounded);
    squareSum += (probability - label) ** 2;
    probabilitySum += probability;
  }
  return {
    auc: areaUnderCurve(probabilities, labels, positives),
    logLoss: logLossSum / rows,
    brier: squareSum / rows,
    positiveRate: positives / rows,
    meanProbability: probabilitySum / rows,
  };
}

function areaUnderCurve(
  probabilities: Float64Array,
  labels: Float32Array,
  positives: number,
): number {
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) return 0.5;
  const order = Uint32Array.from(labels, (_, row) => row).sort(
    (left, right) => (probabilities[left] ?? 0) - (probabilities[right] ?? 0),
  );
  // Twice the rank sum: mid-ranks are halves, so all of this is whole numbers below 2^53 and exact.
  let twiceRankSum = 0;
  for (let first = 0; first < order.length; ) {
    const score = probabilities[order[first] ?? 0];
    let end = first;
    let tiedPositives = 0;
    while (end < order.length && probabilities[order[end] ?? 0] === score) {
      tiedPositives += labels[order[end] ?? 0] ?? 0;
      end++;
    }
    twiceRankSum += tiedPositives * (first + 1 + end);
    first = end;
  }
  return (twiceRankSum - positives * (positives + 1)) / (2 * positives * negatives);
}
