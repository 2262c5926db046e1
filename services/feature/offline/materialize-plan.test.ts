import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mesh } from '../../../test/support/flights-sample-mesh.ts';
import type { Mesh } from '../../shared/definition/mesh.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { storedView } from '../core/state-hash.ts';
import { gridTimes, materializePlan, monthsOf, stepText } from './materialize-plan.ts';

const dayMs = 86_400_000;
const may = { fromMs: Date.UTC(2001, 4, 1), untilMs: Date.UTC(2001, 5, 1) };
const request = { view: 'flights/origin', ...may, everyMs: dayMs, logOffset: 5 };

/** The sample mesh with other features. */
function meshWith(change: (feature: Mesh['features'][number]) => Mesh['features'][number]): Mesh {
  return { ...mesh, features: mesh.features.map(change) };
}

function refusal(of: Mesh): MeshError {
  try {
    materializePlan(of, request);
  } catch (error) {
    if (error instanceof MeshError) return error;
  }
  throw new Error('not refused');
}

describe('materializePlan', () => {
  it('takes the offline features of a view, and another version for other ones', () => {
    const all = materializePlan(mesh, request);
    assert.deepEqual(all.view.features.map(({ name }) => name).sort(), [
      'originDelayMax6h',
      'originDelayMean3h',
      'originFlights24h',
    ]);
    const isOffline = (name: string): boolean => name !== 'originDelayMax6h';
    const some = materializePlan(
      meshWith((feature) => ({ ...feature, isOffline: isOffline(feature.name) })),
      request,
    );
    assert.deepEqual(some.view.features.map(({ name }) => name).sort(), [
      'originDelayMean3h',
      'originFlights24h',
    ]);
    assert.equal(some.definitionHashes.length, 2);
    assert.notEqual(some.version, all.version);
  });

  it('takes the view of the mesh file, before those of earlier versions, by the name that people give it', () => {
    const earlier = mesh.views.map((view) => ({
      ...view,
      features: view.features.map((feature) => ({ ...feature, default: 7 })),
    }));
    const served: Mesh = { ...mesh, views: [...mesh.views, ...earlier].map(storedView) };
    const [all, found] = [mesh, served].map((of) => materializePlan(of, request));
    assert.ok(served.views.every(({ id }) => id.includes('@')));
    assert.deepEqual(found, all);
  });

  it('refuses a view without offline features, and names that would be one column', () => {
    const online = refusal(meshWith((feature) => ({ ...feature, isOffline: false })));
    assert.deepEqual([online.code, online.reason], ['FAILED_PRECONDITION', 'DEFINITION_INVALID']);
    const renamed: Mesh = {
      ...meshWith((feature) =>
        feature.name === 'originFlights24h' ? { ...feature, name: 'Origin' } : feature,
      ),
      views: mesh.views.map((view) => ({
        ...view,
        features: view.features.map((feature) =>
          feature.name === 'originFlights24h' ? { ...feature, name: 'Origin' } : feature,
        ),
      })),
    };
    assert.match(refusal(renamed).message, /two columns 'Origin'/);
  });
});

describe('a grid', () => {
  it('has the multiples of its step in the interval, which is half open', () => {
    const at = (...times: readonly number[]): Float64Array => Float64Array.from(times);
    assert.deepEqual(gridTimes({ fromMs: -5, untilMs: 20 }, 10), at(0, 10));
    assert.deepEqual(gridTimes({ fromMs: 0, untilMs: 21 }, 10), at(0, 10, 20));
    assert.deepEqual(gridTimes({ fromMs: 1, untilMs: 10 }, 10), at());
    assert.equal(gridTimes(may, dayMs).length, 31);
  });

  it('is cut where months begin', () => {
    const months = monthsOf({ fromMs: Date.UTC(2000, 11, 30), untilMs: Date.UTC(2001, 1, 1) });
    assert.deepEqual(months, [
      { month: '2000-12', fromMs: Date.UTC(2000, 11, 30), untilMs: Date.UTC(2001, 0, 1) },
      { month: '2001-01', fromMs: Date.UTC(2001, 0, 1), untilMs: Date.UTC(2001, 1, 1) },
    ]);
    assert.equal(monthsOf({ fromMs: 0, untilMs: 1 }).length, 1);
  });

  it('has a step that is written in its greatest unit', () => {
    assert.deepEqual([dayMs, 7 * dayMs, dayMs / 4, 90_000, 60_000, 60_001].map(stepText), [
      '1d',
      '7d',
      '6h',
      '90s',
      '1min',
      '60001ms',
    ]);
  });
});
