import { spawnSync } from 'node:child_process';

const variable = 'MLMESH_MODEL_SIGNING';

/** The command of PyPI's model-signing: what the variable MLMESH_MODEL_SIGNING names, or the one in the path. */
const command = process.env[variable] ?? 'model_signing';

const hasCommand = spawnSync(command, ['--version']).status === 0;

/** Why tests with the reference implementation can't run here; false where they can, and in CI, where they must. */
export const skipModelSigning: string | false =
  hasCommand || process.env['CI'] !== undefined
    ? false
    : `model_signing is not installed: pip install model-signing pyopenssl, and name its command in ${variable}`;

/** Runs the reference implementation; gives its exit status and what it said. */
export function modelSigning(...args: readonly string[]): {
  readonly status: number | null;
  readonly text: string;
} {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return { status, text: `${stdout}${stderr}` };
}
