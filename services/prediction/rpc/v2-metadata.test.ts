import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { servableSpec } from '../../../test/support/servable-spec.ts';
import { modelConfig, modelMetadata } from './v2-metadata.ts';

const limits = {
  callRowsMax: 64,
  batchDelayMs: 2,
  queueRowsMax: 4_096,
  requestMsMax: 30_000,
  threads: 3,
};

describe('modelMetadata', () => {
  it('names the platform by the format of the artifact', () => {
    const platformOf = (artifactFormat: string) =>
      modelMetadata({ spec: servableSpec({ artifactFormat }), backend: '' }, [1, 2]).platform;
    assert.deepEqual(['onnx', 'tfjs', 'saved-model', 'own'].map(platformOf), [
      'onnxruntime_onnx',
      'tensorflow_tfjs',
      'tensorflow_savedmodel',
      'own',
    ]);
  });
});

describe('modelConfig', () => {
  it('says where it runs, how often at once, and how it batches', () => {
    const config = modelConfig({ spec: servableSpec(), backend: 'onnxruntime-cuda' }, limits);
    const [group] = config.instanceGroup ?? [];
    assert.deepEqual([group?.kind, group?.count, group?.gpus], ['KIND_GPU', 3, [0]]);
    assert.equal(config.maxBatchSize, 64);
    assert.equal(config.runtime, 'onnxruntime-cuda');
    assert.equal(config.dynamicBatching?.maxQueueDelayMicroseconds, 2_000);
    assert.equal(config.dynamicBatching?.priorityLevels, 2);
    assert.deepEqual(config.input, [{ name: 'features', dataType: 'TYPE_FP32', dims: [1] }]);
  });

  it('says nothing of batching where requests are never joined', () => {
    const spec = servableSpec({
      batchRowsMax: 0,
      inputs: [{ name: 's', dataType: 'BYTES', shape: [-1, 2] }],
    });
    const config = modelConfig({ spec, backend: 'onnxruntime-cpu' }, limits);
    assert.equal(config.maxBatchSize, 0);
    assert.equal(config.dynamicBatching, undefined);
    assert.deepEqual(config.input, [{ name: 's', dataType: 'TYPE_STRING', dims: [-1, 2] }]);
    assert.equal(config.instanceGroup?.[0]?.kind, 'KIND_CPU');
  });
});
