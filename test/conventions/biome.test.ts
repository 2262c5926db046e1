import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runTool } from '../support/run-tool.ts';
import { sourceFiles } from '../support/source-files.ts';

describe('format and lint (.biome.json)', () => {
  it('hold in every file, and looked at them', () => {
    const { status, text } = runTool('biome', [
      'check',
      '--diagnostic-level=error',
      '--max-diagnostics=60',
      '--colors=off',
    ]);
    const checked = Number(/Checked (\d+) files?/.exec(text)?.[1] ?? 0);
    assert.ok(
      checked >= sourceFiles().length,
      `biome looked at ${checked} of ${sourceFiles().length} files:\n${text}`,
    );
    assert.ok(
      status === 0,
      `run \`npx biome check --write\` for what it can mend by itself; the rest is yours:\n${text}`,
    );
  });
});
