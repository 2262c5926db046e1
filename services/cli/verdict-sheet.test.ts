import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isVerdictId, renderVerdict, renderVerdicts } from './verdict-sheet.ts';

const verdict = {
  verdictId: 'v0dgk3m2qa-guard-m',
  kind: 'guard',
  model: 'm',
  version: 3,
  baselineVersion: 2,
  atMs: Date.UTC(2026, 0, 2, 3, 4),
  decision: 'rollback',
  statement: 'errors: 150 of 300 against 0 of 300',
  figures: { errors: 150 },
};
const explanation = {
  verdict,
  again: verdict,
  isSame: true,
  policyDigest: 'a'.repeat(64),
  recounts: [{ name: 'errors of version 3', stored: 150, counted: 149 }],
  attribution: { text: 'Who is to blame: the model.' },
};

describe('the sheet of a verdict', () => {
  it('lists what was decided of which version, and why', () => {
    const text = renderVerdicts([verdict]);
    assert.match(
      text,
      /v0dgk3m2qa-guard-m +2026-01-02 03:04 +m@3 +2 +rollback +errors: 150 of 300/,
    );
    assert.equal(renderVerdicts([]), 'no verdict so far\n');
  });
  it('shows each number as stored, decided again and counted again', () => {
    const text = renderVerdict(explanation);
    assert.match(text, /errors +150 +150/);
    assert.match(text, /the same in every number/);
    assert.match(text, /errors of version 3 +150 +149/);
    assert.match(text, /Who is to blame: the model\./);
    assert.doesNotMatch(renderVerdict({ ...explanation, attribution: null }), /blame/);
  });
  it('says so where another decision follows, and where the log is gone', () => {
    const text = renderVerdict({ ...explanation, isSame: false, recounts: [] });
    assert.match(text, /NOT the same/);
    assert.match(text, /does not reach back so far/);
  });
  it('tells ids of verdicts from those of predictions', () => {
    assert.equal(isVerdictId('v0dgk3m2qa-guard-flight-delay'), true);
    assert.equal(isVerdictId('00e7a1b2c3d4f00d-00000000002a'), false);
  });
});
