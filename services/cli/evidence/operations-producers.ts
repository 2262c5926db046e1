import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertRuleNames } from '../../shared/kernel/alert-rule-names.ts';
import { allMetrics } from '../../shared/kernel/metric-catalogue.ts';
import { packageRoot } from '../../shared/platform/grpc/load-proto.ts';
import { meshDashboards } from '../dashboards/mesh-dashboards.ts';
import { prometheusAlerts, recordingRules } from '../dashboards/mesh-rules.ts';
import { observabilityFiles, observedMesh } from '../dashboards/observed-mesh.ts';
import { seriesOf } from '../dashboards/promql.ts';
import type { ModelProducer } from './check-subject.ts';
import { digestOf } from './digest-of.ts';
import { judgeDashboards } from './judge-dashboards.ts';
import { judgeRunbooks } from './judge-runbook.ts';

/** As `mlmesh dashboards` has it; which metrics are asked for does not depend on it. */
const windowS = 300;

/** Generates dashboards and rules of the mesh, and looks for the model and for every metric in them. */
export const dashboardsProducer: ModelProducer = {
  needs: 'model',
  kinds: ['dashboards'],
  doing: 'generating dashboards',
  run({ mesh, model }) {
    const observed = observedMesh(mesh, windowS);
    const records = recordingRules(observed);
    const judged = judgeDashboards({
      model: model.name,
      dashboards: meshDashboards(observed).map(({ title, panels }) => ({
        title,
        queries: panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)),
      })),
      rules: [
        ...records.map(({ expr }) => expr),
        ...prometheusAlerts(observed).map(({ value, limit }) => `${value} ${limit}`),
      ],
      series: new Set([...allMetrics.flatMap(seriesOf), ...records.map(({ record }) => record)]),
    });
    const { verdict, statement, dashboards, queries, ofModel } = judged;
    const figures = { dashboards, queries, model_queries: ofModel };
    const generated = digestOf(JSON.stringify([...observabilityFiles(observed)]));
    return Promise.resolve([
      {
        ...{ kind: 'dashboards', verdict, figures, statement },
        ...{ inputDigests: { generated }, baselineVersion: 0 },
      },
    ]);
  },
};

/** Reads the page of every alert that may fire for the model, and holds its commands against those that there are. */
export const runbookProducer: ModelProducer = {
  needs: 'model',
  kinds: ['runbook'],
  doing: 'reading runbooks',
  run({ mesh, faultOfCommand }) {
    const pages = new Map<string, string | undefined>();
    const textOf = (alert: string) => {
      if (!pages.has(alert)) pages.set(alert, readPage(alert));
      return pages.get(alert);
    };
    const ofPrometheus = prometheusAlerts(observedMesh(mesh, windowS))
      .map(({ name, runbook }) => runbook ?? name)
      // What the monitor finds has the page of its rule.
      .filter((name) => !name.includes('{{'));
    const alerts = [...new Set([...ofPrometheus, ...alertRuleNames])].sort(byName);
    const judged = judgeRunbooks({ alerts, textOf, faultOfCommand });
    const { verdict, statement, ...figures } = judged;
    const runbooks = digestOf(JSON.stringify([...pages]));
    return Promise.resolve([
      {
        ...{ kind: 'runbook', verdict, figures, statement },
        ...{ inputDigests: { runbooks }, baselineVersion: 0 },
      },
    ]);
  },
};

/** Gives the page that the alert names, within the package. */
function readPage(alert: string): string | undefined {
  const path = join(packageRoot, 'deploy', 'runbooks', `${alert}.md`);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function byName(left: string, right: string): number {
  return left < right ? -1 : 1;
}
