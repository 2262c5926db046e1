import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { mesh } from '../../test/support/fake-trips-mesh.ts';
import { hashTrainingSet } from '../shared/compute/training-set-hash.ts';
import { MeshError } from '../shared/kernel/mesh-error.ts';
import { seededRandom } from '../shared/kernel/random.ts';
import { implementPartly } from '../shared/platform/grpc/implement.ts';
import { createServer, type MeshServer } from '../shared/platform/grpc/server.ts';
import { runTrainingJob } from '../shared/platform/process/run-training-job.ts';
import { systemClock } from '../shared/platform/process/system-clock.ts';

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const featureSet = mesh.featureSets[0];
assert.ok(featureSet);
const columns = featureSet.columns.length;

/** Feature service and registry in one process: rows by chance, versions that count. */
function fakeServices(): MeshServer {
  let versions = 0;
  return createServer({
    name: 'fakes',
    address: '127.0.0.1:0',
    clock: systemClock,
    services: [
      implementPartly('mlmesh.feature.v1.FeatureService', {
        buildTrainingSet: async function* ({ fromMs, untilMs, rowsMax: rows, seed }) {
          const random = seededRandom(seed);
          const set = {
            rows,
            columns,
            features: Float32Array.from({ length: rows * columns }, () => random.next()),
            labels: Float32Array.from({ length: rows }, () => Math.round(random.next())),
            atMs: Float64Array.from({ length: rows }, (_, row) => fromMs + row),
            eventIds: Array.from({ length: rows }, (_, row) => `${row}`),
          };
          yield {
            rows: {
              rows,
              features: Buffer.from(set.features.buffer),
              labels: Buffer.from(set.labels.buffer),
              atMs: Buffer.from(set.atMs.buffer),
              eventIds: set.eventIds,
            },
          };
          const definitionHashes = featureSet?.columns.map(({ hash }) => hash) ?? [];
          const featureSetHash = featureSet?.hash ?? '';
          const dataHash = hashTrainingSet(set).root;
          const interval = { fromMs, untilMs, logOffset: 1, seed };
          yield { manifest: { rows, ...interval, featureSetHash, definitionHashes, dataHash } };
        },
      }),
      implementPartly('mlmesh.registry.v1.RegistryService', {
        listVersions: async () => ({}),
        getUpload: async () => ({ isComplete: true }),
        registerVersion: async (parts) => {
          for await (const _ of parts);
          versions++;
          return { version: { version: versions } };
        },
        promote: async () => ({}),
      }),
    ],
  });
}

describe('the training job', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mlmesh-training-'));
  const logPath = join(folder, 'training.log');
  let server: MeshServer;

  before(async () => {
    server = fakeServices();
    await server.start();
  });

  after(async () => {
    await server.stop(1_000);
    rmSync(folder, { recursive: true });
  });

  function run(model: string, signal = new AbortController().signal, stages: string[] = []) {
    const config = {
      meshModule: fileOf('../../test/support/fake-trips-mesh.js'),
      model,
      featureAddress: server.address,
      registryAddress: server.address,
      trainedBy: 'somebody',
      reproducedVersion: 0,
    };
    const onProgress = ({ stage }: { readonly stage: string }) => {
      if (stages.at(-1) !== stage) stages.push(stage);
    };
    const modulePath = fileOf('./main.js');
    return runTrainingJob({ modulePath, config, logPath, onProgress }, signal);
  }

  it('trains in a process of its own and tells what it does and did', async () => {
    const stages: string[] = [];
    const finished = await run('trip-late', undefined, stages);
    assert.ok(finished.kind === 'finished');
    const { versions, moves } = finished;
    assert.deepEqual(stages, [
      'build training set',
      'build validation set',
      'train fallback',
      'train production',
      'train shadow',
    ]);
    assert.deepEqual(
      versions.map(({ version, alias, kind, format }) => [version, alias, kind, format]),
      [
        [1, 'fallback', 'logistic', 'onnx'],
        [2, 'production', 'mlp', 'onnx'],
        [3, 'shadow', 'mlp', 'tfjs'],
      ],
    );
    assert.deepEqual(moves, [
      { alias: 'fallback', version: 1 },
      { alias: 'shadow', version: 2 },
    ]);
  });

  it('says why it failed', async () => {
    await assert.rejects(run('no-such-model'), (error) => {
      assert.ok(error instanceof MeshError);
      assert.deepEqual([error.code, error.reason], ['NOT_FOUND', 'MODEL_UNKNOWN']);
      return /trip-late/.test(error.message);
    });
    assert.match(readFileSync(logPath, 'utf8'), /training-failed/);
  });

  it('ends when it is told to', async () => {
    const cancel = new AbortController();
    const running = run('trip-late', cancel.signal);
    cancel.abort(new Error('enough'));
    await assert.rejects(running, /enough/);
  });
});
