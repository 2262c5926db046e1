import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InferParameter__Output } from '../../gen/inference/InferParameter.ts';
import { monotonicMs } from '../../shared/kernel/units.ts';
import { readParameters, refuseTensorParameters } from './v2-parameters.ts';

const now = monotonicMs(1_000);

function read(parameters: Readonly<Record<string, InferParameter__Output>>, deadlineMs = Infinity) {
  return readParameters(parameters, { deadline: monotonicMs(deadlineMs) }, now, 500);
}

function refuses(parameters: Readonly<Record<string, InferParameter__Output>>, message: RegExp) {
  assert.throws(() => read(parameters), {
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_FIELD',
    message,
  });
}

describe('readParameters', () => {
  it('takes the least of deadline, timeout and the longest duration as budget', () => {
    assert.equal(read({}).deadline, 1_500);
    assert.equal(read({}, 1_200).deadline, 1_200);
    assert.equal(read({ timeout: { int64Param: '100000' } }).deadline, 1_100);
    assert.equal(read({ timeout: { int64Param: '100000' } }, 1_050).deadline, 1_050);
    assert.equal(read({ timeout: { uint64Param: '9000000' } }).deadline, 1_500);
  });

  it('takes a timeout of 0 for none', () =>
    assert.equal(read({ timeout: { int64Param: '0' } }).deadline, 1_500));

  it('lets priority 2 wait for priority 1, which is the default', () => {
    assert.equal(read({}).priority, 'production');
    for (const uint64Param of ['0', '1']) {
      assert.equal(read({ priority: { uint64Param } }).priority, 'production');
    }
    assert.equal(read({ priority: { uint64Param: '2' } }).priority, 'shadow');
  });

  it('refuses garbage', () => {
    refuses({ priority: { uint64Param: '3' } }, /parameters\.priority: .* 0 to 2 .* got 3/);
    refuses({ timeout: { int64Param: '-1' } }, /parameters\.timeout: .* got -1/);
    refuses(
      { timeout: { stringParam: 'soon', parameterChoice: 'stringParam' } },
      /got stringParam/,
    );
    refuses({ timeout: {} }, /got nothing/);
    refuses({ timeout: { int64Param: '9223372036854775807' } }, /parameters\.timeout/);
  });

  it('refuses sequences, but not a sequence of none', () => {
    refuses({ sequence_id: { int64Param: '7' } }, /parameters\.sequence_id/);
    refuses({ sequence_start: { boolParam: true } }, /parameters\.sequence_start/);
    read({ sequence_id: { int64Param: '0' }, sequence_end: { boolParam: false } });
  });

  it('knows who wants the last answer of a stream marked, and leaves custom ones alone', () => {
    const wanted = { triton_enable_empty_final_response: { boolParam: true } };
    assert.equal(read(wanted).isFinalMarked, true);
    assert.equal(read({ custom: { doubleParam: 0.5 } }).isFinalMarked, false);
  });
});

describe('refuseTensorParameters', () => {
  it('refuses shared memory and classes, and leaves others alone', () => {
    for (const key of ['shared_memory_region', 'shared_memory_byte_size', 'classification']) {
      assert.throws(() => refuseTensorParameters('x', { [key]: { int64Param: '1' } }), {
        reason: 'INVALID_FIELD',
        message: new RegExp(`x\\.${key}: wanted`),
      });
    }
    refuseTensorParameters('x', { binary_data: { boolParam: true } });
  });
});
