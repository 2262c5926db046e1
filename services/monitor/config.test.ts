import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monitorConfig } from './config.ts';

describe('monitorConfig', () => {
  it('has a default for everything', () => {
    assert.deepEqual(monitorConfig({ options: {} }), {
      predictionsMax: 500_000,
      tracesMax: 2_000,
      spansPerTraceMax: 512,
      auditShare: 0.06,
      auditAnswersPerSecond: 10,
      auditEveryMs: 30_000,
      serviceSilentMs: 10_000,
    });
  });

  it('takes each option by its name', () => {
    const options = {
      predictionsMax: 1,
      tracesMax: 2,
      spansPerTraceMax: 3,
      auditShare: 1,
      auditAnswersPerSecond: 5,
      auditEveryMs: 6,
      serviceSilentMs: 4,
    };
    assert.deepEqual(monitorConfig({ options }), options);
  });

  it('refuses what is out of range, and names it', () => {
    const wrong: readonly [string, number | string][] = [
      ['predictionsMax', 0],
      ['tracesMax', 1.5],
      ['auditShare', 1.01],
      ['auditShare', Number.NaN],
      ['auditEveryMs', 0],
      ['serviceSilentMs', '10s'],
    ];
    for (const [name, value] of wrong) {
      assert.throws(() => monitorConfig({ options: { [name]: value } }), {
        reason: 'INVALID_CONFIG',
        message: new RegExp(name),
      });
    }
  });
});
