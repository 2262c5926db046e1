import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canonicalJson } from './canonical-json.ts';
import { recordedProvenance } from './recorded-provenance.ts';

describe('recordedProvenance', () => {
  it('is what it was before there were origins and batches, where both are unset', () => {
    const text = '{"artifactDigest":"a","signature":{"features":["x"],"inputs":[]}}';
    const before = JSON.parse(text);
    const wire = { ...before, origin: null, signature: { ...before.signature, batchRowsMax: 0 } };
    assert.equal(canonicalJson(recordedProvenance(wire)), text);
    assert.equal(canonicalJson(recordedProvenance(before)), text);
  });
  it('keeps both where they are set', () => {
    const set = { origin: { source: 's' }, signature: { batchRowsMax: 8 } };
    assert.deepEqual(recordedProvenance(set), set);
    assert.deepEqual(recordedProvenance({ signature: null }), { signature: null });
  });
});
