import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { haveSameShape } from '../../../test/support/same-shape.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { epochMs, monotonicMs } from '../../shared/kernel/units.ts';
import type {
  FeatureAnswer,
  FeatureQuery,
  ModelAnswer,
  ModelQuery,
  Receiver,
  ShadowRecord,
} from '../ports.ts';
import { newCounts } from './router-parts.ts';
import { ShadowFanOut, type ShadowJob } from './shadow-fan-out.ts';

function fanOut() {
  const reads: { query: FeatureQuery; receiver: Receiver<FeatureAnswer> }[] = [];
  const calls: { query: ModelQuery; receiver: Receiver<ModelAnswer> }[] = [];
  const records: ShadowRecord[] = [];
  const later: (() => void)[] = [];
  const counts = newCounts();
  const paused = new Set<string>();
  const shadows = new ShadowFanOut({
    clock: {
      monotonic: () => monotonicMs(0),
      epoch: () => {
        throw new Error('not used');
      },
      sleep: () => Promise.resolve(),
    },
    features: { read: (query, receiver) => reads.push({ query, receiver }) },
    models: { run: (query, receiver) => calls.push({ query, receiver }) },
    log: { prediction: () => undefined, shadow: (record) => records.push(record) },
    counts,
    isPaused: (model) => paused.has(model),
    later: (action) => later.push(action),
    tracing: { beginShadow: (answered) => answered, endShadow: () => undefined },
  });
  const drain = () => {
    for (const action of later.splice(0)) action();
  };
  return { shadows, reads, calls, records, counts, paused, drain };
}

const job = (id: string): ShadowJob => ({
  predictionId: id,
  query: { model: 'm', featureSetHash: 'h', row: new Float32Array(1) },
  version: 3,
  isReverse: false,
  answered: undefined,
});

describe('ShadowFanOut', () => {
  it('asks with objects of one hidden class', () => {
    const { shadows, reads, calls, drain } = fanOut();
    const ids = Array.from({ length: 20 }, (_, at) => `${at}`);
    for (const id of ids) shadows.offer(job(id));
    const query = { featureSetHash: 'h', keys: ['k'], atMs: epochMs(1) };
    const rowOf = () => new Float32Array(1);
    for (const id of ids) {
      const { query: known, ...rest } = job(id);
      shadows.offer({ ...rest, query: { ...known, row: { query, rowOf } } });
    }
    drain();
    for (const asked of [calls, reads]) {
      const [last, before] = asked.slice(-2);
      assert.ok(last !== undefined && before !== undefined);
      assert.ok(haveSameShape(last.query, before.query));
    }
  });

  it('sends nothing before the answers have gone out', () => {
    const { shadows, calls, drain } = fanOut();
    shadows.offer(job('a'));
    assert.equal(calls.length, 0);
    drain();
    assert.equal(calls.length, 1);
    assert.equal(calls[0]?.query.version, 3);
  });

  it('holds at most 512 calls when a shadow hangs, then drops, counts and logs what its queue does not hold', () => {
    const { shadows, calls, records, counts, drain } = fanOut();
    for (let index = 0; index < 512; index += 1) shadows.offer(job(`x${index}`));
    drain();
    for (let index = 0; index < 4_098; index += 1) shadows.offer(job(`y${index}`));
    drain();
    assert.equal(calls.length, 512);
    assert.equal(counts.shadowsDropped, 2);
    assert.deepEqual(records.at(-1)?.result, { failedReason: 'QUEUE_FULL' });
  });

  it('drops reverse shadows when a quarter of the queue is taken, before any other', () => {
    const { shadows, calls, counts, drain } = fanOut();
    const reverse = (id: string) => ({ ...job(id), isReverse: true });
    for (let index = 0; index < 512; index += 1) shadows.offer(reverse(`x${index}`));
    drain();
    for (let index = 0; index < 1_025; index += 1) shadows.offer(reverse(`y${index}`));
    assert.equal(counts.shadowsDropped, 1);
    for (let index = 0; index < 3_072; index += 1) shadows.offer(job(`z${index}`));
    assert.deepEqual([calls.length, counts.shadowsDropped], [512, 1]);
    shadows.offer(job('one too many'));
    assert.equal(counts.shadowsDropped, 2);
  });

  it('goes on with one shadow while another hangs', () => {
    const { shadows, calls, drain } = fanOut();
    for (let index = 0; index < 4_608; index += 1) shadows.offer(job(`x${index}`));
    drain();
    shadows.offer({ ...job('y'), version: 4 });
    drain();
    assert.equal(calls.at(-1)?.query.version, 4);
  });

  it('sends nothing of a model whose shadows are paused, what waits among it, and says so', () => {
    const { shadows, calls, records, counts, paused, drain } = fanOut();
    for (let index = 0; index < 513; index += 1) shadows.offer(job(`x${index}`));
    drain();
    paused.add('m');
    shadows.offer(job('y'));
    calls[0]?.receiver.onAnswer({ outputs: Float32Array.of(0.5), queueMs: 0, computeMs: 0 });
    drain();
    assert.equal(calls.length, 512);
    assert.deepEqual(
      records.slice(1).map(({ result }) => result),
      [{ failedReason: 'SHADOW_PAUSED' }, { failedReason: 'SHADOW_PAUSED' }],
    );
    assert.equal(counts.shadowsDropped, 2);
  });

  it('goes on with the queue as calls end', () => {
    const { shadows, calls, drain, records } = fanOut();
    for (let index = 0; index < 513; index += 1) shadows.offer(job(`x${index}`));
    drain();
    assert.equal(calls.length, 512);
    calls[0]?.receiver.onAnswer({ outputs: Float32Array.of(0.5), queueMs: 0, computeMs: 0 });
    drain();
    assert.equal(calls.length, 513);
    assert.deepEqual(records[0]?.result, { score: 0.5 });
  });

  it('reads the features of a shadow that was trained on another set, and says when they do not come', () => {
    const { shadows, reads, calls, records, drain } = fanOut();
    const query = { featureSetHash: 'earlier', keys: ['ORD'], atMs: epochMs(5) };
    const row = { query, rowOf: ({ values }: FeatureAnswer) => Float32Array.from(values) };
    for (const id of ['a', 'b']) {
      shadows.offer({ ...job(id), query: { model: 'm', featureSetHash: 'earlier', row } });
    }
    drain();
    assert.equal(calls.length, 0);
    assert.equal(reads[0]?.query.featureSetHash, 'earlier');
    const values = Float64Array.of(4);
    reads[0]?.receiver.onAnswer({ values, statuses: new Uint8Array(1), logOffset: 1 });
    assert.deepEqual([...(calls[0]?.query.row ?? [])], [4]);
    const error = new MeshError({ code: 'NOT_FOUND', reason: 'FEATURE_SET_UNKNOWN', message: 'x' });
    reads[1]?.receiver.onFailure(error);
    assert.deepEqual(records[0]?.result, { failedReason: 'FEATURE_SET_UNKNOWN' });
  });
});
