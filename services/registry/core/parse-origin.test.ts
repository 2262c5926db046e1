import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { importedProvenance, provenance } from '../../../test/support/provenance.ts';
import { dataTypes } from '../../shared/compute/tensor/data-type.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { TensorSpec } from './model-version.ts';
import { parseProvenance } from './parse-provenance.ts';
import type { WireProvenance } from './wire-provenance.ts';

/** Gives the fields that are named when `change` is made to provenance of foreign origin. */
function violationsOf(change: Partial<WireProvenance>): readonly string[] {
  try {
    parseProvenance({ ...importedProvenance(), ...change });
    return [];
  } catch (error) {
    assert.ok(error instanceof MeshError && error.reason === 'PROVENANCE_INCOMPLETE');
    return error.violations.map(({ field }) => field.replace('header.provenance.', ''));
  }
}

describe('parseProvenance of a version of foreign origin', () => {
  const { origin, signature } = importedProvenance();
  const trained = provenance();
  const withInputs = (...inputs: readonly TensorSpec[]) => ({
    signature: { ...signature, inputs },
  });
  const tensor = (change: Partial<TensorSpec>) => ({
    ...signature.inputs[0],
    name: 'x',
    datatype: 'FP32',
    shape: [-1],
    ...change,
  });

  it('gives what is complete, and the same for what the wire leaves at 0', () => {
    assert.deepEqual(parseProvenance(importedProvenance()), importedProvenance());
    const wire = { ...importedProvenance(), signature: { ...signature, batchRowsMax: 0 } };
    assert.deepEqual(parseProvenance(wire), importedProvenance());
    const declared = {
      origin: { ...origin, trainingData: 'declared' as const, declaredDataHash: 'a'.repeat(64) },
      metrics: { accuracy: 0.93 },
      signature: { ...signature, inputs: signature.inputs.slice(0, 1), batchRowsMax: 8 },
    };
    assert.deepEqual(parseProvenance(importedProvenance(declared)), importedProvenance(declared));
  });
  it('leaves versions that were trained here as they were', () => {
    const wire = { ...trained, origin: null, signature: { ...trained.signature, batchRowsMax: 0 } };
    assert.deepEqual(parseProvenance(wire), trained);
  });
  it('takes tensors of every datatype of the protocol, and scalars', () => {
    for (const datatype of dataTypes) {
      assert.deepEqual(violationsOf(withInputs(tensor({ datatype, shape: [] }))), []);
    }
  });
  it('names each field that is missing or out of its range', () => {
    const cases: readonly (readonly [string, Partial<WireProvenance>])[] = [
      ['origin.source', { origin: { ...origin, source: '' } }],
      ['origin.source', { origin: { ...origin, source: 'a\nb' } }],
      ['origin.path', { origin: { ...origin, path: 'x'.repeat(501) } }],
      ['origin.files', { origin: { ...origin, files: {} } }],
      ['origin.files', { origin: { ...origin, files: { a: 'short' } } }],
      ['origin.training_data', { origin: { ...origin, trainingData: 'secret' } }],
      ['origin.declared_data_hash', { origin: { ...origin, declaredDataHash: 'a'.repeat(64) } }],
      ['origin.declared_data_hash', { origin: { ...origin, trainingData: 'declared' } }],
      ['signature.inputs', withInputs()],
      ['signature.inputs', withInputs(tensor({}), tensor({}))],
      ['signature.inputs', withInputs(tensor({ datatype: 'FLOAT' }))],
      ['signature.inputs', withInputs(tensor({ shape: [0] }))],
      ['signature.inputs', withInputs(tensor({ shape: Array(65).fill(1) }))],
      ['signature.outputs', { signature: { ...signature, outputs: [] } }],
      ['signature.batch_rows_max', { signature: { ...signature, batchRowsMax: 8 } }],
      [
        'signature.batch_rows_max',
        { signature: { ...withInputs(tensor({})).signature, batchRowsMax: 65_537 } },
      ],
      ['metrics', { metrics: { accuracy: Number.NaN } }],
      ['artifact_digest', { artifactDigest: '' }],
    ];
    for (const [field, change] of cases) assert.deepEqual(violationsOf(change), [field]);
  });
  it('takes nothing that nobody here can know, since a made-up digest would pass for a known one', () => {
    const { trainingData, environment } = trained;
    const cases: readonly (readonly [string, Partial<WireProvenance>])[] = [
      ['training_data', { trainingData }],
      ['environment', { environment }],
      ['code_commit', { codeCommit: trained.codeCommit }],
      ['trained_at_ms', { trainedAtMs: 4 }],
      ['trained_by', { trainedBy: 'tester' }],
      ['reference_profile_digest', { referenceProfileDigest: 'a'.repeat(64) }],
      ['golden_requests_digest', { goldenRequestsDigest: 'a'.repeat(64) }],
      ['training_manifest_digest', { trainingManifestDigest: 'a'.repeat(64) }],
      ['evaluation_digest', { evaluationDigest: 'a'.repeat(64) }],
      ['signature.features', { signature: { ...signature, features: ['hour'] } }],
      [
        'signature.feature_set_hash',
        { signature: { ...signature, featureSetHash: 'd'.repeat(64) } },
      ],
      ['signature.bindings', { signature: { ...signature, bindings: trained.signature.bindings } }],
    ];
    for (const [field, change] of cases) assert.deepEqual(violationsOf(change), [field]);
  });
});
