import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hashPoint } from '../../shared/kernel/hash-point.ts';
import { assign, type CohortPolicy, type CohortRouting, type RoleName } from './cohort.ts';

const routing: CohortRouting = {
  model: 'm',
  productionVersion: 3,
  previousVersion: 2,
  canaryVersion: 4,
  canaryShare: 0.2,
};
const policy: CohortPolicy = {
  keyIndexes: [0],
  salt: 'm',
  controlShare: 0.1,
  controlServes: 'rules',
  excluded: [],
  pinned: [],
};

const entities = 1_000_000;
const roles: readonly RoleName[] = ['PRODUCTION', 'CONTROL', 'CANARY'];

/** Calls `see` with the role of each of a million entities. */
function assignAll(
  { share, version = 4 }: { readonly share: number; readonly version?: number },
  see: (entity: number, role: number) => void,
): void {
  const to = { ...routing, canaryShare: share, canaryVersion: version };
  for (let entity = 0; entity < entities; entity += 1) {
    see(entity, roles.indexOf(assign(policy, to, [`ORD-${entity}`]).role));
  }
}

function rolesOf(share: number, version?: number): Uint8Array {
  const assigned = new Uint8Array(entities);
  assignAll({ share, ...(version !== undefined && { version }) }, (entity, role) => {
    assigned[entity] = role;
  });
  return assigned;
}

const countOf = (assigned: Uint8Array, isCounted: (role: number, entity: number) => boolean) =>
  assigned.reduce((count, role, entity) => count + Number(isCounted(role, entity)), 0);

/** 5 standard deviations of a share of `n` draws: one in 3.5 million fair draws is further off. */
const tolerance = (share: number, n: number) => 5 * Math.sqrt((share * (1 - share)) / n);

const [production, control, canary] = [0, 1, 2];

describe('assign, over a million entities', () => {
  const steps = [0.01, 0.05, 0.1, 0.25, 0.5, 1];
  const ramp = steps.map((share) => rolesOf(share));

  it('gives control its share, and the canary its share of the rest', () => {
    for (const [index, assigned] of ramp.entries()) {
      const step = steps[index] ?? 0;
      const controlled = countOf(assigned, (role) => role === control);
      const rest = entities - controlled;
      const share = countOf(assigned, (role) => role === canary) / rest;
      assert.ok(Math.abs(controlled / entities - 0.1) < tolerance(0.1, entities));
      assert.ok(Math.abs(share - step) <= tolerance(step, rest), `${share} at ${step}`);
    }
  });

  it('lets nobody out of the canary while its share grows, and nobody in or out of control', () => {
    for (const [index, assigned] of ramp.entries()) {
      const before = ramp[index - 1] ?? assigned;
      assert.equal(
        countOf(assigned, (role, entity) => before[entity] === canary && role !== canary),
        0,
      );
      assert.equal(
        countOf(assigned, (role, entity) => (before[entity] === control) !== (role === control)),
        0,
      );
    }
  });

  it('tries another version on other entities: two canaries share what chance gives', () => {
    const [one, other] = [rolesOf(0.25, 4), rolesOf(0.25, 5)];
    const rest = countOf(one, (role) => role !== control);
    const both = countOf(one, (role, entity) => role === canary && other[entity] === canary);
    assert.ok(Math.abs(both / rest - 0.0625) < tolerance(0.0625, rest), `${both / rest}`);
  });

  it('draws control and canary independently: with another salt for control the canary is no other', () => {
    const salted = { ...policy, salt: 'm', controlShare: 0 };
    let [freed, canaries] = [0, 0];
    const whole = ramp[3] ?? new Uint8Array();
    for (let entity = 0; entity < entities; entity += 1) {
      if (whole[entity] !== control) continue;
      freed += 1;
      const to = { ...routing, canaryShare: 0.25 };
      canaries += Number(assign(salted, to, [`ORD-${entity}`]).role === 'CANARY');
    }
    // Of those that control had, the canary's hash takes its share, no more and no less.
    assert.ok(Math.abs(canaries / freed - 0.25) < tolerance(0.25, freed), `${canaries / freed}`);
  });

  it('serves all but control by the canary at 100 %', () => {
    assert.equal(
      countOf(ramp.at(-1) ?? new Uint8Array(), (role) => role === production),
      0,
    );
  });
});

describe('assign', () => {
  it('keeps an entity in its cohort whatever else the request says', () => {
    for (let entity = 0; entity < 200; entity += 1) {
      const one = assign(policy, routing, [`key${entity}`, 'a']);
      assert.deepEqual(assign(policy, routing, [`key${entity}`, 'b']), one);
    }
  });
  it('serves control by the rules or the previous version, as the policy says', () => {
    const all = { ...policy, controlShare: 1 };
    assert.deepEqual(assign(all, routing, ['x']), { role: 'CONTROL', version: undefined });
    const previous = assign({ ...all, controlServes: 'previous' }, routing, ['x']);
    assert.deepEqual(previous, { role: 'CONTROL', version: 2 });
    const none = { ...routing, previousVersion: 0 };
    assert.equal(assign({ ...all, controlServes: 'previous' }, none, ['x']).version, undefined);
  });
  it('never gives an excluded entity to control or canary, though it be pinned', () => {
    const excluded = [{ keyIndex: 0, values: new Set(['ORD', 'LAX']) }];
    const to = { ...routing, canaryShare: 1 };
    const always = { ...policy, controlShare: 0.5, excluded, pinned: excluded };
    for (const key of ['ORD', 'LAX']) {
      assert.deepEqual(assign(always, to, [key]), { role: 'PRODUCTION', version: 3 });
    }
    assert.notEqual(assign(always, to, ['SFO']).role, 'PRODUCTION');
  });
  it('gives a pinned entity to the canary as long as that has any share, and never to control', () => {
    const pinned = {
      ...policy,
      controlShare: 1,
      pinned: [{ keyIndex: 0, values: new Set(['T']) }],
    };
    const at = (change: Partial<CohortRouting>) => assign(pinned, { ...routing, ...change }, ['T']);
    assert.deepEqual(at({ canaryShare: 0.01 }), { role: 'CANARY', version: 4 });
    assert.deepEqual(at({ canaryShare: 0 }), { role: 'PRODUCTION', version: 3 });
    assert.deepEqual(at({ canaryVersion: 0 }), { role: 'PRODUCTION', version: 3 });
  });
  it('depends on the salt, so that two models split differently', () => {
    assert.notEqual(hashPoint('a', ['x']), hashPoint('b', ['x']));
    const other = { ...policy, salt: 'spring' };
    const keys = Array.from({ length: 1_000 }, (_, index) => [`k${index}`]);
    const isControl = (by: CohortPolicy) => keys.map((key) => assign(by, routing, key).role);
    assert.notDeepEqual(isControl(policy), isControl(other));
  });
});
