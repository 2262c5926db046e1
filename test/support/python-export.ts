import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { trainerPath } from './python-trainer.ts';

const environment = { ...process.env, PATH: trainerPath };

const hasExporters =
  spawnSync('python3', ['-c', 'import lightgbm, onnxmltools, skl2onnx, sklearn'], {
    env: environment,
  }).status === 0;

/** Why tests with models that Python exports can't run here; false where they can, and in CI, where they must. */
export const skipPythonExport: string | false =
  hasExporters || process.env['CI'] !== undefined
    ? false
    : 'no python3 with scikit-learn, skl2onnx, LightGBM and onnxmltools: pip install -r test/support/export-requirements.txt into an environment, and name its bin folder in MLMESH_TRAINER_BIN';

/** What the libraries that trained the models say to some requests. Matrices are row-major, two probabilities a row. */
export interface ExpectedAnswers {
  readonly pipeline: {
    readonly carrier: readonly string[];
    readonly hour: readonly number[];
    readonly labels: readonly number[];
    readonly probabilities: readonly number[];
  };
  readonly trees: {
    readonly features: readonly number[];
    readonly columns: number;
    readonly labels: readonly number[];
    readonly probabilities: readonly number[];
  };
}

/** Has Python train two models and export them to pipeline.onnx and trees.onnx in a folder; gives what its libraries answer. */
export function exportModels(folder: string): ExpectedAnswers {
  execFileSync('python3', ['test/support/export-models.py', folder], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // What the script wrote.
  return JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as ExpectedAnswers;
}
