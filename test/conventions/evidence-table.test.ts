import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { renderEvidenceTable } from '../../services/registry/core/evidence-kinds.ts';

describe('the table of evidence in ARCHITECTURE.md', () => {
  it('is the one that the registry obeys', () => {
    const text = readFileSync('ARCHITECTURE.md', 'utf8');
    const wanted = renderEvidenceTable();
    assert.ok(text.includes(wanted), `put this in place of the table:\n\n${wanted}\n`);
  });
});
