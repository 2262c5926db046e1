import type { Mesh } from '../../shared/definition/mesh.ts';
import { grafanaJson } from './grafana.ts';
import { meshDashboards } from './mesh-dashboards.ts';
import type { ObservedMesh } from './mesh-rules.ts';
import { ruleFile } from './rule-file.ts';

/** Gives what of a mesh its rules and dashboards are generated from. */
export function observedMesh({ name, models }: Mesh, windowS: number): ObservedMesh {
  return {
    name,
    windowS,
    models: Object.entries(models).map(([model, { policy }]) => ({
      name: model,
      modelBudgetMs: policy.modelBudgetMs,
    })),
  };
}

/** Gives the files of a mesh by their paths below a folder: rules for Prometheus and dashboards for Grafana. */
export function observabilityFiles(mesh: ObservedMesh): ReadonlyMap<string, string> {
  const folder = mesh.name.replace(/[^a-zA-Z0-9-]/g, '-');
  return new Map([
    [`alert-rules/${folder}.yml`, ruleFile(mesh)],
    ...meshDashboards(mesh).map((dashboard): [string, string] => [
      `dashboards/${folder}/${dashboard.uid}.json`,
      grafanaJson(dashboard),
    ]),
  ]);
}
