import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { provenance } from '../../../test/support/provenance.ts';
import { defaultRamp } from '../../shared/kernel/ramp-policy.ts';
import { decidePromote, decideQuarantine, decideRegister, decideRollback } from './decide.ts';
import { decideTraffic, type TrafficCommand, trafficAfter } from './decide-traffic.ts';
import type { PromotableAlias } from './model-version.ts';
import { chain, type RegistryEvent, type RegistryFact } from './registry-event.ts';
import { RegistryState } from './registry-state.ts';
import type { TrafficChange } from './traffic.ts';

const hour = 3_600_000;

/** A registry of `versions` versions whose clock the test moves. */
function registry(versions = 3, ramps?: ReadonlyMap<string, typeof defaultRamp>) {
  const state = new RegistryState();
  const events: RegistryEvent[] = [];
  const now = { ms: 1_000 };
  const deciding = () => ({ nowMs: now.ms, ...(ramps && { ramps }) });
  const append = (fact: RegistryFact) => {
    for (const each of [fact, ...trafficAfter(state, fact, deciding())]) {
      const place = { sequence: state.sequence + 1, atMs: now.ms, actor: 'a' };
      const event = chain(state.hash, { ...place, fact: each });
      events.push(event);
      state.apply(event);
    }
  };
  for (let each = 0; each < versions; each += 1) {
    const change = { trainedAtMs: each };
    const registration = { model: 'm', provenance: provenance(change), actor: 'a', atMs: 1_000 };
    const decided = decideRegister(state, registration);
    if (decided.isKnown) throw new Error('known');
    const version = { ...decided.version, signatureDigest: 'e'.repeat(64) };
    append({ kind: 'version-registered', version });
  }
  const promote = (alias: PromotableAlias, version: number) => {
    const move = { model: 'm', alias, version, expectedGeneration: -1, reason: 'r' };
    append(decidePromote(state, { ...move, isForced: true }, deciding()));
  };
  const steer = (change: TrafficChange, options: Partial<TrafficCommand> = {}) => {
    const command = { model: 'm', change, expectedGeneration: -1, reason: 'r', isForced: false };
    const decided = decideTraffic(state, { ...command, ...options }, deciding());
    if (decided.fact !== undefined) append(decided.fact);
    return decided;
  };
  const ramp = () => state.traffic('m').canaryRamp;
  return { state, events, now, append, promote, steer, ramp };
}

const advance = { kind: 'next-step' } as const;
const to = (share: number) => ({ kind: 'share', share }) as const;
const hold = (isHeld: boolean) => ({ kind: 'hold', isHeld }) as const;

describe('the ramp of a canary', () => {
  it('begins at the first step with the version, in the same append', () => {
    const { promote, ramp, now, events, state } = registry();
    promote('canary', 2);
    assert.deepEqual(ramp(), { version: 2, share: 0.01, isHeld: false, sinceMs: now.ms });
    assert.deepEqual(
      events.slice(-2).map(({ fact }) => fact.kind),
      ['aliases-moved', 'traffic-set'],
    );
    assert.equal(state.traffic('m').generation, 1);
  });
  it('goes up a step at a time, each when the one before has lasted', () => {
    const { promote, steer, ramp, now } = registry();
    promote('canary', 2);
    const shares = [ramp()?.share];
    for (let step = 0; step < 5; step += 1) {
      now.ms += hour - 1;
      assert.throws(() => steer(advance), { code: 'FAILED_PRECONDITION', reason: 'RAMP_NOT_DUE' });
      now.ms += 1;
      steer(advance);
      shares.push(ramp()?.share);
    }
    assert.deepEqual(shares, defaultRamp.steps);
    now.ms += hour;
    assert.throws(() => steer(advance), { code: 'FAILED_PRECONDITION', reason: 'RAMP_COMPLETE' });
    assert.equal(ramp()?.share, 1);
  });
  it('leaves no step out, unless it is forced, which stays on record', () => {
    const { promote, steer, ramp, now, events } = registry();
    promote('canary', 2);
    now.ms += hour;
    assert.throws(() => steer(to(0.06)), { reason: 'RAMP_NOT_DUE' });
    steer(to(0.05));
    assert.equal(ramp()?.share, 0.05);
    steer(to(0.5), { isForced: true });
    assert.equal(ramp()?.share, 0.5);
    const fact = events.at(-1)?.fact;
    assert.equal(fact?.kind === 'traffic-set' && fact.isForced, true);
  });
  it('does not call forced what would have been let through', () => {
    const { promote, steer, now, events } = registry();
    promote('canary', 2);
    now.ms += hour;
    steer(advance, { isForced: true });
    const fact = events.at(-1)?.fact;
    assert.equal(fact?.kind === 'traffic-set' && fact.isForced, undefined);
  });
  it('goes down at any time, held or not, and starts again from 0 at once', () => {
    const { promote, steer, ramp, now } = registry();
    promote('canary', 2);
    steer(to(0.25), { isForced: true });
    steer(hold(true));
    now.ms += 1;
    steer(to(0.1));
    assert.deepEqual(ramp(), { version: 2, share: 0.1, isHeld: true, sinceMs: now.ms });
    steer(to(0));
    steer(hold(false));
    steer(advance);
    assert.equal(ramp()?.share, 0.01);
    assert.throws(() => steer(advance), { reason: 'RAMP_NOT_DUE' });
  });
  it('does not go up while it is held, and keeps the time of its step', () => {
    const { promote, steer, ramp, now } = registry();
    promote('canary', 2);
    const since = now.ms;
    now.ms += 2 * hour;
    steer(hold(true));
    for (const change of [advance, to(0.05)]) {
      assert.throws(() => steer(change), { code: 'FAILED_PRECONDITION', reason: 'RAMP_HELD' });
    }
    assert.equal(ramp()?.sinceMs, since);
    steer(hold(false));
    steer(advance);
    assert.equal(ramp()?.share, 0.05);
  });
  it('follows the steps of the policy of its model', () => {
    const ramps = new Map([['m', { steps: [0.2, 0.4], holdForMs: 0 }]]);
    const { promote, steer, ramp } = registry(3, ramps);
    promote('canary', 2);
    assert.equal(ramp()?.share, 0.2);
    steer(advance);
    assert.equal(ramp()?.share, 0.4);
    assert.throws(() => steer(to(1)), { reason: 'RAMP_COMPLETE' });
    assert.throws(() => steer(advance, { isForced: true }), { reason: 'RAMP_COMPLETE' });
    steer(to(1), { isForced: true });
    assert.equal(ramp()?.share, 1);
  });
  it('begins anew with another version, goes on with the same, and ends with the alias', () => {
    const { promote, steer, ramp, state, now } = registry();
    promote('canary', 2);
    now.ms += hour;
    steer(advance);
    promote('canary', 2);
    assert.equal(ramp()?.share, 0.05);
    promote('canary', 3);
    assert.deepEqual([ramp()?.version, ramp()?.share], [3, 0.01]);
    promote('production', 3);
    assert.equal(ramp(), undefined);
    assert.equal(state.alias('m', 'canary')?.version, 0);
    assert.throws(() => steer(advance), { code: 'NOT_FOUND', reason: 'ALIAS_UNKNOWN' });
  });
  it('ends when its version is put in quarantine', () => {
    const { promote, append, state, ramp } = registry();
    promote('canary', 2);
    const command = { model: 'm', version: 2, reason: 'bad', isCleared: false };
    const fact = decideQuarantine(state, command);
    assert.ok(fact);
    append(fact);
    assert.equal(ramp(), undefined);
  });
  it('is out of traffic and held after a rollback of production, and stays canary', () => {
    const { promote, append, steer, state, ramp } = registry();
    promote('production', 1);
    promote('production', 2);
    promote('canary', 3);
    steer(to(1), { isForced: true });
    const decided = decideRollback(state, { model: 'm', reason: 'bad', fromVersion: 0 });
    assert.ok(!decided.isKnown);
    append(decided.fact);
    assert.deepEqual([ramp()?.version, ramp()?.share, ramp()?.isHeld], [3, 0, true]);
    assert.equal(state.alias('m', 'canary')?.version, 3);
    assert.throws(() => steer(advance), { reason: 'RAMP_HELD' });
  });
  it('is decided on what compare-and-set sees', () => {
    const { promote, steer, now } = registry();
    promote('canary', 2);
    now.ms += hour;
    steer(advance, { expectedGeneration: 1 });
    now.ms += hour;
    assert.throws(() => steer(advance, { expectedGeneration: 1 }), {
      code: 'ABORTED',
      reason: 'TRAFFIC_MOVED',
    });
  });
  it('begins at nothing for a canary of a log that knew no ramps', () => {
    const { state, steer, ramp } = registry();
    const alias = { model: 'm', alias: 'canary', version: 2, generation: 1 } as const;
    const fact = {
      kind: 'aliases-moved',
      aliases: [alias],
      reason: 'r',
      isRollback: false,
    } as const;
    const place = { sequence: state.sequence + 1, atMs: 1_000, actor: 'a' };
    state.apply(chain(state.hash, { ...place, fact }));
    assert.equal(ramp(), undefined);
    steer(advance);
    assert.equal(ramp()?.share, 0.01);
  });
});

describe('the shadows of a model', () => {
  it('are paused and go on, whether or not there is a canary; what is so already appends nothing', () => {
    const { steer, state } = registry();
    const shadows = (isPaused: boolean) => steer({ kind: 'shadows', isPaused });
    assert.equal(shadows(false).fact, undefined);
    shadows(true);
    assert.deepEqual(state.traffic('m'), { model: 'm', generation: 1, isShadowPaused: true });
    assert.equal(shadows(true).fact, undefined);
    shadows(false);
    assert.equal(state.traffic('m').isShadowPaused, false);
  });
  it('stay paused when a canary comes and goes', () => {
    const { steer, promote, state } = registry();
    steer({ kind: 'shadows', isPaused: true });
    promote('canary', 2);
    promote('canary', 3);
    assert.equal(state.traffic('m').isShadowPaused, true);
  });
  it('are at most eight, and any of them may be moved', () => {
    const { promote, state } = registry();
    promote('shadow', 1);
    for (let each = 1; each < 8; each += 1) promote(`shadow-${each}`, 1);
    assert.throws(() => promote('shadow-8', 2), {
      code: 'FAILED_PRECONDITION',
      reason: 'SHADOW_LIMIT',
    });
    promote('shadow-7', 2);
    assert.deepEqual([state.stateOf('m', 1), state.stateOf('m', 2)], ['shadow', 'shadow']);
    promote('production', 2);
    assert.equal(state.alias('m', 'shadow-7')?.version, 0);
    promote('shadow-8', 1);
  });
  it('belong to a model that is there', () => {
    const { steer } = registry();
    const change = { kind: 'shadows', isPaused: true } as const;
    assert.throws(() => steer(change, { model: 'x' }), { reason: 'MODEL_UNKNOWN' });
  });
});
