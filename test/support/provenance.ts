import { createHash } from 'node:crypto';
import type {
  ImportedProvenance,
  TrainedProvenance,
} from '../../services/registry/core/model-version.ts';
import type { BlobStore } from '../../services/registry/ports.ts';

const producer = Buffer.from('an artifact that nobody runs');

/** An ONNX model without a graph: its version and who made it. */
export const artifact = Buffer.concat([Buffer.from([0x08, 0x08, 0x12, producer.length]), producer]);

/** The other blobs that {@link provenance} names. */
export const attachments: readonly Buffer[] = [
  Buffer.from('{"profile":[]}'),
  Buffer.from('{"golden":[]}'),
  Buffer.from('{"sets":[]}'),
  Buffer.from('{"evaluated":[]}'),
];

const [profileDigest = '', goldenDigest = '', manifestDigest = '', evaluationDigest = ''] =
  attachments.map(digestOf);

/** Stores the blobs that {@link provenance} names beside the artifact. */
export async function storeAttachments(blobs: BlobStore): Promise<void> {
  for (const bytes of attachments) {
    await blobs.write({ digest: digestOf(bytes), bytes: bytes.length }, oneChunk(bytes));
  }
}

/** Gives bytes as they come in. */
export async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Gives complete provenance of {@link artifact}. */
export function provenance(change: Partial<TrainedProvenance> = {}): TrainedProvenance {
  return {
    artifactDigest: digestOf(artifact),
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
    codeCommit: 'c0ffee'.padEnd(40, '0'),
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
      bindings: [{ name: 'hour', kind: 'request', definitionHash: 'b'.repeat(64) }],
    },
    resources: { memoryBytes: 1_000, threads: 1 },
    parentVersion: 0,
    referenceProfileDigest: profileDigest,
    goldenRequestsDigest: goldenDigest,
    trainingManifestDigest: manifestDigest,
    evaluationDigest,
    environment: {
      runtime: 'node 20.20.0',
      system: 'linux 6.1 x64',
      packages: ['trainer==1.0.0'],
      command: [],
      files: {},
    },
    ...change,
  };
}

/** Gives complete provenance of {@link artifact} as if it had been found elsewhere. */
export function importedProvenance(change: Partial<ImportedProvenance> = {}): ImportedProvenance {
  return {
    artifactDigest: digestOf(artifact),
    artifactBytes: artifact.length,
    artifactFormat: 'onnx',
    trainingData: null,
    codeCommit: '',
    isCodeDirty: false,
    hyperparametersJson: '{}',
    trainedAtMs: 0,
    trainedBy: '',
    metrics: {},
    signature: {
      inputs: [
        { name: 'sound', datatype: 'FP32', shape: [-1, 512] },
        { name: 'rate', datatype: 'INT64', shape: [] },
      ],
      outputs: [{ name: 'speech', datatype: 'FP32', shape: [-1, 1] }],
      features: [],
      featureSetHash: '',
      bindings: [],
    },
    resources: { memoryBytes: 1_000, threads: 1 },
    parentVersion: 0,
    referenceProfileDigest: '',
    goldenRequestsDigest: '',
    trainingManifestDigest: '',
    evaluationDigest: '',
    environment: null,
    origin: {
      source: 'npm:voices@1.0.0',
      path: 'voices.onnx',
      files: { 'voices.onnx': digestOf(artifact) },
      trainingData: 'unknown',
      declaredDataHash: '',
    },
    ...change,
  };
}
