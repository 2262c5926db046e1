import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { renderStateTable } from '../../services/registry/core/version-states.ts';

describe('the table of version states in ARCHITECTURE.md', () => {
  it('is the one that the registry obeys', () => {
    const text = readFileSync('ARCHITECTURE.md', 'utf8');
    const wanted = renderStateTable();
    assert.ok(text.includes(wanted), `put this in place of the table:\n\n${wanted}\n`);
  });
});
