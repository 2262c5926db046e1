import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import type { TrainingRows } from '../../shared/compute/training-rows.ts';
import { type DenseNetwork, forward } from './dense-network.ts';

// 32: a wrong column, weight or scale shows in the first ones; they are run at every load.
const goldenRowsMax = 32;

/** Writes rows spread over a set, and what a network gives for each, as canonical JSON. */
export function writeGoldenRequests(network: DenseNetwork, rows: TrainingRows): Uint8Array {
  const { columns } = rows;
  const count = Math.min(goldenRowsMax, rows.rows);
  const requests = Array.from({ length: count }, (_, index) => {
    const row = Math.floor((index * rows.rows) / count);
    const features = rows.features.slice(row * columns, (row + 1) * columns);
    const outputs = forward(network, features);
    return {
      features: Array.from(features, finiteOrNull),
      outputs: Array.from(outputs, finiteOrNull),
    };
  });
  return Buffer.from(canonicalJson({ format: 'mlmesh-golden-1', requests }));
}

/** What is missing is NaN, which JSON does not have. */
function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
