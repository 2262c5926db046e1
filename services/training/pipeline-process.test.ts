import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { DrawnSets, KeptVersions, model, train } from '../../test/support/training-fakes.ts';
import { hashTrainingSet } from '../shared/compute/training-set-hash.ts';
import { candidateOf } from '../shared/definition/candidate.ts';
import { MeshError } from '../shared/kernel/mesh-error.ts';
import { TfjsTrainer } from './adapters/tfjs-trainer.ts';
import type { ExternalTrainer, TrainingSet } from './ports.ts';

const failsWith = (reason: string) => (error: unknown) =>
  error instanceof MeshError && error.reason === reason;

describe('runTraining', () => {
  it('registers each candidate with complete provenance and good metrics', async () => {
    const registry = new KeptVersions();
    const { versions } = await train(registry);
    assert.deepEqual(
      versions.map(({ version, candidate }) => [version, candidate.alias]),
      [
        [1, 'fallback'],
        [2, 'production'],
        [3, 'shadow'],
      ],
    );
    for (const { provenance, artifact } of registry.versions) {
      const digest = createHash('sha256').update(artifact).digest('hex');
      assert.equal(provenance.artifactDigest, digest);
      assert.equal(provenance.artifactBytes, artifact.length);
      assert.equal(provenance.trainingData.rows, 600);
      assert.equal(provenance.trainingData.logOffset, 42);
      assert.deepEqual(provenance.signature.features, ['distance', 'hour', 'cityDelay']);
      assert.deepEqual(provenance.signature.inputs[0]?.shape, [-1, 3]);
      assert.ok(provenance.isCodeDirty);
      const { auc = 0 } = provenance.metrics;
      assert.ok(auc > 0.9, `${auc}`);
      assert.ok(Object.values(provenance.metrics).every(Number.isFinite));
    }
    const written = JSON.parse(registry.versions[1]?.provenance.hyperparametersJson ?? '');
    assert.deepEqual(written.hidden, [8]);
    assert.equal(written.seed, 9);
  });

  it('registers artifacts that give in ONNX Runtime what the metrics say', async () => {
    const registry = new KeptVersions();
    await train(registry);
    const kept = registry.versions[1] ?? assert.fail('no version 2');
    const holdout = await new DrawnSets().build({
      model: model.name,
      interval: model.pipeline.validate,
      rowsMax: 300,
      seed: 9,
      logOffset: 0,
      featureSetHash: '',
      segmentColumns: [],
      mode: 'as-served',
      answerAgeMaxMs: 0,
      answersBefore: 0,
    });
    const session = await InferenceSession.create(kept.artifact);
    const input = new Tensor('float32', holdout.rows.features, [300, 3]);
    const { probability } = await session.run({ features: input });
    const mean = Float64Array.from(probability?.data ?? [], Number).reduce((a, b) => a + b) / 300;
    // 1e-6: float32 in the runtime, float64 in the metric.
    assert.ok(Math.abs(mean - (kept.provenance.metrics['mean_probability'] ?? 0)) < 1e-6);
    await session.release();
  });

  it('has the candidate for production shadow until evidence lets it in, and moves production never', async () => {
    const registry = new KeptVersions();
    const { moves } = await train(registry);
    assert.deepEqual(registry.positions, { fallback: 1, shadow: 2 });
    assert.deepEqual(
      moves.map(({ alias, version }) => `${alias} ${version}`),
      ['fallback 1', 'shadow 2'],
    );
  });

  it('leaves production alone when it is trained anew, and shadows its new candidate', async () => {
    const registry = new KeptVersions();
    await train(registry);
    const reason = 'its checklist is complete';
    const move = { model: 'trip-late', alias: 'production', version: 2, reason } as const;
    await registry.move({ ...move, expectedGeneration: 0 });
    await train(registry);
    assert.deepEqual(registry.positions, { production: 2, fallback: 1, shadow: 5 });
    assert.equal(registry.versions[4]?.provenance.parentVersion, 2);
  });

  it('measures on a test interval too, where there is one', async () => {
    const registry = new KeptVersions();
    const { fromMs, untilMs } = model.pipeline.validate;
    const test = { fromMs: untilMs + 3_600_000, untilMs: 2 * untilMs - fromMs };
    const pipeline = { ...model.pipeline, test, testRowsMax: 400 };
    const { versions } = await train(registry, {}, undefined, { ...model, pipeline });
    const [first] = versions;
    assert.deepEqual(
      first?.evaluated.map(({ role, rows }) => [role, rows]),
      [
        ['validate', 300],
        ['test', 400],
      ],
    );
    const {
      auc,
      test_auc: testAuc,
      ece = 1,
      baseline_log_loss: baseline = 0,
      log_loss: loss = 1,
    } = first?.provenance.metrics ?? {};
    assert.ok(auc !== testAuc && (testAuc ?? 0) > 0.9, `${auc} ${testAuc}`);
    assert.ok(loss < baseline && ece < 0.2);
  });

  it('gives the same artifacts each time', async () => {
    const [first, second] = [new KeptVersions(), new KeptVersions()];
    await train(first);
    await train(second);
    const digests = ({ versions }: KeptVersions) =>
      versions.map(({ provenance }) => provenance.artifactDigest);
    assert.deepEqual(digests(first), digests(second));
  });

  it('refuses rows that changed on their way, of other features, or none', async () => {
    const registry = new KeptVersions();
    const changed = new DrawnSets((set) => {
      set.rows.labels[0] = 1 - (set.rows.labels[0] ?? 0);
      return set;
    });
    const foreign = new DrawnSets(({ rows, manifest }) => ({
      rows,
      segments: [],
      manifest: { ...manifest, featureSetHash: '0'.repeat(64) },
    }));
    const none = { rows: 0, labels: new Float32Array(0), features: new Float32Array(0) };
    const replaced = (set: TrainingSet, rows: TrainingSet['rows']): TrainingSet => ({
      ...set,
      rows,
      manifest: { ...set.manifest, dataHash: hashTrainingSet(rows).root },
    });
    const empty = new DrawnSets((set) =>
      replaced(set, { ...set.rows, ...none, atMs: new Float64Array(0), eventIds: [] }),
    );
    const oneLabel = new DrawnSets((set) =>
      replaced(set, { ...set.rows, labels: new Float32Array(set.rows.rows) }),
    );
    await assert.rejects(train(registry, { source: oneLabel }), /both labels.*all with label 0/);
    for (const source of [changed, foreign, empty, oneLabel]) {
      await assert.rejects(train(registry, { source }), failsWith('TRAINING_FAILED'));
    }
    assert.equal(registry.versions.length, 0);
  });

  it('refuses a candidate that gives no probabilities, and registers nothing of it', async () => {
    const files = new URL('file:///trainer/');
    const options = { alias: 'fallback', kind: 'external', command: ['python3'], files } as const;
    const { pipeline } = model;
    const production = pipeline.candidates[1] ?? assert.fail('no production');
    const candidates = [candidateOf(options, 'test'), production];
    for (const [value, text] of [
      [Number.NaN, /got NaN for row 0/],
      [1.5, /got 1.5 for row 0/],
    ] as const) {
      const registry = new KeptVersions();
      const external: ExternalTrainer = {
        train: () =>
          Promise.resolve({
            artifact: Buffer.from('x'),
            environment: new TfjsTrainer().environment,
            reported: { auc: 1 },
            predict: (_, rows) => Promise.resolve(new Float32Array(rows).fill(value)),
          }),
      };
      const changed = { ...model, pipeline: { ...pipeline, candidates } };
      await assert.rejects(train(registry, { external }, undefined, changed), text);
      assert.equal(registry.versions.length, 0);
    }
  });

  it('does not move an alias that somebody else has moved meanwhile', async () => {
    const registry = new KeptVersions();
    const trainer = new TfjsTrainer();
    const meddler = {
      name: 'meddler',
      environment: trainer.environment,
      train: async (...input: Parameters<TfjsTrainer['train']>) => {
        registry.held.set('shadow', { alias: 'shadow', version: 1, generation: 7 });
        return trainer.train(...input);
      },
    };
    await assert.rejects(train(registry, { trainer: meddler }), failsWith('ALIAS_MOVED'));
  });

  it('ends when it is cancelled', async () => {
    const registry = new KeptVersions();
    await assert.rejects(train(registry, {}, AbortSignal.abort(new Error('stop'))), /stop/);
    assert.equal(registry.versions.length, 0);
  });
});
