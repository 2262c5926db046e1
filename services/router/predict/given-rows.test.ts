import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { servingPolicy } from '../../../test/support/serving-policy.ts';
import { MeshError, type MeshErrorOptions } from '../../shared/kernel/mesh-error.ts';
import { durationMs, epochMs, monotonicMs } from '../../shared/kernel/units.ts';
import { Admission } from '../../shared/policy/admission.ts';
import type { ModelContract, ServingPolicy } from '../core/model-contract.ts';
import { RoutingTable } from '../core/routing-table.ts';
import { VersionSets } from '../core/version-sets.ts';
import type { FallbackModel, PredictionRecord } from '../ports.ts';
import { GivenRows } from './given-rows.ts';
import { admissionDefaults, PaceJudge } from './overload.ts';
import type { EndedRequest } from './router.ts';
import { newCounts } from './router-parts.ts';
import type { ShadowJob } from './shadow-fan-out.ts';
import { VersionBreakers } from './version-breakers.ts';

const policy: ServingPolicy = {
  ...servingPolicy,
  reserveMarginMs: durationMs(3),
  cohorts: { ...servingPolicy.cohorts, keyIndexes: [0] },
};

function contractWith(change: Partial<ServingPolicy>): ModelContract {
  return {
    model: 'm',
    joinKeys: ['user'],
    requestInputs: [],
    featureSetHash: 'h',
    viewColumns: ['a', 'b'],
    viewDefaults: Float64Array.of(0, 0),
    requestColumns: [],
    computeRequest: () => new Float64Array(),
    assembleRow: (view) => Float32Array.from(view),
    rules: () => ({ outputs: [0.5], because: '' }),
    policy: { ...policy, ...change },
  };
}

const loaded: FallbackModel = {
  version: 1,
  outputName: 'probability',
  p99Ms: durationMs(2),
  infer: (row) => Promise.resolve(Float32Array.of((row[0] ?? 0) / 10)),
};

function stage(change: Partial<ServingPolicy> = {}, fallback: FallbackModel | undefined = loaded) {
  const contract = contractWith(change);
  const routing = new RoutingTable();
  routing.setReady('m', [2, 3]);
  for (const [alias, version] of [
    ['production', 2],
    ['canary', 3],
    ['shadow', 4],
  ] as const) {
    routing.apply({ model: 'm', alias, version, generation: 1 });
  }
  routing.steer({
    model: 'm',
    generation: 1,
    canaryRamp: { version: 3, share: 1, isHeld: false },
    isShadowPaused: false,
  });
  routing.fallbackLoaded('m', 1);
  const sets = new VersionSets(new Map([['m', contract]]));
  const records: PredictionRecord[] = [];
  const jobs: ShadowJob[] = [];
  const timers: (() => void)[] = [];
  const ended: EndedRequest[] = [];
  const breakers = new VersionBreakers();
  let ids = 0;
  const given = new GivenRows({
    clock: { monotonic: () => monotonicMs(100), epoch: () => epochMs(7), sleep: async () => {} },
    timers: { after: (_, action) => timers.push(action), cancel: () => undefined },
    fallbackOf: () => fallback,
    counts: newCounts(),
    admission: new Admission(admissionDefaults),
    pace: new PaceJudge({ lagMs: 0 }, { isStrained: false }),
    breakerOf: (model, version) => breakers.of(model, version),
    routing,
    sets,
    shadows: { offer: (job) => jobs.push(job) },
    log: { prediction: (record) => records.push(record), shadow: () => undefined },
    random: { next: () => 0.5 },
    nextId: () => `id-${ids++}`,
    tracing: {
      begin: (parent) => parent ?? { traceId: 't', spanId: 's', isSampled: false },
      end: (one) => ended.push(one),
    },
  });
  const rows = [Float32Array.of(1, 2), Float32Array.of(3, 4)];
  const request = {
    contract,
    rows,
    keys: undefined,
    deadline: monotonicMs(1_000),
    trace: undefined,
  };
  return { given, request, records, jobs, timers, sets, routing, ended, breakers };
}

function failing(options: Pick<MeshErrorOptions, 'code' | 'reason'>) {
  return () => Promise.reject(new MeshError({ ...options, message: 'no' }));
}

const late = { code: 'DEADLINE_EXCEEDED', reason: 'DEADLINE_PASSED' } as const;

describe('GivenRows', () => {
  it('asks production within the budget of the model, tells the monitor and shows the shadows', async () => {
    const { given, request, records, jobs } = stage();
    const asked: number[][] = [];
    const answer = await given.answer(request, (version, deadline) => {
      asked.push([version, deadline]);
      return Promise.resolve([0.25, 0.75]);
    });
    assert.deepEqual(asked, [[2, 150]]);
    assert.deepEqual(answer, {
      tier: 'MODEL',
      version: 2,
      role: 'PRODUCTION',
      predictionId: 'id-0',
      skipped: undefined,
      fallback: undefined,
    });
    assert.deepEqual(
      records.map(({ predictionId, tier, version, score, features, shadowVersions }) => [
        ...[predictionId, tier, version, score, features, shadowVersions],
      ]),
      [
        ['id-0', 'MODEL', 2, 0.25, undefined, [4]],
        ['id-1', 'MODEL', 2, 0.75, undefined, [4]],
      ],
    );
    assert.deepEqual(
      jobs.map(({ predictionId, version, query }) => [predictionId, version, query.row]),
      [
        ['id-0', 4, request.rows[0]],
        ['id-1', 4, request.rows[1]],
      ],
    );
  });

  it('assigns a cohort where the caller names the entity, and never the rules', async () => {
    const { given, request } = stage();
    const scores = () => Promise.resolve([0, 0]);
    const canary = await given.answer({ ...request, keys: ['ann'] }, scores);
    assert.deepEqual([canary.role, canary.version], ['CANARY', 3]);
    const cohorts = { ...policy.cohorts, controlShare: 1 };
    const controlled = stage({ cohorts });
    const control = await controlled.given.answer({ ...controlled.request, keys: ['ann'] }, scores);
    assert.deepEqual([control.role, control.version], ['PRODUCTION', 2]);
  });

  it('takes the fallback for a model that is late or fails', async () => {
    const reasons = [late, { code: 'UNAVAILABLE', reason: 'PEER_UNAVAILABLE' } as const];
    for (const error of reasons) {
      const { given, request, records } = stage();
      const answer = await given.answer(request, failing(error));
      assert.deepEqual(
        [answer.tier, answer.version, answer.skipped],
        ['FALLBACK', 1, error.reason],
      );
      assert.equal(answer.fallback?.outputName, 'probability');
      const outputs = [Float32Array.of(1 / 10), Float32Array.of(3 / 10)];
      assert.deepEqual(answer.fallback?.outputs, outputs);
      assert.deepEqual(
        records.map(({ tier, skippedReason }) => [tier, skippedReason]),
        [
          ['FALLBACK', error.reason],
          ['FALLBACK', error.reason],
        ],
      );
    }
  });

  it('takes it where production points nowhere, and where no time is left for the model', async () => {
    const { given, request, routing } = stage();
    const neverAsked = () => assert.fail('asked');
    const short = { ...request, deadline: monotonicMs(104) };
    assert.equal((await given.answer(short, neverAsked)).skipped, 'DEADLINE_PASSED');
    routing.apply({ model: 'm', alias: 'production', version: 0, generation: 2 });
    assert.equal((await given.answer(request, neverAsked)).skipped, 'ALIAS_UNKNOWN');
  });

  it('gives the error to a caller whose request is at fault, or who is gone', async () => {
    for (const code of ['INVALID_ARGUMENT', 'NOT_FOUND', 'CANCELLED'] as const) {
      const { given, request, records } = stage();
      const error = { code, reason: 'TENSOR_SHAPE' } as const;
      await assert.rejects(given.answer(request, failing(error)), error);
      assert.deepEqual(records, []);
    }
  });

  it('gives the error of the model where no fallback can answer', async () => {
    const noFallback = stage({}, { ...loaded, outputName: undefined });
    await assert.rejects(noFallback.given.answer(noFallback.request, failing(late)), late);
    const toRules = stage({ onModelTimeout: 'rules' });
    await assert.rejects(toRules.given.answer(toRules.request, failing(late)), late);
    const broken = stage({}, { ...loaded, infer: () => Promise.reject(new Error('broken')) });
    await assert.rejects(broken.given.answer(broken.request, failing(late)), late);
    const other = stage();
    other.sets.learnVersion('m', 1, 'another set');
    await assert.rejects(other.given.answer(other.request, failing(late)), late);
  });

  it('waits for a fallback no longer than the caller does', async () => {
    const hung = stage({}, { ...loaded, infer: () => new Promise(() => undefined) });
    const answer = hung.given.answer(hung.request, failing(late));
    await new Promise((resolve) => setImmediate(resolve));
    hung.timers[0]?.();
    await assert.rejects(answer, late);
  });

  it('shows nothing to a shadow of another feature set, and does not count on it', async () => {
    const { given, request, records, jobs, sets } = stage();
    sets.learnVersion('m', 4, 'another set');
    await given.answer(request, () => Promise.resolve([0, 0]));
    assert.deepEqual(jobs, []);
    assert.deepEqual(records[0]?.shadowVersions, []);
  });

  it('ends the trace that its prediction names', async () => {
    const { given, request, records, ended } = stage();
    const sampled = { traceId: 'own', spanId: 'span', isSampled: true };
    const traces: unknown[] = [];
    await given.answer({ ...request, trace: sampled }, (_version, _deadline, trace) => {
      traces.push(trace);
      return Promise.resolve([0, 0]);
    });
    assert.deepEqual(traces, [sampled]);
    const degraded = await given.answer(request, failing(late));
    assert.deepEqual(
      records.map(({ traceId }) => traceId),
      ['own', 'own', 't', 't'],
    );
    assert.deepEqual(
      ended.map(({ context, result }) => [context.traceId, result?.predictionId, result?.tier]),
      [
        ['own', 'id-0', 'MODEL'],
        ['t', degraded.predictionId, 'FALLBACK'],
      ],
    );
    assert.deepEqual(ended[1]?.result?.skipped, [
      { tier: 'MODEL', version: 2, reason: 'DEADLINE_PASSED' },
    ]);
    const cancelled = { code: 'CANCELLED', reason: 'CALL_CANCELLED' } as const;
    await assert.rejects(given.answer(request, failing(cancelled)), cancelled);
    assert.equal(ended[2]?.error?.reason, 'CALL_CANCELLED');
  });

  it('learns nothing of a version from a call that its caller cancelled', async () => {
    const { given, request, breakers } = stage();
    const breaker = breakers.of('m', 2);
    const verdicts: string[] = [];
    breaker.admit = () => ({ isAdmitted: true, isProbe: true });
    breaker.record = (_now, verdict) => verdicts.push(verdict);
    breaker.release = (isProbe) => verdicts.push(`released ${isProbe}`);
    const cancelled = { code: 'CANCELLED', reason: 'CALL_CANCELLED' } as const;
    await assert.rejects(given.answer(request, failing(cancelled)), cancelled);
    assert.deepEqual(verdicts, ['released true']);
  });
});
