import {
  featureMetrics,
  monitorMetrics,
  predictionMetrics,
  processMetrics,
  rpcMetrics,
} from '../../shared/kernel/metric-catalogue.ts';
import type { ServiceName } from '../../shared/platform/process/service-name.ts';
import type { Panel } from './grafana.ts';
import type { ObservedMesh } from './mesh-rules.ts';
import { levelOf, quantileOf, rateOf } from './promql.ts';
import { routerPanels } from './router-panels.ts';

/** Gives the panels that only one service has. */
export function ownPanels(mesh: ObservedMesh, service: ServiceName): readonly Panel[] {
  switch (service) {
    case 'router':
      return routerPanels(mesh);
    case 'prediction':
      return predictionPanels(mesh);
    case 'feature':
      return featurePanels(mesh);
    case 'monitor':
      return monitorPanels(mesh);
    case 'registry':
      return [];
  }
}

/** Gives the panels that each service has. */
export function processPanels(
  { name, windowS }: ObservedMesh,
  service: ServiceName,
): readonly Panel[] {
  const window = `${windowS}s`;
  const where = { mesh: name, service };
  return [
    {
      title: 'Calls by method',
      description: 'calls a second; a stream is one call',
      unit: 'reqps',
      queries: [
        {
          expr: rateOf(rpcMetrics.duration, window, { where, by: ['method', 'code'] }),
          legend: '{{method}} {{code}}',
        },
      ],
    },
    {
      title: 'Duration of calls, 99th percentile',
      description: 'by method',
      unit: 'ms',
      queries: [
        {
          expr: quantileOf(rpcMetrics.duration, 0.99, window, { where, by: ['method'] }),
          legend: '{{method}}',
        },
      ],
    },
    {
      title: 'Delay of the event loop',
      description: '99th percentile; what waits here waits for JavaScript, not for others',
      unit: 'ms',
      limit: 250,
      queries: [
        {
          expr: levelOf(processMetrics.eventLoopDelay, { where, by: ['replica'] }, 'max'),
          legend: 'replica {{replica}}',
        },
      ],
    },
    {
      title: 'Memory',
      description: 'resident, native libraries included',
      unit: 'bytes',
      queries: [
        {
          expr: levelOf(processMetrics.memory, { where, by: ['replica'] }),
          legend: 'replica {{replica}}',
        },
      ],
    },
  ];
}

function predictionPanels({ name, windowS }: ObservedMesh): readonly Panel[] {
  const window = `${windowS}s`;
  const selection = { where: { mesh: name }, by: ['priority'] } as const;
  const { queue, compute, callRows, failedRows } = predictionMetrics;
  return [
    {
      title: 'Wait for a native call, 99th percentile',
      description: 'by whether somebody waits for the answer; shadows come last',
      unit: 'ms',
      queries: [{ expr: quantileOf(queue, 0.99, window, selection), legend: '{{priority}}' }],
    },
    {
      title: 'Native calls, 99th percentile',
      description: 'duration of the call itself',
      unit: 'ms',
      queries: [{ expr: quantileOf(compute, 0.99, window, selection), legend: '{{priority}}' }],
    },
    {
      title: 'Rows of a call, median',
      description: 'how much requests share a call',
      unit: 'none',
      queries: [{ expr: quantileOf(callRows, 0.5, window, selection), legend: '{{priority}}' }],
    },
    {
      title: 'Rows without outputs',
      description: 'a second, by reason',
      unit: 'none',
      queries: [
        {
          expr: `${rateOf(failedRows, window, { where: { mesh: name }, by: ['priority', 'reason'] })} or vector(0)`,
          legend: '{{priority}} {{reason}}',
        },
      ],
    },
  ];
}

function featurePanels({ name, windowS }: ObservedMesh): readonly Panel[] {
  const selection = { where: { mesh: name }, by: ['outcome'] } as const;
  return [
    {
      title: 'Events',
      description: 'that were acknowledged a second, by what became of them',
      unit: 'none',
      queries: [
        {
          expr: rateOf(featureMetrics.ingested, `${windowS}s`, selection),
          legend: '{{outcome}}',
        },
      ],
    },
  ];
}

function monitorPanels({ name, windowS }: ObservedMesh): readonly Panel[] {
  const window = `${windowS}s`;
  const where = { mesh: name };
  return [
    {
      title: 'Answers of the feature service that were computed again',
      description: 'a second; any that differ wake somebody',
      unit: 'none',
      queries: [
        {
          expr: rateOf(monitorMetrics.auditedAnswers, window, { where, by: ['outcome'] }),
          legend: '{{outcome}}',
        },
      ],
    },
    {
      title: 'Disk of the data',
      description: 'bytes that are free; below 5 % or 1 GiB somebody is woken',
      unit: 'bytes',
      queries: [{ expr: levelOf(monitorMetrics.diskFree, { where }), legend: 'free' }],
    },
    {
      title: 'Messages about alerts',
      description:
        'to webhooks and Alertmanagers a second, delivered and lost; none where there are no receivers',
      unit: 'none',
      queries: [
        {
          expr: `${rateOf(monitorMetrics.alertMessages, window, { where, by: ['outcome'] })} or vector(0)`,
          legend: '{{outcome}}',
        },
      ],
    },
  ];
}
