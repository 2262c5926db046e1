import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { provenance } from '../../../test/support/provenance.ts';
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

  it('says why it cannot serve a version whose digest is none', () => {
    const { spec } = versionOf([tensor()], '../../etc/passwd');
    assert(spec instanceof MeshError);
    assert.equal(spec.reason, 'ARTIFACT_UNSUPPORTED');
  });
});
