import { routerMetrics } from '../../shared/kernel/metric-catalogue.ts';
import type { Panel } from './grafana.ts';
import type { ObservedMesh } from './mesh-rules.ts';
import { levelOf, rateOf } from './promql.ts';

/** Gives the panels of the routers. */
export function routerPanels(mesh: ObservedMesh): readonly Panel[] {
  const { name, windowS } = mesh;
  const window = `${windowS}s`;
  const selection = { where: { mesh: name }, by: ['replica'] } as const;
  const { underWay, admissionLimit, refused, shadowsShed, shadowsDropped } = routerMetrics;
  const { lateAnswers, featureFailures, rulesFailed, rulesLate, logPending, logDropped } =
    routerMetrics;
  return [
    {
      title: 'Requests under way',
      description: 'and how many may be; what comes beyond is refused at once',
      unit: 'none',
      queries: [
        { expr: levelOf(underWay, selection), legend: 'under way, {{replica}}' },
        { expr: levelOf(admissionLimit, selection), legend: 'limit, {{replica}}' },
      ],
    },
    {
      title: 'Refused and shed',
      description: 'requests that were refused, and copies for shadows that were left out',
      unit: 'reqps',
      queries: [
        { expr: rateOf(refused, window, selection), legend: 'refused, {{replica}}' },
        { expr: rateOf(shadowsShed, window, selection), legend: 'shadows shed, {{replica}}' },
        { expr: rateOf(shadowsDropped, window, selection), legend: 'shadows dropped, {{replica}}' },
      ],
    },
    {
      title: 'What went wrong on the way',
      description: 'late models, vectors that did not come, rules that failed or were late',
      unit: 'reqps',
      queries: [
        { expr: rateOf(lateAnswers, window, selection), legend: 'late answers, {{replica}}' },
        { expr: rateOf(featureFailures, window, selection), legend: 'no features, {{replica}}' },
        { expr: rateOf(rulesFailed, window, selection), legend: 'rules failed, {{replica}}' },
        { expr: rateOf(rulesLate, window, selection), legend: 'rules late, {{replica}}' },
      ],
    },
    {
      title: 'Records for the monitor',
      description: 'that wait, and that were dropped a second since there was no room',
      unit: 'none',
      queries: [
        { expr: levelOf(logPending, selection), legend: 'waiting, {{replica}}' },
        { expr: rateOf(logDropped, window, selection), legend: 'dropped, {{replica}}' },
      ],
    },
    ...replicaPanels(mesh),
  ];
}

function replicaPanels({ name, windowS }: ObservedMesh): readonly Panel[] {
  const window = `${windowS}s`;
  const selection = { where: { mesh: name }, by: ['replica'] } as const;
  const { itemsFailedOver, itemsHedged, hedgesWon, replicasEjected } = routerMetrics;
  return [
    {
      title: 'Replicas behind the router',
      description: 'items that went to a second replica, and replicas that are left out',
      unit: 'none',
      queries: [
        { expr: rateOf(itemsFailedOver, window, selection), legend: 'failed over, {{replica}}' },
        { expr: rateOf(itemsHedged, window, selection), legend: 'hedged, {{replica}}' },
        { expr: rateOf(hedgesWon, window, selection), legend: 'hedges won, {{replica}}' },
        { expr: levelOf(replicasEjected, selection), legend: 'ejected, {{replica}}' },
      ],
    },
    {
      title: 'Reads of features that were shared',
      description: 'requests that wanted a vector that another one had under way',
      unit: 'reqps',
      queries: [
        {
          expr: rateOf(routerMetrics.featureReadsShared, window, selection),
          legend: 'shared, {{replica}}',
        },
      ],
    },
  ];
}
