import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import type { TrainingRows } from '../../shared/compute/training-rows.ts';

// 32: a wrong column, weight or scale shows in the first ones; they are cheap enough to be run at every load.
const goldenRowsMax = 32;
// 1e-5: sums of float32 in another order move a probability by some 1e-6; a wrong weight moves it by far more.
const tolerance = 1e-5;

/**
 * Writes rows across the whole range of a model's output, the least and the greatest among them, and what it gives for each, as canonical
 * JSON. Whoever runs them again may be off by `tolerance`, absolute.
 */
export function writeGoldenRequests(rows: TrainingRows, outputs: Float64Array): Uint8Array {
  const requests = chosenRows(outputs).map((row) => ({
    features: Array.from(
      rows.features.subarray(row * rows.columns, (row + 1) * rows.columns),
      finiteOrNull,
    ),
    outputs: [finiteOrNull(outputs[row] ?? Number.NaN)],
  }));
  return Buffer.from(canonicalJson({ format: 'mlmesh-golden-2', tolerance, requests }));
}

/** Even steps through the rows in the order of their outputs; of equal outputs, the earlier row is first. */
function chosenRows(outputs: Float64Array): readonly number[] {
  const order = Uint32Array.from(outputs, (_, row) => row).sort(
    (left, right) => (outputs[left] ?? 0) - (outputs[right] ?? 0) || left - right,
  );
  const count = Math.min(goldenRowsMax, order.length);
  const last = order.length - 1;
  return Array.from(
    { length: count },
    (_, index) => order[count === 1 ? 0 : Math.round((index * last) / (count - 1))] ?? 0,
  );
}

/** What is missing is NaN, which JSON does not have. */
function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
