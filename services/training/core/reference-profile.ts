import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import type { TrainingRows } from '../../shared/compute/training-rows.ts';

// 128: enough for a two-sample test on their counts to see what one on the values sees (reference profile of a monitor).
const binsMax = 128;

/**
 * Writes how each column of a training set is distributed, as canonical JSON: rows, rows with a value, and edges of at most 128 bins of equal
 * counts with the rows in each. A bin is (edge, next edge]; the first one includes its lower edge.
 */
export function writeReferenceProfile(rows: TrainingRows, names: readonly string[]): Uint8Array {
  const columns = names.map((name, column) => profileOf(name, columnOf(rows, column)));
  return Buffer.from(canonicalJson({ format: 'mlmesh-profile-1', rows: rows.rows, columns }));
}

function columnOf({ features, rows, columns }: TrainingRows, column: number): Float64Array {
  const values = Float64Array.from({ length: rows }, (_, row) =>
    Number(features[row * columns + column]),
  );
  return values.filter(Number.isFinite);
}

function profileOf(name: string, values: Float64Array) {
  const sorted = values.sort();
  const edges = edgesOf(sorted);
  const counts = new Array<number>(Math.max(0, edges.length - 1)).fill(0);
  let bin = 0;
  for (const value of sorted) {
    while (bin < counts.length - 1 && value > (edges[bin + 1] ?? 0)) bin += 1;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { name, present: sorted.length, edges, counts };
}

function edgesOf(sorted: Float64Array): readonly number[] {
  if (sorted.length === 0) return [];
  const last = sorted.length - 1;
  const quantiles = Array.from(
    { length: binsMax + 1 },
    (_, index) => sorted[Math.round((index * last) / binsMax)] ?? 0,
  );
  const edges = [...new Set(quantiles)];
  // One value alone is a bin without width.
  return edges.length === 1 ? [...edges, ...edges] : edges;
}
