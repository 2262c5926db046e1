import { spawnSync } from 'node:child_process';

const pythonVariable = 'MLMESH_KSERVE_PYTHON';
const analyzerVariable = 'MLMESH_PERF_ANALYZER';

const python = process.env[pythonVariable] ?? 'python3';
const analyzer = process.env[analyzerVariable] ?? 'perf_analyzer';

const isCi = process.env['CI'] !== undefined;

/** Why tests with tritonclient can't run here; false where they can, and in CI, where they must. */
export const skipTritonClient: string | false =
  isCi || spawnSync(python, ['-c', 'import tritonclient.grpc, ml_dtypes']).status === 0
    ? false
    : `tritonclient is not installed: pip install 'tritonclient[grpc]' ml_dtypes, and name its python in ${pythonVariable}`;

/** Why tests with perf_analyzer can't run here; false where they can, and in CI, where they must. */
export const skipPerfAnalyzer: string | false =
  isCi || spawnSync(analyzer, ['--version']).status === 0
    ? false
    : `perf_analyzer is not installed: pip install perf-analyzer, and name its command in ${analyzerVariable}`;

/** Runs a script with tritonclient; gives what it printed. */
export function runTritonClient(script: string, ...args: readonly string[]): string {
  return run(python, [script, ...args]);
}

/** Runs NVIDIA's load generator for short windows; gives its report. */
export function runPerfAnalyzer(...args: readonly string[]): string {
  // Three windows at least; a busy machine is never stable, so ten times more or less is: every request has to succeed.
  const windows = ['--measurement-interval', '500', '--max-trials', '12', '-s', '1000'];
  return run(analyzer, ['-i', 'grpc', ...windows, ...args]);
}

function run(command: string, args: readonly string[]): string {
  const { status, signal, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')}: ${status ?? signal}\n${stdout}\n${stderr}`);
}
