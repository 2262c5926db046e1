import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mesh } from '../../../test/support/fake-orders-mesh.ts';
import { type PolicyOptions, policy } from '../../shared/definition/policy.ts';
import { assign } from '../core/cohort.ts';
import { meshContracts } from './mesh-contracts.ts';

/** Gives the contract of the model of orders, with another policy. */
function contractWith(options: Partial<PolicyOptions<'shop' | 'user'>>) {
  const { gift } = mesh.models;
  assert.ok(gift);
  const changed = { ...gift, policy: policy({ cohortBy: ['shop', 'user'], ...options }) };
  const contract = meshContracts({ ...mesh, models: { gift: changed } }).get('gift');
  assert.ok(contract);
  return contract;
}

describe('meshContracts', () => {
  it('salts the cohorts of a model with its name, or as its policy says', () => {
    assert.equal(contractWith({}).policy.cohorts.salt, 'gift');
    assert.equal(contractWith({ cohorts: { salt: 'spring' } }).policy.cohorts.salt, 'spring');
  });
  it('finds the keys of cohorts, of exclusions and of pins where requests have them', () => {
    const contract = contractWith({
      control: { share: 1, serve: 'rules' },
      cohorts: { exclude: { shop: ['closed'] }, pin: { user: ['tester'] } },
    });
    const { joinKeys } = contract;
    const { cohorts } = contract.policy;
    assert.deepEqual(
      cohorts.keyIndexes.map((index) => joinKeys[index]),
      ['shop', 'user'],
    );
    const routing = {
      model: 'gift',
      productionVersion: 1,
      previousVersion: 0,
      canaryVersion: 2,
      canaryShare: 0.01,
    };
    const roleOf = (keys: Readonly<Record<string, string>>) =>
      assign(
        cohorts,
        routing,
        joinKeys.map((name) => keys[name] ?? ''),
      ).role;
    assert.equal(roleOf({ shop: 'closed', user: 'tester' }), 'PRODUCTION');
    assert.equal(roleOf({ shop: 'open', user: 'tester' }), 'CANARY');
    assert.equal(roleOf({ shop: 'open', user: 'ann' }), 'CONTROL');
    assert.equal(roleOf({ shop: 'tester', user: 'closed' }), 'CONTROL');
  });
  it('takes the rates of shadows over', () => {
    const { shadowRate, reverseShadowRate } = contractWith({
      shadow: { rate: 0.5, reverseRate: 0.25 },
    }).policy;
    assert.deepEqual([shadowRate, reverseShadowRate], [0.5, 0.25]);
  });
});
