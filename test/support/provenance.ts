import { createHash } from 'node:crypto';
import type { Provenance } from '../../services/registry/core/model-version.ts';

/** Bytes that begin as an ONNX model does, where nobody runs it. */
export const artifact = Buffer.concat([
  Buffer.from([0x08, 0x08]),
  Buffer.from(' an artifact that nobody runs'),
]);

/** Gives complete provenance of {@link artifact}. */
export function provenance(change: Partial<Provenance> = {}): Provenance {
  return {
    artifactDigest: createHash('sha256').update(artifact).digest('hex'),
    artifactBytes: artifact.length,
    artifactFormat: 'onnx',
    trainingData: {
      dataHash: 'a'.repeat(64),
      rows: 10,
      fromMs: 1,
      untilMs: 2,
      logOffset: 3,
      definitionHashes: ['b'.repeat(64)],
      seed: 1,
    },
    codeCommit: 'c0ffee',
    isCodeDirty: false,
    hyperparametersJson: '{"epochs":1}',
    trainedAtMs: 4,
    trainedBy: 'tester',
    metrics: { auc: 0.7 },
    signature: {
      inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 1] }],
      outputs: [{ name: 'probability', datatype: 'FP32', shape: [-1, 1] }],
      features: ['hour'],
      featureSetHash: 'd'.repeat(64),
    },
    resources: { memoryBytes: 1_000, threads: 1 },
    parentVersion: 0,
    ...change,
  };
}
