import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One step of `npm test`: what it shows, and the command that shows it. */
interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const runner = 'dist/test/support/run-tests.js';
const node = process.execPath;

const steps: readonly Step[] = [
  { name: 'contract: lint', command: ['npm', 'run', '--silent', 'proto:lint'] },
  { name: 'contract: nothing breaks', command: ['npm', 'run', '--silent', 'proto:breaking'] },
  { name: 'conventions', command: [node, runner, 'conventions'] },
  { name: 'unit tests', command: [node, runner, 'unit'] },
  { name: 'integration tests', command: [node, runner, 'integration'] },
  { name: 'end to end', command: [node, runner, 'e2e'] },
  { name: 'end to end, in time', command: [node, runner, 'timed'] },
  { name: 'chaos', command: [node, runner, 'chaos'] },
];

// The data of a mesh that is trained serves the steps that need one.
const shared = mkdtempSync(join(tmpdir(), 'mlmesh-tests-'));
process.once('exit', () => rmSync(shared, { recursive: true, force: true }));

const startedMs = Date.now();
for (const step of steps) {
  process.stdout.write(`\n=== ${step.name}: ${step.command.join(' ')}\n`);
  const stepStartedMs = Date.now();
  const [program, ...args] = step.command;
  const { status, error } = spawnSync(program, args, {
    stdio: 'inherit',
    env: { ...process.env, MLMESH_TEST_SHARED: shared },
  });
  const seconds = ((Date.now() - stepStartedMs) / 1000).toFixed(1);
  if (status !== 0) {
    process.stdout.write(`\n=== ${step.name} FAILED after ${seconds} s ${error?.message ?? ''}\n`);
    process.exit(1);
  }
  process.stdout.write(`=== ${step.name} ok, ${seconds} s\n`);
}
process.stdout.write(`\n=== all ok, ${((Date.now() - startedMs) / 1000).toFixed(1)} s\n`);
