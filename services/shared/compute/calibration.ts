import type { ReliabilityBin } from './evaluation-file.ts';

/** How far probabilities are from the frequencies that they promise. */
export interface Calibration {
  /** Expected calibration error over bins of equal counts, 0 to 1: the mean of |mean probability - share of positives|, by rows. */
  readonly ece: number;
  /** Logistic regression of the label on the logit: slope x logit + intercept. 1 and 0 are perfect; a slope below 1 means too extreme. */
  readonly slope: number;
  readonly intercept: number;
  /** From the least probable to the most. */
  readonly bins: readonly ReliabilityBin[];
}

// 10: with 50,000 rows the standard error of a bin's rate is below 0.007, smaller than the errors one looks for.
const binsMax = 10;

/**
 * Measures the calibration of probabilities against labels of 0 or 1, at least one row. Rows of one probability are told apart by
 * their order, so bins have equal counts but for one row.
 * @source expected calibration error with equal-mass bins: Nixon et al. 2019; slope and intercept: Cox 1958
 */
export function measureCalibration(probabilities: Float64Array, labels: Float32Array): Calibration {
  const rows = labels.length;
  const order = Uint32Array.from(labels, (_, row) => row).sort(
    (left, right) => (probabilities[left] ?? 0) - (probabilities[right] ?? 0) || left - right,
  );
  const count = Math.min(binsMax, rows);
  const bins: ReliabilityBin[] = [];
  let error = 0;
  for (let bin = 0; bin < count; bin += 1) {
    const first = Math.floor((bin * rows) / count);
    const end = Math.floor(((bin + 1) * rows) / count);
    const made = binOf(order.subarray(first, end), probabilities, labels);
    bins.push(made);
    error += made.rows * Math.abs(made.meanProbability - made.positiveRate);
  }
  return { ece: error / rows, ...recalibration(probabilities, labels), bins };
}

function binOf(
  order: Uint32Array,
  probabilities: Float64Array,
  labels: Float32Array,
): ReliabilityBin {
  let [probabilitySum, positives] = [0, 0];
  for (const row of order) {
    probabilitySum += probabilities[row] ?? 0;
    positives += labels[row] ?? 0;
  }
  return {
    rows: order.length,
    from: probabilities[order[0] ?? 0] ?? 0,
    to: probabilities[order.at(-1) ?? 0] ?? 0,
    meanProbability: probabilitySum / order.length,
    positiveRate: positives / order.length,
  };
}

// 2^-24, as the log loss has it: a logit has to be finite.
const probabilityMin = 2 ** -24;
const iterationsMax = 50;
// Newton's steps double the right digits; below this the next one changes nothing that anybody reads.
const stepMin = 1e-12;

/**
 * Fits label ~ slope x logit + intercept by Newton's method. Where the labels are all alike or all logits are, there is no such fit: the
 * slope is 1 and the intercept 0, which say nothing.
 */
function recalibration(
  probabilities: Float64Array,
  labels: Float32Array,
): Pick<Calibration, 'slope' | 'intercept'> {
  const logits = Float64Array.from(probabilities, logitOf);
  let [slope, intercept] = [1, 0];
  for (let iteration = 0; iteration < iterationsMax; iteration += 1) {
    const step = newtonStep(logits, labels, { slope, intercept });
    if (step === undefined) return { slope: 1, intercept: 0 };
    slope += step.slope;
    intercept += step.intercept;
    if (Math.abs(step.slope) + Math.abs(step.intercept) < stepMin) return { slope, intercept };
  }
  return { slope: 1, intercept: 0 };
}

function logitOf(probability: number): number {
  const bounded = Math.min(1 - probabilityMin, Math.max(probabilityMin, probability));
  return Math.log(bounded / (1 - bounded));
}

interface Line {
  readonly slope: number;
  readonly intercept: number;
}

/** Gives undefined where the two parameters can't be told apart. */
function newtonStep(logits: Float64Array, labels: Float32Array, line: Line): Line | undefined {
  let [slopeGradient, interceptGradient] = [0, 0];
  let [squares, products, weights] = [0, 0, 0];
  for (let row = 0; row < labels.length; row += 1) {
    const logit = logits[row] ?? 0;
    const fitted = 1 / (1 + Math.exp(-(line.slope * logit + line.intercept)));
    const residual = (labels[row] ?? 0) - fitted;
    const weight = fitted * (1 - fitted);
    slopeGradient += residual * logit;
    interceptGradient += residual;
    squares += weight * logit * logit;
    products += weight * logit;
    weights += weight;
  }
  const determinant = squares * weights - products * products;
  // Relative to its terms: what is left of them when they cancel is rounding.
  if (!(determinant > 1e-12 * squares * weights)) return undefined;
  return {
    slope: (weights * slopeGradient - products * interceptGradient) / determinant,
    intercept: (squares * interceptGradient - products * slopeGradient) / determinant,
  };
}
