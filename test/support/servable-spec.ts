import type { ServableSpec } from '../../services/prediction/core/servable-spec.ts';

/** Gives a version of a model of one column and one output, with what a test changes. */
export function servableSpec(change: Partial<ServableSpec> = {}): ServableSpec {
  return {
    model: 'late',
    version: 1,
    artifactDigest: 'a'.repeat(64),
    artifactBytes: 1,
    signatureDigest: 's'.repeat(64),
    artifactFormat: 'onnx',
    featureSetHash: 'f'.repeat(64),
    inputName: 'features',
    columns: 1,
    outputName: 'probability',
    outputs: 1,
    ...change,
  };
}
