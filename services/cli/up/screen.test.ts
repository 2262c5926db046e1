import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderScreen, renderScreenLine, type ScreenSummary } from './screen.ts';

const service = (name: string, phase: 'healthy' | 'backoff' = 'healthy', restartsCount = 0) => ({
  name,
  phase,
  restartsCount,
  pid: 1,
  address: '127.0.0.1:7500',
});

const summary: ScreenSummary = {
  mesh: 'flights',
  virtualMs: Date.UTC(2001, 5, 3, 14),
  services: [service('registry'), service('router', 'backoff', 2)],
  consoleUrl: undefined,
  models: [
    {
      model: 'flight-delay',
      predictions: 12_345,
      predictionsPerSecond: 1_234.4,
      latencyP50Ms: 1.234,
      latencyP99Ms: 12.34,
      tiers: [
        { tier: 'model', version: 2, share: 0.9996 },
        { tier: 'fallback', version: 1, share: 0.0003 },
        { tier: 'rules', version: 0, share: 0.0001 },
      ],
      shadowPairs: 12_000,
      shadowExpected: 12_345,
      shadowAgreement: 0.9312,
      outcomes: 11_000,
      auc: 0.7072,
      parityChecked: 123,
      parityMismatches: 0,
      alerts: [],
    },
  ],
  features: undefined,
};

const onlyFeatures: ScreenSummary = {
  mesh: 'purchases',
  virtualMs: undefined,
  services: [],
  consoleUrl: 'http://127.0.0.1:7580',
  models: [],
  features: {
    views: [
      { view: 'purchases/userId', entities: 1_490, newestEventMs: Date.UTC(2025, 2, 31, 23, 55) },
    ],
    featureSets: ['spending'],
    logOffset: 20_000,
  },
};

describe('renderScreen', () => {
  it('shows rate, latency, tiers, shadow, auc, alerts, health and virtual time', () => {
    assert.equal(
      renderScreen(summary, 100),
      `mesh flights   replay at 2001-06-03 14:00 UTC
services   registry ok   router BACKOFF (2 restarts)

flight-delay
  predictions   12,345   1,234/s   p50 1.23 ms   p99 12.3 ms
  answered by   model v2 99.96 %   fallback v1 0.03 %   rules 0.01 %
  shadow        agrees 93.1 % of 12,000 pairs (97.2 % paired)
  outcomes      11,000   auc so far 0.707
  parity        123 audited   0 mismatches
  alerts        none

Ctrl-C drains and stops everything
`,
    );
  });

  it('clips lines at the width of the terminal, so that redrawing counts them right', () => {
    const lines = renderScreen(summary, 40).trimEnd().split('\n');
    assert.ok(lines.every((line) => line.length <= 40));
  });

  it('says nothing rather than zero before the first figure', () => {
    const [model] = summary.models;
    assert.ok(model !== undefined);
    const fresh = { ...model, shadowPairs: 0, shadowExpected: 0, auc: 0, tiers: [] };
    const text = renderScreen({ ...summary, virtualMs: undefined, models: [fresh] });
    assert.match(text, /answered by {3}-/);
    assert.match(text, /agrees - of 0 pairs \(- paired\)/);
    assert.match(text, /auc so far -/);
  });

  it('shows each alert', () => {
    const [model] = summary.models;
    assert.ok(model !== undefined);
    const alerts = [{ rule: 'auc-drop', severity: 'page', message: 'auc fell to 0.5' }];
    const text = renderScreen({ ...summary, models: [{ ...model, alerts }] });
    assert.match(text, /! page auc-drop: auc fell to 0\.5/);
  });
});

describe('renderScreen of a mesh without models', () => {
  it('shows what the feature store holds', () => {
    assert.equal(
      renderScreen(onlyFeatures),
      `mesh purchases
services   

features     spending; no models
  events     20,000 applied
  purchases/userId   1,490 entities   newest event 2025-03-31 23:55 UTC

console    http://127.0.0.1:7580
Ctrl-C drains and stops everything
`,
    );
  });
});

describe('renderScreenLine', () => {
  it('puts the same into one line', () => {
    assert.equal(
      renderScreenLine(summary),
      '2001-06-03 14:00; flight-delay, 12,345 predictions, 1,234/s, p50 1.23 ms, p99 12.3 ms, model v2 99.96 %, fallback v1 0.03 %, rules 0.01 %, shadow agrees 93.1 %, auc 0.707, alerts 0; router BACKOFF (2 restarts)\n',
    );
  });

  it('says what the feature store holds when there are no models', () => {
    assert.equal(
      renderScreenLine(onlyFeatures),
      'no models, serves spending, 20,000 events, newest 2025-03-31 23:55 UTC\n',
    );
    const empty = { ...onlyFeatures, features: { views: [], featureSets: [], logOffset: 0 } };
    assert.equal(renderScreenLine(empty), 'no models, serves no feature sets, 0 events\n');
  });
});
