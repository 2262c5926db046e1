import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monitorConfig } from './config.ts';

describe('monitorConfig', () => {
  it('has a default for everything', () => {
    assert.deepEqual(monitorConfig({ options: {} }), {
      predictionsMax: 500_000,
      driftWindowsMax: 120,
      verdictsMax: 50_000,
      keepDays: 90,
      predictionsBytesMax: 2_147_483_648,
      driftWindowsBytesMax: 1_073_741_824,
      verdictsBytesMax: 268_435_456,
      tracesMax: 2_000,
      spansPerTraceMax: 512,
      auditShare: 0.06,
      auditAnswersPerSecond: 10,
      auditEveryMs: 30_000,
      serviceSilentMs: 10_000,
      alertQuietMs: 600_000,
      alertWebhooks: [],
      alertmanagers: [],
      runbookUrl: '',
    });
  });

  it('takes each option by its name', () => {
    const numbers = {
      predictionsMax: 1,
      driftWindowsMax: 7,
      verdictsMax: 9,
      keepDays: 8,
      predictionsBytesMax: 10,
      driftWindowsBytesMax: 11,
      verdictsBytesMax: 12,
      tracesMax: 2,
      spansPerTraceMax: 3,
      auditShare: 1,
      auditAnswersPerSecond: 5,
      auditEveryMs: 6,
      serviceSilentMs: 4,
      alertQuietMs: 5,
    };
    const options = {
      ...numbers,
      alertWebhooks: 'http://a/b,https://c',
      alertmanagers: 'http://d:9093',
      runbookUrl: 'https://e/',
    };
    assert.deepEqual(monitorConfig({ options }), {
      ...numbers,
      alertWebhooks: ['http://a/b', 'https://c'],
      alertmanagers: ['http://d:9093'],
      runbookUrl: 'https://e/',
    });
  });

  it('refuses what is out of range, and names it', () => {
    const wrong: readonly [string, number | string][] = [
      ['predictionsMax', 0],
      ['tracesMax', 1.5],
      ['auditShare', 1.01],
      ['auditShare', Number.NaN],
      ['auditEveryMs', 0],
      ['serviceSilentMs', '10s'],
      ['alertWebhooks', 'file:///etc/passwd'],
      ['alertmanagers', 'alertmanager:9093'],
      ['runbookUrl', 'x'],
    ];
    for (const [name, value] of wrong) {
      assert.throws(() => monitorConfig({ options: { [name]: value } }), {
        reason: 'INVALID_CONFIG',
        message: new RegExp(name),
      });
    }
  });
});
