import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

describe('the mesh of purchases', () => {
  it('is what README.md shows of it', () => {
    const code = readFileSync('deploy/purchases/mesh.ts', 'utf8');
    assert.ok(readFileSync('README.md', 'utf8').includes(`\`\`\`ts\n${code}\`\`\``));
  });
});
