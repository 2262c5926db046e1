import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { missingAbilities } from './replica-abilities.ts';

const abilities = (entries: Readonly<Record<string, boolean>>) => new Map(Object.entries(entries));

describe('missingAbilities', () => {
  const before = abilities({ 'm/1': true, 'm/2': true, 'm/3': false });

  it('waits for what a process could do, and for nothing else', () => {
    assert.deepEqual(missingAbilities(before, abilities({ 'm/1': true, 'm/2': false })), ['m/2']);
    assert.deepEqual(missingAbilities(before, abilities({ 'm/1': true, 'm/2': true })), []);
  });

  it('does not wait for a version that was taken away meanwhile', () => {
    assert.deepEqual(missingAbilities(before, abilities({ 'm/4': true, 'm/1': true })), []);
  });

  it('waits for all of it while a process speaks of nothing', () => {
    assert.deepEqual(missingAbilities(before, abilities({})), ['m/1', 'm/2']);
    assert.deepEqual(missingAbilities(abilities({}), abilities({})), []);
  });
});
