import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What a tool of node_modules/.bin left behind: its exit status and everything it wrote. */
export interface ToolResult {
  readonly status: number;
  readonly stdout: string;
  readonly text: string;
}

/** Runs a tool of node_modules/.bin from the repository root, without colours, and waits for it. */
export function runTool(tool: string, args: readonly string[]): ToolResult {
  const result = spawnSync(join('node_modules', '.bin', tool), args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28, // JSON of a whole dependency graph
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
  });
  if (result.error !== undefined) throw result.error;
  return {
    status: result.status ?? 1,
    stdout: result.stdout,
    text: `${result.stdout}\n${result.stderr}`.trim(),
  };
}
