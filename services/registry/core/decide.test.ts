import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { provenance } from '../../../test/support/provenance.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { decidePromote, decideQuarantine, decideRegister, decideRollback } from './decide.ts';
import type { PromotableAlias } from './model-version.ts';
import { chain, type RegistryEvent, type RegistryFact } from './registry-event.ts';
import { RegistryState } from './registry-state.ts';

function registry() {
  const state = new RegistryState();
  const events: RegistryEvent[] = [];
  const apply = (fact: RegistryFact) => {
    const event = chain(state.hash, { sequence: state.sequence + 1, atMs: 1, actor: 'a', fact });
    events.push(event);
    state.apply(event);
  };
  const register = (change = {}) => {
    const decided = decideRegister(state, {
      model: 'm',
      provenance: provenance(change),
      actor: 'a',
      atMs: 1,
    });
    if (!decided.isKnown) {
      const version = { ...decided.version, signatureDigest: 'e'.repeat(64) };
      apply({ kind: 'version-registered', version });
    }
    return decided;
  };
  const promote = (
    version: number,
    expectedGeneration = -1,
    alias: PromotableAlias = 'production',
  ) =>
    apply(
      decidePromote(
        state,
        {
          model: 'm',
          alias,
          version,
          expectedGeneration,
          reason: 'r',
          isForced: true,
        },
        { nowMs: 1 },
      ),
    );
  const rollback = (fromVersion = 0) => {
    const decided = decideRollback(state, { model: 'm', reason: 'r', fromVersion });
    if (!decided.isKnown) apply(decided.fact);
    return decided;
  };
  const quarantine = (version: number, isCleared = false) => {
    const fact = decideQuarantine(state, { model: 'm', version, reason: 'r', isCleared });
    if (fact !== undefined) apply(fact);
    return fact;
  };
  return { state, events, register, promote, rollback, quarantine };
}

const hasReason = (reason: string) => (error: unknown) =>
  error instanceof MeshError && error.reason === reason;

describe('the registry decides', () => {
  it('numbers versions from 1, and gives the same version for the same provenance', () => {
    const { register } = registry();
    assert.equal(register().version.version, 1);
    assert.equal(register({ trainedAtMs: 5 }).version.version, 2);
    assert.deepEqual([register().version.version, register().isKnown], [1, true]);
  });
  it('refuses what was trained in the future, but for what clocks differ by', () => {
    const { register } = registry();
    const toleranceMs = 300_000;
    assert.equal(register({ trainedAtMs: 1 + toleranceMs }).version.version, 1);
    assert.throws(() => register({ trainedAtMs: 2 + toleranceMs }), {
      code: 'INVALID_ARGUMENT',
      reason: 'PROVENANCE_INCOMPLETE',
      violations: [
        {
          field: 'header.provenance.trained_at_ms',
          description: "wanted a time that is over, got one 301 s ahead of the registry's clock",
        },
      ],
    });
  });
  it('keeps the old production as previous', () => {
    const { state, register, promote } = registry();
    register();
    register({ trainedAtMs: 5 });
    promote(1);
    assert.equal(state.alias('m', 'previous'), undefined);
    promote(2);
    assert.equal(state.alias('m', 'previous')?.version, 1);
    assert.equal(state.alias('m', 'production')?.generation, 2);
  });
  it('goes back once, and gives the same again rather than bring the bad version back', () => {
    const { state, events, register, promote, rollback } = registry();
    register();
    register({ trainedAtMs: 5 });
    promote(1);
    assert.throws(rollback, hasReason('ROLLBACK_TARGET_MISSING'));
    promote(2);
    assert.throws(() => rollback(1), hasReason('ALIAS_MOVED'));
    assert.equal(rollback(2).isKnown, false);
    assert.equal(state.alias('m', 'production')?.version, 1);
    for (const fromVersion of [0, 2]) {
      const again = rollback(fromVersion);
      assert.ok(again.isKnown && again.sequence === events.length);
    }
    assert.throws(() => rollback(1), hasReason('ROLLBACK_TARGET_MISSING'));
    promote(2);
    assert.equal(rollback(2).isKnown, false);
    assert.equal(state.alias('m', 'production')?.version, 1);
  });
  it('takes the first version out of production where the fallback model can answer', () => {
    const { state, register, promote, rollback } = registry();
    register();
    register({ trainedAtMs: 5 });
    promote(1, -1, 'fallback');
    promote(2);
    const first = rollback(2);
    assert.ok(!first.isKnown);
    assert.deepEqual(
      first.fact.aliases.map(({ alias, version }) => [alias, version]),
      [['production', 0]],
    );
    assert.equal(state.stateOf('m', 2), 'retired');
    assert.equal(rollback().isKnown, true);
    promote(2);
    assert.equal(state.alias('m', 'previous'), undefined);
  });
  it('keeps a version in quarantine until it is cleared, and takes aliases away from it', () => {
    const { state, register, promote, rollback, quarantine } = registry();
    register();
    register({ trainedAtMs: 5 });
    promote(1);
    assert.throws(() => quarantine(1), hasReason('VERSION_IN_USE'));
    promote(2);
    assert.deepEqual(
      quarantine(1)?.aliases.map(({ alias, version }) => [alias, version]),
      [['previous', 0]],
    );
    assert.equal(quarantine(1), undefined);
    assert.equal(state.stateOf('m', 1), 'quarantined');
    assert.throws(() => promote(1), hasReason('VERSION_QUARANTINED'));
    assert.throws(() => rollback(), hasReason('ROLLBACK_TARGET_MISSING'));
    assert.equal(quarantine(1, true)?.isCleared, true);
    promote(1);
    assert.deepEqual([state.stateOf('m', 1), state.stateOf('m', 2)], ['production', 'retired']);
  });
  it('refuses a move that was decided on an older generation', () => {
    const { register, promote } = registry();
    register();
    promote(1, 0);
    assert.throws(() => promote(1, 0), hasReason('ALIAS_MOVED'));
    promote(1, 1);
  });
  it('refuses what it does not know', () => {
    const { register, promote, rollback } = registry();
    assert.throws(() => promote(1), hasReason('MODEL_UNKNOWN'));
    assert.throws(rollback, hasReason('MODEL_UNKNOWN'));
    register();
    assert.throws(() => promote(2), hasReason('VERSION_UNKNOWN'));
    assert.throws(() => register({ parentVersion: 2 }), hasReason('VERSION_UNKNOWN'));
  });
  it('finds a changed byte anywhere in the log', () => {
    const { state, events, register, promote } = registry();
    register();
    promote(1);
    const fold = (log: readonly RegistryEvent[]) => {
      const state = new RegistryState();
      for (const event of log) state.apply(event);
      return state.hash;
    };
    assert.equal(fold(events), state.hash);
    const [first, second] = events;
    assert.ok(first !== undefined && second !== undefined);
    assert.throws(() => fold([{ ...first, actor: 'b' }, second]), hasReason('LOG_CORRUPT'));
    assert.throws(() => fold([second]), hasReason('LOG_CORRUPT'));
    assert.throws(() => fold([first, { ...second, atMs: 2 }]), hasReason('LOG_CORRUPT'));
  });
});
