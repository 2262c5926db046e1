import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nobodyRouted } from './routing-table.ts';
import { shadowsOf } from './shadow-choice.ts';

const routing = {
  ...nobodyRouted('m'),
  productionVersion: 3,
  previousVersion: 2,
  reverseVersion: 2,
  canaryVersion: 4,
  canaryShare: 0.5,
  shadowVersions: [4, 5],
};
const all = { shadowRate: 1, reverseShadowRate: 1 };
const byProduction = { role: 'PRODUCTION', version: 3 } as const;
const byCanary = { role: 'CANARY', version: 4 } as const;

describe('shadowsOf', () => {
  it('names every shadow, and in reverse the version that production has replaced', () => {
    const choice = shadowsOf(all, routing, byProduction, 0.5);
    assert.deepEqual(choice, { versions: [4, 5, 2], reverseVersion: 2 });
  });
  it('leaves out the version that answers, and names production in reverse behind a canary', () => {
    const choice = shadowsOf(all, routing, byCanary, 0.5);
    assert.deepEqual(choice, { versions: [5, 3], reverseVersion: 3 });
  });
  it('names production in reverse where control is served by the previous version', () => {
    const control = { role: 'CONTROL', version: 2 } as const;
    assert.equal(shadowsOf(all, routing, control, 0.5).reverseVersion, 3);
  });
  it('names none twice: a reverse shadow that an alias names as well is that shadow', () => {
    const named = { ...routing, shadowVersions: [2, 5] };
    const choice = shadowsOf(all, named, byProduction, 0.5);
    assert.deepEqual(choice, { versions: [2, 5], reverseVersion: 0 });
  });
  it('names nobody while the shadows are paused', () => {
    const paused = { ...routing, isShadowPaused: true };
    const choice = shadowsOf(all, paused, byProduction, 0);
    assert.deepEqual(choice, { versions: [], reverseVersion: 0 });
  });
  it('samples by each rate, with one draw for both', () => {
    const rates = { shadowRate: 0.5, reverseShadowRate: 0.1 };
    const at = (point: number) => {
      const { versions, reverseVersion } = shadowsOf(rates, routing, byProduction, point);
      return [versions.length, reverseVersion];
    };
    assert.deepEqual(
      [at(0.09), at(0.1), at(0.49), at(0.5)],
      [
        [3, 2],
        [2, 0],
        [2, 0],
        [0, 0],
      ],
    );
    const none = { shadowRate: 0, reverseShadowRate: 0 };
    assert.deepEqual(shadowsOf(none, routing, byProduction, 0).versions, []);
  });
  it('has no reverse shadow where no version is in production', () => {
    const nothing = { ...routing, productionVersion: 0, reverseVersion: 0 };
    assert.equal(shadowsOf(all, nothing, { role: 'PRODUCTION', version: 0 }, 0).reverseVersion, 0);
    assert.equal(shadowsOf(all, nothing, byCanary, 0).reverseVersion, 0);
  });
});
