import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderTraffic, type TrafficFacts, trafficRows } from './traffic-sheet.ts';

const hour = 3_600_000;
const facts: TrafficFacts = {
  model: 'm',
  aliases: [
    { alias: 'canary', version: 4 },
    { alias: 'previous', version: 2 },
    { alias: 'production', version: 3 },
    { alias: 'shadow', version: 5 },
    { alias: 'shadow-small', version: 6 },
  ],
  steered: {
    generation: 3,
    isShadowPaused: false,
    ramp: { version: 4, share: 0.25, isHeld: false, sinceMs: hour },
    steps: [0.25, 0.5, 1],
    holdForMs: hour,
  },
  routed: {
    productionVersion: 3,
    canaryVersion: 4,
    controlShare: 0.2,
    controlServes: 'rules',
    shadowRate: 1,
    reverseShadowVersion: 2,
    reverseShadowRate: 0.1,
  },
};
const { steered, routed } = facts;
assert.ok(steered.ramp && routed);
const { ramp } = steered;

function rows(change: Partial<TrafficFacts>, nowMs = 2 * hour) {
  return trafficRows({ ...facts, ...change }, nowMs).map(({ role, serves, share, note }) =>
    [role, serves, Number(share.toFixed(6)), note].join('|'),
  );
}

const noteOf = (change: Partial<typeof ramp>, nowMs?: number) =>
  rows({ steered: { ...steered, ramp: { ...ramp, ...change } } }, nowMs)[2]?.split('|')[3];

describe('the sheet of traffic', () => {
  it('shares what control leaves between canary and production, and names all shadows', () => {
    assert.deepEqual(rows({}), [
      'production|version 3|0.6|',
      'control|rules|0.2|',
      'canary|version 4|0.2|next 50.0 %, now',
      'shadow|version 5|1|',
      'shadow-small|version 6|1|',
      'reverse shadow|version 2|0.1|',
    ]);
  });
  it('says what follows for the canary', () => {
    assert.equal(noteOf({}, hour), 'next 50.0 %, in 60 min 00 s');
    assert.equal(noteOf({ isHeld: true }), 'held');
    assert.equal(noteOf({ share: 1 }), 'last step: promote it or take it back');
    assert.equal(noteOf({ share: 0, sinceMs: 2 * hour }), 'next 25.0 %, now');
  });
  it('gives production what a canary has that is not ready', () => {
    const [production, , canary] = rows({ routed: { ...routed, canaryVersion: 0 } });
    assert.deepEqual(
      [production, canary],
      ['production|version 3|0.8|', 'canary|version 4|0|not ready'],
    );
  });
  it('shows that shadows are paused: they see nothing', () => {
    const shadows = rows({ steered: { ...steered, isShadowPaused: true } }).slice(3);
    assert.deepEqual(shadows, [
      'shadow|version 5|0|paused',
      'shadow-small|version 6|0|paused',
      'reverse shadow|version 2|0|paused',
    ]);
  });
  it('shows who answers while production is being loaded, and where there is none', () => {
    const loading = rows({ routed: { ...routed, productionVersion: 2 } })[0];
    assert.equal(loading, 'production|version 2|0.6|version 3 is being loaded');
    const nobody = { ...steered, ramp: undefined };
    const none = rows({ aliases: [], steered: nobody, routed: undefined });
    assert.deepEqual(none, ['production|the fallback|1|']);
  });
  it('shows control by the previous version', () => {
    const row = rows({ routed: { ...routed, controlServes: 'previous' } })[1];
    assert.equal(row, 'control|version 2|0.2|');
  });
  it('is a table under the name of the model', () => {
    const text = renderTraffic(facts, 2 * hour);
    assert.match(text, /^m\nrole +served by +share +since \(UTC\)/);
    assert.match(text, /canary +version 4 +20.0 % +1970-01-01 01:00 +next 50.0 %, now/);
  });
});
