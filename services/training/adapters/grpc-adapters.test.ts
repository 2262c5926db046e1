import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { BuildTrainingSetResponse } from '../../gen/mlmesh/feature/v1/BuildTrainingSetResponse.ts';
import { recordedProvenance } from '../../shared/compute/recorded-provenance.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { connectService, type ServiceClient } from '../../shared/platform/grpc/client.ts';
import { implementPartly } from '../../shared/platform/grpc/implement.ts';
import { createServer, type MeshServer } from '../../shared/platform/grpc/server.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import type { Provenance } from '../core/provenance.ts';
import { GrpcRegistry } from './grpc-registry.ts';
import { GrpcTrainingSets } from './grpc-training-sets.ts';

const signal = new AbortController().signal;
const bytesOf = (values: Float32Array | Float64Array) => Buffer.from(values.buffer);

function rowsPart(rows: number, first: number): BuildTrainingSetResponse {
  return {
    rows: {
      rows,
      features: bytesOf(Float32Array.from({ length: rows * 2 }, (_, at) => first * 2 + at)),
      labels: bytesOf(Float32Array.from({ length: rows }, (_, row) => (first + row) % 2)),
      atMs: bytesOf(Float64Array.from({ length: rows }, (_, row) => 1e12 + first + row)),
      eventIds: Array.from({ length: rows }, (_, row) => `${first + row}`),
      segments: [
        {
          name: 'city',
          dictionary: ['Ayr', 'Bath'],
          codes: Buffer.from(Uint32Array.from({ length: rows }, (_, row) => row % 2).buffer),
        },
      ],
    },
  };
}

const manifest = {
  rows: 5,
  fromMs: 1e12,
  untilMs: 2e12,
  logOffset: 7,
  featureSetHash: 'a'.repeat(64),
  definitionHashes: ['b'.repeat(64), 'c'.repeat(64)],
  dataHash: 'd'.repeat(64),
  seed: 3,
};

/** What the fake feature service answers for a model. */
const answers: Readonly<Record<string, readonly BuildTrainingSetResponse[]>> = {
  good: [
    { progress: { stage: 'sweep', done: 1, total: 2 } },
    rowsPart(3, 0),
    rowsPart(2, 3),
    { manifest },
  ],
  cut: [rowsPart(3, 0)],
  short: [rowsPart(3, 0), { manifest }],
  ragged: [{ rows: { ...rowsPart(5, 0).rows, labels: Buffer.alloc(8) } }, { manifest }],
  torn: [{ rows: { ...rowsPart(5, 0).rows, labels: Buffer.alloc(7) } }, { manifest }],
  bare: [{ rows: { ...rowsPart(5, 0).rows, segments: [] } }, { manifest }],
};

const provenance: Provenance = {
  artifactDigest: 'e'.repeat(64),
  artifactBytes: 2_500_000,
  artifactFormat: 'onnx',
  trainingData: {
    dataHash: 'd'.repeat(64),
    rows: 5,
    fromMs: 1e12,
    untilMs: 2e12,
    logOffset: 7,
    definitionHashes: manifest.definitionHashes,
    seed: 3,
  },
  codeCommit: 'abc',
  isCodeDirty: true,
  hyperparametersJson: '{}',
  trainedAtMs: 1e12,
  trainedBy: 'somebody',
  metrics: { auc: 0.75 },
  signature: {
    inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 2] }],
    outputs: [{ name: 'probability', datatype: 'FP32', shape: [-1, 1] }],
    features: ['a', 'b'],
    featureSetHash: 'a'.repeat(64),
    bindings: [
      { name: 'a', kind: 'feature', definitionHash: 'b'.repeat(64) },
      { name: 'b', kind: 'request', definitionHash: 'c'.repeat(64) },
    ],
  },
  resources: { memoryBytes: 1e6, threads: 1 },
  parentVersion: 0,
  referenceProfileDigest: 'e'.repeat(64),
  goldenRequestsDigest: 'f'.repeat(64),
  trainingManifestDigest: '1'.repeat(64),
  evaluationDigest: '2'.repeat(64),
  environment: { runtime: 'node', system: 'linux', packages: ['a==1'], command: [], files: {} },
};

describe('gRPC adapters of the training', () => {
  let server: MeshServer;
  let features: ServiceClient<'mlmesh.feature.v1.FeatureService'>;
  let registry: ServiceClient<'mlmesh.registry.v1.RegistryService'>;
  const seen: { chunks: number[]; uploaded: number[]; provenance?: unknown; moves: unknown[] } = {
    chunks: [],
    uploaded: [],
    moves: [],
  };

  before(async () => {
    server = createServer({
      name: 'fakes',
      address: '127.0.0.1:0',
      clock: systemClock,
      services: [
        implementPartly('mlmesh.feature.v1.FeatureService', {
          buildTrainingSet: async function* ({ model }) {
            yield* answers[model] ?? [];
          },
        }),
        implementPartly('mlmesh.registry.v1.RegistryService', {
          listVersions: async ({ model }) => {
            if (model === 'new') {
              throw new MeshError({ code: 'NOT_FOUND', reason: 'MODEL_UNKNOWN', message: 'new' });
            }
            return { aliases: [{ model, alias: 'production', version: 2, generation: 4 }] };
          },
          getUpload: async () => ({ receivedBytes: 1, isComplete: false }),
          upload: async (parts) => {
            for await (const { chunk } of parts) if (chunk) seen.uploaded.push(chunk.length);
            return { isComplete: true };
          },
          registerVersion: async (parts) => {
            for await (const { header, chunk } of parts) {
              if (header) seen.provenance = header.provenance;
              if (chunk && chunk.length > 0) seen.chunks.push(chunk.length);
            }
            return { version: { version: 9 } };
          },
          promote: async (request) => {
            seen.moves.push(request);
            return {};
          },
        }),
      ],
    });
    await server.start();
    features = connectService('mlmesh.feature.v1.FeatureService', [server.address], {
      clock: systemClock,
    });
    registry = connectService('mlmesh.registry.v1.RegistryService', [server.address], {
      clock: systemClock,
    });
  });

  after(async () => {
    features.close();
    registry.close();
    await server.stop(1_000);
  });

  const build = (model: string, onProgress: () => void = () => undefined) =>
    new GrpcTrainingSets(features).build(
      {
        model,
        interval: { fromMs: 1e12, untilMs: 2e12 },
        rowsMax: 10,
        seed: 3,
        logOffset: 0,
        featureSetHash: 'a'.repeat(64),
        segmentColumns: ['city'],
        mode: 'as-served',
        answerAgeMaxMs: 0,
        answersBefore: 0,
      },
      onProgress,
      signal,
    );

  it('puts the parts of a training set together', async () => {
    let progressCount = 0;
    const set = await build('good', () => {
      progressCount++;
    });
    assert.deepEqual([...set.rows.features], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.deepEqual([...set.rows.labels], [0, 1, 0, 1, 0]);
    assert.deepEqual(set.rows.eventIds, ['0', '1', '2', '3', '4']);
    assert.equal(set.rows.atMs[4], 1e12 + 4);
    const values = ['Ayr', 'Bath', 'Ayr', 'Ayr', 'Bath'];
    assert.deepEqual(set.segments, [{ column: 'city', values }]);
    assert.equal(set.manifest.logOffset, 7);
    assert.deepEqual(set.manifest.interval, { fromMs: 1e12, untilMs: 2e12 });
    assert.equal(progressCount, 3);
  });

  it('refuses a set that is cut, short or malformed', async () => {
    for (const model of ['cut', 'short', 'ragged', 'torn', 'bare', 'nothing']) {
      await assert.rejects(
        build(model),
        (error) => error instanceof MeshError && error.reason === 'TRAINING_FAILED',
        model,
      );
    }
  });

  it('sends provenance first, then the artifact in chunks of at most 1 MiB', async () => {
    const artifact = new Uint8Array(2_500_000);
    const attachments = [new Uint8Array(3), new Uint8Array(1_100_000)];
    const sent = { model: 'm', provenance, artifact, attachments };
    const version = await new GrpcRegistry(registry).register(sent, signal);
    // The registry had 1 byte of each already.
    assert.deepEqual(seen.uploaded, [2, 1_048_576, 51_423]);
    assert.equal(version, 9);
    assert.deepEqual(seen.chunks, [1_048_576, 1_048_576, 402_848]);
    assert.deepEqual(recordedProvenance(JSON.parse(JSON.stringify(seen.provenance))), provenance);
  });

  it('reads aliases, none for a model that is new, and moves them', async () => {
    const adapter = new GrpcRegistry(registry);
    assert.deepEqual(await adapter.aliases('m', signal), [
      { alias: 'production', version: 2, generation: 4 },
    ]);
    assert.deepEqual(await adapter.aliases('new', signal), []);
    const move = { model: 'm', version: 2, expectedGeneration: 0, reason: 'first training' };
    await adapter.move({ ...move, alias: 'fallback' }, signal);
    const wanted = { ...move, alias: 'fallback', isForced: false };
    assert.deepEqual({ ...(seen.moves[0] ?? {}) }, wanted);
  });
});
