import type { ServableSpec } from '../../services/prediction/core/servable-spec.ts';

/** Gives a version of a model of rows with one output, with what a test changes. */
export function servableSpec({
  columns = 1,
  ...change
}: Partial<ServableSpec> & { readonly columns?: number } = {}): ServableSpec {
  return {
    model: 'late',
    version: 1,
    artifactDigest: 'a'.repeat(64),
    artifactBytes: 1,
    signatureDigest: 's'.repeat(64),
    artifactFormat: 'onnx',
    featureSetHash: 'f'.repeat(64),
    inputs: [{ name: 'features', dataType: 'FP32', shape: [-1, columns] }],
    outputs: [{ name: 'probability', dataType: 'FP32', shape: [-1, 1] }],
    batchRowsMax: 65_536,
    memoryBytes: 1,
    ...change,
  };
}
