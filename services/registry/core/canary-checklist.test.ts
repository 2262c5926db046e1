import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidence } from '../../../test/support/evidence.ts';
import { provenance } from '../../../test/support/provenance.ts';
import { decideAttach, decidePromote } from './decide.ts';
import { evidenceKinds } from './evidence-kinds.ts';
import { chain, type RegistryFact } from './registry-event.ts';
import { RegistryState } from './registry-state.ts';

const nowMs = 1;

function registry() {
  const state = new RegistryState();
  const apply = (fact: RegistryFact) => {
    const place = { sequence: state.sequence + 1, atMs: nowMs, actor: 'a' };
    state.apply(chain(state.hash, { ...place, fact }));
  };
  const rest = { registeredAtMs: 1, registeredBy: 'a', signatureDigest: 'e'.repeat(64) };
  for (const version of [1, 2]) {
    const registered = { model: 'm', version, provenance: provenance(), ...rest };
    apply({ kind: 'version-registered', version: registered });
  }
  const attachAll = (version: number) => {
    for (const { kind } of evidenceKinds.filter(({ requirement }) => requirement === 'required')) {
      apply(decideAttach(state, evidence({ kind, version, madeAtMs: nowMs }), { nowMs }));
    }
  };
  const promote = (version: number, isForced = false) => {
    const command = { model: 'm', alias: 'canary', version, expectedGeneration: -1 } as const;
    const fact = decidePromote(state, { ...command, reason: 'r', isForced }, { nowMs });
    apply(fact);
    return fact;
  };
  return { state, attachAll, promote };
}

describe('the checklist of a canary', () => {
  it('is that of production: what lacks something is refused, and says what', () => {
    const { promote } = registry();
    assert.throws(() => promote(2), {
      code: 'FAILED_PRECONDITION',
      reason: 'CHECKLIST_INCOMPLETE',
      message: /^version 2 of model 'm' can't be canary: its checklist lacks parity/,
    });
  });
  it('lets a version in that lacks nothing, without a mark', () => {
    const { promote, attachAll, state } = registry();
    attachAll(2);
    assert.equal(promote(2, true).forcedPast, undefined);
    assert.equal(state.alias('m', 'canary')?.isForced, undefined);
  });
  it('marks what was forced, and keeps the mark while the version is canary', () => {
    const { promote, state } = registry();
    assert.ok(promote(1, true).forcedPast?.includes('parity'));
    promote(1);
    assert.equal(state.alias('m', 'canary')?.isForced, true);
    promote(2, true);
    assert.equal(state.alias('m', 'canary')?.version, 2);
  });
});
