import {
  monitorMetrics,
  processMetrics,
  rpcMetrics,
} from '../../shared/kernel/metric-catalogue.ts';
import { serviceNames } from '../../shared/platform/process/service-name.ts';
import type { Dashboard, Panel } from './grafana.ts';
import type { ObservedMesh } from './mesh-rules.ts';
import { modelPanels } from './model-panels.ts';
import { levelOf, rateOf } from './promql.ts';
import { ownPanels, processPanels } from './service-panels.ts';

/** Gives the dashboards of a mesh: one of all of it, one a service, one a model. */
export function meshDashboards(mesh: ObservedMesh): readonly Dashboard[] {
  const name = `mlmesh ${mesh.name}`;
  return [
    { uid: uidOf(mesh.name, 'mesh'), title: `${name}: the mesh`, panels: overviewPanels(mesh) },
    ...serviceNames.map((service) => ({
      uid: uidOf(mesh.name, service),
      title: `${name}: ${service}`,
      panels: [...ownPanels(mesh, service), ...processPanels(mesh, service)],
    })),
    ...mesh.models.map((model) => ({
      uid: uidOf(mesh.name, `model-${model.name}`),
      title: `${name}: model ${model.name}`,
      panels: modelPanels(mesh, model),
    })),
  ];
}

/** At most 40 characters, which is Grafana's limit. */
function uidOf(mesh: string, part: string): string {
  return `mlmesh-${mesh}-${part}`
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')
    .slice(0, 40);
}

function overviewPanels({ name, windowS }: ObservedMesh): readonly Panel[] {
  const window = `${windowS}s`;
  const where = { mesh: name };
  const byProcess = ['service', 'replica'] as const;
  return [
    {
      title: 'Answers by who gave them',
      description:
        'answers a second to callers; all but "model" are degraded, or the control cohort',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (model, tier) (mlmesh:answers:rate{mesh="${name}"})`,
          legend: '{{model}} {{tier}}',
        },
      ],
    },
    {
      title: 'Degraded share',
      description: 'share of the answers that the fallback or the rules gave instead of the model',
      unit: 'percentunit',
      limit: 0.05,
      queries: [{ expr: `mlmesh:degraded_share:rate{mesh="${name}"}`, legend: '{{model}}' }],
    },
    {
      title: 'Time in the router, 99th percentile',
      description: 'of all answers of a model, whoever gave them',
      unit: 'ms',
      queries: [{ expr: `mlmesh:answer_ms:p99{mesh="${name}"}`, legend: '{{model}}' }],
    },
    {
      title: 'Alerts that fire',
      description: 'found by the monitor and not silenced; `mlmesh alerts` lists them',
      unit: 'none',
      queries: [
        {
          expr: levelOf(monitorMetrics.alerts, { where, by: ['rule', 'severity'] }),
          legend: '{{rule}} ({{severity}})',
        },
      ],
    },
    {
      title: 'Processes that answer',
      description: '1 while a process gives metrics, 0 while it is down or stuck',
      unit: 'none',
      queries: [{ expr: `up{mesh="${name}"}`, legend: '{{service}} {{replica}}' }],
    },
    {
      title: 'Failed calls',
      description: 'calls a second that failed, by service and reason',
      unit: 'reqps',
      queries: [
        {
          expr: `${rateOf(rpcMetrics.errors, window, { where, by: ['service', 'reason'] })} or vector(0)`,
          legend: '{{service}} {{reason}}',
        },
        {
          expr: `${rateOf(rpcMetrics.denied, window, { where, by: ['service', 'plane'] })} or vector(0)`,
          legend: 'denied: {{service}} {{plane}}',
        },
      ],
    },
    {
      title: 'Processor time',
      description: 'cores in use by each process',
      unit: 'none',
      queries: [
        {
          expr: rateOf(processMetrics.cpu, window, { where, by: byProcess }),
          legend: '{{service}} {{replica}}',
        },
      ],
    },
    {
      title: 'Disk that is free',
      description:
        'share of the disk of the data; somebody is woken below 5 %, or below 1 GiB on a small disk',
      unit: 'percentunit',
      queries: [{ expr: `min(mlmesh:disk_free:share{mesh="${name}"})`, legend: 'free' }],
    },
  ];
}
