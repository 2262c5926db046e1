import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { evidence } from '../../../test/support/evidence.ts';
import { importedProvenance, provenance } from '../../../test/support/provenance.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { checklistOf, missingChecks } from './checklist.ts';
import { checklistSubject } from './checklist-subject.ts';
import { decideAttach, decidePromote, decideRollback, type PromoteCommand } from './decide.ts';
import type { Evidence } from './evidence.ts';
import { checklistItems, type EvidenceKind, evidenceKinds } from './evidence-kinds.ts';
import type { Origin } from './model-version.ts';
import { chain, type RegistryFact } from './registry-event.ts';
import { RegistryState } from './registry-state.ts';

const dayMs = 86_400_000;
const required = evidenceKinds.filter(({ requirement }) => requirement === 'required');

/** A registry with `versions` versions of model m, at a time that the test moves. */
function registry(versions: number) {
  const state = new RegistryState();
  const now = { ms: 1 };
  const apply = (fact: RegistryFact) =>
    state.apply(
      chain(state.hash, { sequence: state.sequence + 1, atMs: now.ms, actor: 'a', fact }),
    );
  for (let version = 1; version <= versions; version += 1) {
    const rest = { registeredAtMs: 1, registeredBy: 'a', signatureDigest: 'e'.repeat(64) };
    const registered = { model: 'm', version, provenance: provenance(), ...rest };
    apply({ kind: 'version-registered', version: registered });
  }
  const attach = (change: Partial<Evidence>) =>
    apply(decideAttach(state, evidence({ madeAtMs: now.ms, ...change }), { nowMs: now.ms }));
  const attachAll = (version: number, baselines: Partial<Record<string, number>> = {}) => {
    for (const { kind, baseline = '' } of required) {
      attach({ kind, version, baselineVersion: baselines[baseline] ?? 0 });
    }
  };
  const decide = (
    version: number,
    change: Partial<PromoteCommand> = {},
    kinds?: readonly EvidenceKind[],
  ) => {
    const command = {
      model: 'm',
      alias: 'production',
      version,
      expectedGeneration: -1,
      reason: 'r',
      ...change,
    } as const;
    return decidePromote(state, command, { nowMs: now.ms, ...(kinds && { kinds }) });
  };
  const promote = (version: number, change: Partial<PromoteCommand> = {}) => {
    const fact = decide(version, change);
    apply(fact);
    return fact;
  };
  const rollback = () => {
    const decided = decideRollback(state, { model: 'm', reason: 'r', fromVersion: 0 });
    assert.ok(!decided.isKnown);
    apply(decided.fact);
  };
  return { state, now, apply, attach, attachAll, decide, promote, rollback };
}

interface History {
  readonly attached: readonly { readonly verdict: Evidence['verdict']; readonly daysAgo: number }[];
  /** Whether the kind passes after it; it does not when this is missing. */
  readonly isHeld?: (kind: EvidenceKind) => boolean;
}

const pass = { verdict: 'pass', daysAgo: 0 } as const;
const fail = { verdict: 'fail', daysAgo: 0 } as const;
/** What may have been attached of one kind. */
const histories: Readonly<Record<string, History>> = {
  none: { attached: [] },
  pass: { attached: [pass], isHeld: () => true },
  fail: { attached: [fail] },
  inconclusive: { attached: [{ verdict: 'inconclusive', daysAgo: 0 }] },
  'pass after fail': { attached: [fail, pass], isHeld: () => true },
  'fail after pass': { attached: [pass, fail] },
  old: {
    attached: [{ verdict: 'pass', daysAgo: 8 }],
    isHeld: ({ daysMax }) => daysMax === undefined,
  },
};

/** Whether what was attached of a kind keeps a version out, by what is required of the kind. */
const keepsOut: Readonly<
  Record<EvidenceKind['requirement'], (attached: History['attached'], isHeld: boolean) => boolean>
> = {
  required: (_, isHeld) => !isHeld,
  information: (attached) => attached.at(-1)?.verdict === 'fail',
  later: () => false,
};

/** Gives the kinds that a promotion was refused for. */
function missingOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof MeshError);
    assert.deepEqual([error.code, error.reason], ['FAILED_PRECONDITION', 'CHECKLIST_INCOMPLETE']);
    for (const { field, description } of error.violations) {
      const [, item, kind] = field.split('.');
      assert.ok(evidenceKinds.some((row) => row.item === item && row.kind === kind));
      const commands = [
        `models check m@\\d+ --only ${kind}`,
        'reproduce m@\\d+',
        'models register m .*',
      ];
      assert.match(description, new RegExp(`\`mlmesh (${commands.join('|')})\` fills it`));
    }
    return String(error.detail['missing']).split(',');
  }
  return [];
}

describe('the production checklist', () => {
  it('has all seven items and all ten gates, each kind once', () => {
    assert.deepEqual(new Set(evidenceKinds.map(({ item }) => item)), new Set(checklistItems));
    const gates = new Set(evidenceKinds.map(({ gate }) => gate));
    assert.deepEqual(
      [...gates].sort((left, right) => (left < right ? -1 : 1)),
      Array.from({ length: 10 }, (_, gate) => `G${gate}`),
    );
    assert.equal(new Set(evidenceKinds.map(({ kind }) => kind)).size, evidenceKinds.length);
  });
  for (const { kind, item } of required) {
    it(`refuses a version without ${kind} of item ${item}, and names what fills it`, () => {
      const { attach, decide } = registry(1);
      for (const row of required) if (row.kind !== kind) attach({ kind: row.kind });
      assert.deepEqual(
        missingOf(() => decide(1)),
        [kind],
      );
      for (const verdict of ['fail', 'inconclusive'] as const) {
        attach({ kind, verdict });
        assert.deepEqual(
          missingOf(() => decide(1)),
          [kind],
        );
      }
      attach({ kind });
      assert.deepEqual(decide(1).aliases[0]?.version, 1);
    });
  }
  it('lets a version in exactly when every kind that is required passes', () => {
    const state = fc.constantFrom(...Object.keys(histories));
    fc.assert(
      fc.property(fc.tuple(...evidenceKinds.map(() => state)), (states) => {
        const { attach, decide, now } = registry(1);
        now.ms = 100 * dayMs;
        const wanted = new Set<string>();
        for (const [index, row] of evidenceKinds.entries()) {
          const { attached, isHeld } = histories[states[index] ?? 'none'] ?? { attached: [] };
          for (const { verdict, daysAgo } of attached) {
            attach({ kind: row.kind, verdict, madeAtMs: now.ms - daysAgo * dayMs });
          }
          if (keepsOut[row.requirement](attached, isHeld?.(row) === true)) wanted.add(row.kind);
        }
        assert.deepEqual(new Set(missingOf(() => decide(1))), wanted);
      }),
      { numRuns: 200, seed: 7 },
    );
  });
  it('asks for a new kind without a change of the gate', () => {
    const { attachAll, decide, state } = registry(1);
    attachAll(1);
    const fresh: EvidenceKind = {
      kind: 'fairness',
      item: 'shadow',
      gate: 'G5',
      proves: 'no segment is worse off',
      requirement: 'required',
    };
    const kinds = [...evidenceKinds, fresh];
    const checks = checklistOf(
      kinds,
      checklistSubject(state, { model: 'm', version: 1 }, { nowMs: 1 }),
    );
    assert.deepEqual(
      missingChecks(checks).map(({ kind }) => kind.kind),
      ['fairness'],
    );
    assert.throws(() => decide(1, {}, kinds), /fairness/);
    assert.deepEqual(decide(1).aliases[0]?.version, 1);
  });
  it('does not take evidence that is old, or that was made against another version', () => {
    const { attachAll, decide, promote, now } = registry(3);
    attachAll(1);
    now.ms += 8 * dayMs;
    const isTimed = ({ daysMax }: EvidenceKind) => daysMax !== undefined;
    const timed = required.filter(isTimed).map(({ kind }) => kind);
    assert.deepEqual(
      missingOf(() => decide(1)),
      timed,
    );
    promote(1, { isForced: true });
    attachAll(3, { production: 1 });
    assert.deepEqual(
      missingOf(() => decide(3)),
      [],
    );
    promote(2, { isForced: true });
    const compared = required.filter(({ baseline }) => baseline === 'production');
    assert.deepEqual(
      missingOf(() => decide(3)),
      compared.map(({ kind }) => kind),
    );
  });
  it('asks a version that was in production once for evidence against the one that is there now', () => {
    const { attachAll, promote, decide, state } = registry(2);
    attachAll(1);
    promote(1);
    attachAll(2, { production: 1 });
    promote(2);
    assert.ok(missingOf(() => decide(1)).includes('shadow-quality'));
    attachAll(1, { production: 2 });
    promote(1);
    assert.equal(state.alias('m', 'previous')?.version, 2);
    // It was compared with what it has replaced, so its checklist still holds.
    const checks = checklistOf(
      evidenceKinds,
      checklistSubject(state, { model: 'm', version: 1 }, { nowMs: 1 }),
    );
    assert.deepEqual(missingChecks(checks), []);
  });
  it('does not let a version in again on the evidence with which it went in before it was rolled back', () => {
    const { attachAll, promote, rollback, decide } = registry(2);
    promote(2, { alias: 'fallback' });
    const compared = required.filter(({ baseline }) => baseline === 'production');
    const kinds = compared.map(({ kind }) => kind);
    attachAll(1, { fallback: 2 });
    promote(1);
    rollback();
    assert.deepEqual(
      missingOf(() => decide(1)),
      kinds,
    );
    attachAll(1, { fallback: 2 });
    promote(1);
    attachAll(2, { production: 1, fallback: 2 });
    promote(2);
    rollback();
    assert.deepEqual(
      missingOf(() => decide(2)),
      kinds,
    );
    // Moving it to where it is changes nothing.
    attachAll(2, { production: 1, fallback: 2 });
    promote(1);
    assert.deepEqual(
      missingOf(() => decide(2)),
      [],
    );
  });
  it('keeps the mark of a forced version where it is previous and when a rollback brings it back', () => {
    const { attachAll, promote, rollback, state } = registry(2);
    promote(1, { isForced: true });
    attachAll(2, { production: 1 });
    promote(2);
    const marks = () =>
      state.aliases('m').map(({ alias, version, isForced = false }) => [alias, version, isForced]);
    assert.deepEqual(marks(), [
      ['previous', 1, true],
      ['production', 2, false],
    ]);
    rollback();
    assert.deepEqual(marks(), [
      ['previous', 0, false],
      ['production', 1, true],
    ]);
  });
  it('marks a forced move where the alias points and in the log, as long as it is there', () => {
    const { promote, state, decide } = registry(2);
    const forced = promote(1, { isForced: true });
    assert.deepEqual(
      forced.forcedPast,
      required.map(({ kind }) => kind),
    );
    assert.equal(state.alias('m', 'production')?.isForced, true);
    // Moving it to where it is changes nothing, the mark neither.
    assert.equal(promote(1).aliases[0]?.isForced, true);
    assert.throws(() => decide(2), /checklist lacks/);
  });
  it('asks for no reproduction, but keeps out what came out otherwise, until it is reproduced', () => {
    const { attachAll, attach, decide } = registry(1);
    attachAll(1);
    assert.equal(decide(1).aliases[0]?.version, 1);
    attach({ kind: 'reproduction', verdict: 'fail' });
    assert.deepEqual(
      missingOf(() => decide(1)),
      ['reproduction'],
    );
    assert.throws(() => decide(1), /checklist lacks reproduction/);
    attach({ kind: 'reproduction' });
    assert.equal(decide(1).aliases[0]?.version, 1);
  });
  it('does not take a drill that was made under another policy, and names what renews it', () => {
    const { attach, attachAll, state } = registry(1);
    const [before, now] = ['1'.repeat(64), '2'.repeat(64)];
    attachAll(1);
    const drills = evidenceKinds.filter(({ isBoundToPolicy }) => isBoundToPolicy === true);
    const staleUnder = (digest: string | undefined) =>
      checklistOf(
        evidenceKinds,
        checklistSubject(
          state,
          { model: 'm', version: 1 },
          { nowMs: 1, ...(digest && { policyDigests: new Map([['m', digest]]) }) },
        ),
      ).filter(({ state: stands }) => stands === 'stale');
    const attachDrills = (policy: string) => {
      for (const { kind } of drills) attach({ kind, inputDigests: { policy } });
    };
    attachDrills(before);
    assert.deepEqual(staleUnder(before), []);
    assert.deepEqual(staleUnder(undefined), []);
    const stale = staleUnder(now);
    assert.deepEqual(
      stale.map(({ kind }) => kind.kind),
      ['fallback-drill', 'rollback-drill'],
    );
    for (const { why, command, kind } of stale) {
      assert.equal(why, 'it was made under another policy');
      assert.equal(command, `mlmesh models check m@1 --only ${kind.kind}`);
    }
    attachDrills(now);
    assert.deepEqual(staleUnder(now), []);
  });
  it('keeps out what was trained on unknown data, whatever was attached, and says where it came from', () => {
    const { attach, apply, state, decide, promote } = registry(0);
    const add = (version: number, origin: Partial<Origin>) => {
      const rest = { registeredAtMs: 1, registeredBy: 'a', signatureDigest: 'e'.repeat(64) };
      const imported = importedProvenance();
      const found = { ...imported, origin: { ...imported.origin, ...origin } };
      const registered = { model: 'm', version, provenance: found, ...rest };
      apply({ kind: 'version-registered', version: registered });
      for (const { kind } of required) attach({ kind, version });
    };
    add(1, {});
    add(2, { trainingData: 'declared', declaredDataHash: 'a'.repeat(64) });
    assert.deepEqual(
      missingOf(() => decide(1)),
      ['provenance'],
    );
    assert.throws(() => decide(1), {
      violations: [
        {
          field: 'checklist.provenance.provenance',
          description:
            'what it was trained on is unknown: it came from npm:voices@1.0.0; `mlmesh models register m --artifact <path> --data-hash <sha256>` fills it',
        },
      ],
    });
    assert.deepEqual(
      missingOf(() => decide(2)),
      [],
    );
    // It may shadow, and whoever forces it is on record.
    promote(1, { alias: 'shadow' });
    assert.deepEqual(promote(1, { isForced: true }).forcedPast, ['provenance']);
    assert.equal(state.alias('m', 'production')?.isForced, true);
  });
  it('does not call a move forced that lacked nothing', () => {
    const { attachAll, promote, state } = registry(1);
    attachAll(1);
    assert.equal(promote(1, { isForced: true }).forcedPast, undefined);
    assert.equal(state.alias('m', 'production')?.isForced, undefined);
  });
  it('is decided on what compare-and-set sees', () => {
    const { attachAll, decide } = registry(1);
    attachAll(1);
    assert.throws(() => decide(1, { expectedGeneration: 4 }), { reason: 'ALIAS_MOVED' });
  });
  it('asks nothing for shadow and fallback, and takes the shadow from what is in production', () => {
    const { promote, state } = registry(2);
    promote(1, { alias: 'shadow' });
    promote(2, { alias: 'fallback' });
    promote(1, { isForced: true });
    assert.deepEqual(
      state.aliases('m').map(({ alias, version }) => [alias, version]),
      [
        ['fallback', 2],
        ['production', 1],
        ['shadow', 0],
      ],
    );
  });
  it('counts the age of evidence from its making, and never from the future', () => {
    const { attach, state, now } = registry(1);
    attach({ madeAtMs: now.ms + dayMs });
    assert.equal(state.evidence('m', 1, 'parity')?.evidence.madeAtMs, now.ms);
  });
});
