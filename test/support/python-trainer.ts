import { spawnSync } from 'node:child_process';
import { delimiter } from 'node:path';

const variable = 'MLMESH_TRAINER_BIN';

/** The path in which a mesh finds the Python that has what the trainer needs: the folder that MLMESH_TRAINER_BIN names comes first. */
export const trainerPath = [process.env[variable], process.env['PATH']]
  .filter((part) => part !== undefined)
  .join(delimiter);

const hasTrainer =
  spawnSync('python3', ['-c', 'import lightgbm, onnx, pyarrow'], {
    env: { ...process.env, PATH: trainerPath },
  }).status === 0;

/** Why tests with the external trainer can't run here; false where they can, and in CI, where they must. */
export const skipPythonTrainer: string | false =
  hasTrainer || process.env['CI'] !== undefined
    ? false
    : `no python3 with LightGBM: pip install -r deploy/boosted-flights/trainer/requirements.txt into an environment, and name its bin folder in ${variable}`;
