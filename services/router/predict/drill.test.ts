import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { durationMs, epochMs, monotonicMs } from '../../shared/kernel/units.ts';
import type { ModelQuery } from '../ports.ts';
import { drillParts, isRecorded } from './drill.ts';
import { newCounts, type RouterParts } from './router-parts.ts';
import { VersionBreakers } from './version-breakers.ts';

function arrange() {
  const asked: ModelQuery[] = [];
  const breakers = new VersionBreakers();
  const parts: RouterParts = {
    clock: { monotonic: () => monotonicMs(0), epoch: () => epochMs(0), sleep: async () => {} },
    timers: { after: () => undefined, cancel: () => undefined },
    features: { read: () => undefined },
    models: { run: (query) => asked.push(query) },
    fallbackOf: (model) =>
      model === 'm'
        ? {
            version: 1,
            outputName: 'probability',
            p99Ms: durationMs(3),
            infer: async () => Float32Array.of(0.5),
          }
        : undefined,
    breakerOf: (model, version) => breakers.of(model, version),
    featureBreaker: breakers.features,
    counts: newCounts(),
  };
  const query: ModelQuery = {
    model: 'm',
    version: 2,
    featureSetHash: 'h',
    row: Float32Array.of(1),
    trace: undefined,
    deadline: monotonicMs(50),
  };
  return { asked, parts, query };
}

const receiver = { onAnswer: () => assert.fail(), onFailure: () => assert.fail() };
const drillOf = (fault: Parameters<typeof drillParts>[1]['fault']) => ({ fault, version: 2 });

describe('a drill', () => {
  it('has the model hang for its own request alone: the version is not asked', () => {
    const { asked, parts, query } = arrange();
    drillParts(parts, drillOf('model-hangs')).models.run(query, receiver);
    assert.deepEqual(asked, []);
    drillParts(parts, drillOf('none')).models.run(query, receiver);
    assert.equal(asked.length, 1);
  });
  it('does not tell the breaker of the version, so callers are not kept from it', () => {
    const { parts } = arrange();
    const breaker = drillParts(parts, drillOf('model-hangs')).breakerOf('m', 2);
    for (let call = 0; call < 100; call += 1) {
      breaker.record(monotonicMs(call * 10), 'failure', false);
      if (breaker.state === 'open') break;
    }
    assert.equal(breaker.state, 'open');
    assert.equal(parts.breakerOf('m', 2).admit(monotonicMs(1_000)).isAdmitted, true);
  });
  it('has the fallback answer, or hang as well', async () => {
    const { parts } = arrange();
    const row = Float32Array.of(1);
    const first = drillParts(parts, drillOf('model-hangs')).fallbackOf('m');
    assert.deepEqual(await first?.infer(row), Float32Array.of(0.5));
    const both = drillParts(parts, drillOf('model-and-fallback-hang'));
    const hung = both.fallbackOf('m')?.infer(row) ?? Promise.resolve('none');
    const soon = new Promise((resolve) => setImmediate(() => resolve('nothing yet')));
    assert.equal(await Promise.race([hung, soon]), 'nothing yet');
    assert.equal(both.fallbackOf('m')?.p99Ms, 3);
    assert.equal(both.fallbackOf('other'), undefined);
  });
  it('is logged as traffic only when nothing about it is special', () => {
    assert.equal(isRecorded({ fault: 'none', version: undefined }), true);
    assert.equal(isRecorded({ fault: 'none', version: 0 }), false);
    assert.equal(isRecorded({ fault: 'model-hangs', version: undefined }), false);
  });
});
