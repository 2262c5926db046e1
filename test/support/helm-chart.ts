import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/** Where the chart is. */
export const chartPath = 'deploy/helm/mlmesh';

/** Gives a program that `.ci/install-helm` installs, or that of the system; undefined where there is none. */
function programAt(local: string, name: string): string | undefined {
  if (existsSync(local)) return local;
  return spawnSync(name, ['--help'], { stdio: 'ignore' }).status === 0 ? name : undefined;
}

const helm = programAt('.ci/helm/helm', 'helm');
const validate = programAt('.ci/helm/venv/bin/kubernetes-validate', 'kubernetes-validate');

/** Why a test of the chart can't run; false where it can. */
export const skipHelm = helm === undefined ? 'no helm; `.ci/install-helm` builds one' : false;

/** Why resources can't be held against the schemas of Kubernetes; false where they can. */
export const skipValidation =
  skipHelm ||
  (validate === undefined ? 'no kubernetes-validate; `.ci/install-helm` installs it' : false);

/** What a program said. */
export interface HelmRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs helm. */
export function runHelm(...args: readonly string[]): HelmRun {
  return spawnSync(helm ?? 'helm', args, { encoding: 'utf8' });
}

/** Renders the chart as the release `flights` in the namespace `models`, with `--set` for each of `values`. */
export function renderChart(...values: readonly string[]): HelmRun {
  const set = values.flatMap((value) => ['--set-json', value]);
  const where = ['--namespace', 'models', '--kube-version', '1.30.0'];
  return runHelm('template', 'flights', chartPath, ...where, ...set);
}

/** Holds rendered resources against the schemas of a version of Kubernetes. */
export function validateResources(resources: string, version: string): HelmRun {
  const folder = mkdtempSync(join(tmpdir(), 'mlmesh-helm-'));
  try {
    const path = join(folder, 'resources.yaml');
    writeFileSync(path, resources);
    const args = ['--strict', '--kubernetes-version', version, path];
    return spawnSync(validate ?? 'kubernetes-validate', args, { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads rendered resources. */
export function resourcesIn(text: string): readonly unknown[] {
  return parseAllDocuments(text)
    .map((document): unknown => document.toJS())
    .filter((resource) => resource !== null);
}
