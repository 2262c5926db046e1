import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { provenance } from '../../../test/support/provenance.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { parseProvenance } from './parse-provenance.ts';
import type { WireProvenance } from './wire-provenance.ts';

/** Gives the fields that are named when `change` is made to complete provenance. */
function violationsOf(change: Partial<WireProvenance>): readonly string[] {
  try {
    parseProvenance({ ...provenance(), ...change });
    return [];
  } catch (error) {
    assert.ok(error instanceof MeshError && error.reason === 'PROVENANCE_INCOMPLETE');
    return error.violations.map(({ field }) => field.replace('header.provenance.', ''));
  }
}

describe('parseProvenance', () => {
  const { trainingData, signature, resources } = provenance();

  const bound = (change: object) => ({
    name: 'hour',
    kind: 'request',
    definitionHash: 'b'.repeat(64),
    ...change,
  });

  it('gives what is complete', () => {
    assert.deepEqual(parseProvenance(provenance()), provenance());
  });
  it('refuses more than an answer can hold beside others', () => {
    const names = Array.from({ length: 30_000 }, (_, index) => `feature-${index}`);
    const definitionHash = 'b'.repeat(64);
    const bindings = names.map((name) => ({ name, kind: 'feature', definitionHash }));
    const data = { ...trainingData, definitionHashes: names.map(() => definitionHash) };
    const wide = { ...signature, features: names, bindings };
    assert.throws(
      () => parseProvenance({ ...provenance(), trainingData: data, signature: wide }),
      (error) => error instanceof MeshError && error.reason === 'INVALID_FIELD',
    );
  });
  it('writes equal hyperparameters as one text', () => {
    const spaced = parseProvenance({
      ...provenance(),
      hyperparametersJson: '{ "b": 1.0, "a": [] }',
    });
    assert.equal(spaced.hyperparametersJson, '{"a":[],"b":1}');
  });
  it('names each field that is missing or out of its range', () => {
    const cases: readonly (readonly [string, Partial<WireProvenance>])[] = [
      ['artifact_digest', { artifactDigest: 'A'.repeat(64) }],
      ['artifact_bytes', { artifactBytes: 0 }],
      ['artifact_bytes', { artifactBytes: 2 ** 31 }],
      ['training_data.data_hash', { trainingData: { ...trainingData, dataHash: '' } }],
      ['training_data.rows', { trainingData: { ...trainingData, rows: 0.5 } }],
      [
        'training_data.until_ms',
        { trainingData: { ...trainingData, untilMs: trainingData.fromMs } },
      ],
      ['training_data.log_offset', { trainingData: { ...trainingData, logOffset: -1 } }],
      [
        'training_data.definition_hashes',
        { trainingData: { ...trainingData, definitionHashes: [] } },
      ],
      ['code_commit', { codeCommit: '' }],
      ['hyperparameters_json', { hyperparametersJson: '[]' }],
      ['hyperparameters_json', { hyperparametersJson: '{"rate":1e999}' }],
      ['trained_at_ms', { trainedAtMs: 0 }],
      ['trained_by', { trainedBy: 'x'.repeat(501) }],
      ['trained_by', { trainedBy: '  ' }],
      ['trained_by', { trainedBy: '\u001b[2J' }],
      ['hyperparameters_json', { hyperparametersJson: `{"x":"${'y'.repeat(65_536)}"}` }],
      ['metrics', { metrics: {} }],
      ['metrics', { metrics: { '': 1 } }],
      ['metrics', { metrics: { 'a\nb': 1 } }],
      ['metrics', { metrics: Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [i, i])) }],
      ['metrics', { metrics: { auc: Number.NaN } }],
      ['signature.inputs', { signature: { ...signature, inputs: [] } }],
      [
        'signature.outputs',
        { signature: { ...signature, outputs: [{ name: '', datatype: 'FP32', shape: [1] }] } },
      ],
      ['signature.feature_set_hash', { signature: { ...signature, featureSetHash: 'x' } }],
      ['resources.memory_bytes', { resources: { ...resources, memoryBytes: 0 } }],
      ['code_commit', { codeCommit: 'c0ffee' }],
      ['signature.bindings', { signature: { ...signature, bindings: [] } }],
      ['signature.bindings', { signature: { ...signature, bindings: [bound({ name: 'x' })] } }],
      ['signature.bindings', { signature: { ...signature, bindings: [bound({ kind: 'x' })] } }],
      [
        'signature.bindings',
        { signature: { ...signature, bindings: [bound({ definitionHash: '' })] } },
      ],
      ['reference_profile_digest', { referenceProfileDigest: '' }],
      ['golden_requests_digest', { goldenRequestsDigest: 'x' }],
      ['training_manifest_digest', { trainingManifestDigest: '' }],
      ['evaluation_digest', { evaluationDigest: 'A'.repeat(64) }],
      ['resources.threads', { resources: { ...resources, threads: 0 } }],
    ];
    for (const [field, change] of cases) assert.deepEqual(violationsOf(change), [field]);
  });
  it('names every field of parts that are missing', () => {
    const missing = { trainingData: null, signature: null, resources: null, environment: null };
    const fields = violationsOf(missing);
    for (const part of ['training_data.rows', 'signature.features', 'resources.threads']) {
      assert.ok(fields.includes(part), part);
    }
    assert.ok(fields.includes('environment.runtime'));
  });
  it('refuses formats that the mesh does not serve', () => {
    assert.throws(
      () => parseProvenance({ ...provenance(), artifactFormat: 'pickle' }),
      (error) => error instanceof MeshError && error.reason === 'ARTIFACT_UNSUPPORTED',
    );
  });
});
