import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { provenance } from '../../../test/support/provenance.ts';
import { dataTypes } from '../../shared/compute/tensor/data-type.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { parseVersion } from './parse-version.ts';

type Wire = Parameters<typeof parseVersion>[0];
type Tensor = ReturnType<typeof provenance>['signature']['inputs'][number];

function versionOf(inputs: readonly Tensor[], artifactDigest = 'a'.repeat(64)) {
  const base = provenance({ artifactDigest });
  const wire = {
    model: 'late',
    version: 3,
    provenance: { ...base, signature: { ...base.signature, inputs } },
    registeredAtMs: 0,
    registeredBy: 'tester',
  };
  // The wire's type has mutable arrays and is otherwise the same.
  return parseVersion(wire as unknown as Wire);
}

function tensor(change: Partial<Tensor> = {}): Tensor {
  return { name: 'features', datatype: 'FP32', shape: [-1, 12], ...change };
}

describe('parseVersion', () => {
  it('gives what a servable version needs', () => {
    const { spec } = versionOf([tensor()]);
    assert(!(spec instanceof MeshError));
    assert.deepEqual(spec.inputs, [{ name: 'features', dataType: 'FP32', shape: [-1, 12] }]);
    assert.deepEqual(spec.outputs, [{ name: 'probability', dataType: 'FP32', shape: [-1, 1] }]);
    assert.equal(spec.featureSetHash, 'd'.repeat(64));
  });

  const refused: readonly [string, readonly Tensor[]][] = [
    ['without an input', []],
    ['with two inputs', [tensor(), tensor({ name: 'more' })]],
    ['of another datatype', [tensor({ datatype: 'INT64' })]],
    ['whose batch is fixed', [tensor({ shape: [1, 12] })]],
    ['without columns', [tensor({ shape: [-1] })]],
    ['with zero columns', [tensor({ shape: [-1, 0] })]],
    ['with images', [tensor({ shape: [-1, 3, 224] })]],
  ];
  for (const [name, inputs] of refused) {
    it(`says why it cannot serve a version ${name}`, () => {
      const { spec } = versionOf(inputs);
      assert(spec instanceof MeshError);
      assert.equal(spec.reason, 'ARTIFACT_UNSUPPORTED');
    });
  }

  const unbound = (
    inputs: readonly Tensor[],
    batchRowsMax = 0,
    outputs: readonly Tensor[] = [{ name: 'speech', datatype: 'FP32', shape: [-1, 1] }],
  ) => {
    const base = provenance();
    const signature = { ...base.signature, inputs, outputs, featureSetHash: '', batchRowsMax };
    const wire = { model: 'vad', version: 1, provenance: { ...base, signature } };
    return parseVersion(wire as unknown as Wire).spec;
  };
  const rate: Tensor = { name: 'rate', datatype: 'INT64', shape: [] };

  it('serves what is bound to no feature set with tensors of any datatype and shape', () => {
    const spec = unbound([tensor({ name: 'sound', shape: [-1, -1] }), rate]);
    assert(!(spec instanceof MeshError));
    assert.deepEqual(spec.inputs, [
      { name: 'sound', dataType: 'FP32', shape: [-1, -1] },
      { name: 'rate', dataType: 'INT64', shape: [] },
    ]);
    assert.deepEqual(spec.outputs, [{ name: 'speech', dataType: 'FP32', shape: [-1, 1] }]);
    assert.equal(spec.batchRowsMax, 0);
    for (const datatype of dataTypes) {
      assert(!(unbound([tensor({ datatype })], 8) instanceof MeshError), datatype);
    }
  });

  const refusedTensors: readonly [string, RegExp, readonly Tensor[], number?][] = [
    ['that takes nothing', /wanted inputs and outputs, got none/, []],
    ['with a tensor without a name', /wanted a name/, [tensor({ name: '' })]],
    ['with one name twice', /got one twice/, [tensor(), tensor()]],
    ['of no datatype', /for features, got 'fp32'/, [tensor({ datatype: 'fp32' })]],
    ['with a dimension of 0', /more than 0 for features/, [tensor({ shape: [-1, 0] })]],
    ['with a dimension of -2', /more than 0 for features/, [tensor({ shape: [-2] })]],
    ['with 65 dimensions', /at most 64 dimensions/, [tensor({ shape: Array(65).fill(1) })]],
    ['that joins a scalar', /wanted -1 as the first dimension of rate/, [tensor(), rate], 8],
    ['that joins too much', /at most 65536 rows, got 65537/, [tensor()], 65_537],
  ];
  for (const [name, why, inputs, batchRowsMax] of refusedTensors) {
    it(`says why it cannot serve a version ${name}`, () => {
      const spec = unbound(inputs, batchRowsMax);
      assert(spec instanceof MeshError);
      assert.equal(spec.reason, 'ARTIFACT_UNSUPPORTED');
      assert.match(spec.message, why);
    });
  }

  it('says why it cannot serve a version whose digest is none', () => {
    const { spec } = versionOf([tensor()], '../../etc/passwd');
    assert(spec instanceof MeshError);
    assert.equal(spec.reason, 'ARTIFACT_UNSUPPORTED');
  });
});
