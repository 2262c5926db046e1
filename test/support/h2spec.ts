import { execFile, spawnSync } from 'node:child_process';

const variable = 'MLMESH_H2SPEC';
const program = process.env[variable] ?? 'h2spec';

/** Why h2spec can't run here; false where it can, and in CI, where it must. */
export const skipH2spec: string | false =
  process.env['CI'] !== undefined || spawnSync(program, ['--version']).status === 0
    ? false
    : `h2spec is not installed: (cd .ci/h2spec-module && GOBIN=/usr/local/bin go install github.com/summerwind/h2spec/cmd/h2spec), or name its program in ${variable}`;

/** Has h2spec test what listens on a port of this machine; gives its exit code and what it printed. */
export function runH2spec(
  port: number,
): Promise<{ readonly code: number; readonly report: string }> {
  const args = ['--host', '127.0.0.1', '--port', String(port), '--timeout', '5'];
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout: 120_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ code, report: `${stdout}\n${stderr}` });
      else reject(new Error(`${program} did not run`, { cause: error }));
    });
  });
}
