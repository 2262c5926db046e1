import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runTool } from '../support/run-tool.ts';
import { sourceFiles } from '../support/source-files.ts';

/** The part of dependency-cruiser's JSON that is read here. */
interface CruiseSummary {
  readonly totalCruised: number;
  readonly violations: readonly {
    readonly rule: { readonly name: string };
    readonly comment?: string;
    readonly from: string;
    readonly to: string;
  }[];
}

describe('dependency rules (test/conventions/dependency-cruiser.cjs)', () => {
  it('hold, and looked at every module', () => {
    const config = 'test/conventions/dependency-cruiser.cjs';
    const roots = [...new Set(sourceFiles().map((file) => file.split('/')[0] ?? file))];
    const { stdout, text } = runTool('depcruise', [
      ...['--config', config, '--output-type', 'json'],
      ...roots,
    ]);
    assert.ok(stdout.startsWith('{'), text);
    const { summary } = JSON.parse(stdout) as { readonly summary: CruiseSummary };
    assert.ok(
      summary.totalCruised >= sourceFiles().length,
      `only ${summary.totalCruised} of ${sourceFiles().length} modules looked at: is TypeScript supported?`,
    );
    const broken = summary.violations.map(
      (v) =>
        `${v.rule.name}: ${v.from} -> ${v.to}${v.comment === undefined ? '' : ` (${v.comment})`}`,
    );
    assert.ok(broken.length === 0, `\n${broken.join('\n')}`);
  });
});
