import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runTool } from '../support/run-tool.ts';

describe('dead code (.knip.json)', () => {
  it('is not there: every file, export and dependency is used', () => {
    const { status, text } = runTool('knip', ['--no-progress', '--no-config-hints']);
    assert.ok(status === 0, `delete it, or name its entry in .knip.json:\n${text}`);
  });
});
