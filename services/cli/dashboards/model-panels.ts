import { monitorMetrics, routerMetrics } from '../../shared/kernel/metric-catalogue.ts';
import type { Panel } from './grafana.ts';
import type { ObservedMesh } from './mesh-rules.ts';
import { levelOf, quantileOf, rateOf } from './promql.ts';

/** Gives the panels of a model: its traffic, its time, its shadow, its quality and the audit of its features. */
export function modelPanels(
  { name, windowS }: ObservedMesh,
  { name: model, modelBudgetMs }: ObservedMesh['models'][number],
): readonly Panel[] {
  const window = `${windowS}s`;
  const where = { mesh: name, model };
  const { answers, skipped } = routerMetrics;
  const of = (metric: (typeof monitorMetrics)['predictions' | 'outcomes']) =>
    rateOf(metric, window, { where });
  const expected = rateOf(monitorMetrics.shadowExpected, window, { where });
  return [
    {
      title: 'Answers by who gave them, and to whom',
      description: 'a second, by tier and part in the traffic',
      unit: 'reqps',
      queries: [
        {
          expr: rateOf(answers, window, { where, by: ['tier', 'role'] }),
          legend: '{{tier}} {{role}}',
        },
      ],
    },
    {
      title: 'Why the model did not answer',
      description: 'a second, by reason',
      unit: 'reqps',
      queries: [
        {
          expr: `${rateOf(skipped, window, { where, by: ['reason'] })} or vector(0)`,
          legend: '{{reason}}',
        },
      ],
    },
    {
      title: 'Time in the router',
      description: `by tier; the policy gives the model ${modelBudgetMs} ms`,
      unit: 'ms',
      limit: modelBudgetMs,
      queries: [0.5, 0.99].map((quantile) => ({
        expr: quantileOf(answers, quantile, window, { where, by: ['tier'] }),
        legend: `{{tier}}, ${quantile * 100} %`,
      })),
    },
    {
      title: 'Log of predictions',
      description: 'predictions and outcomes that the monitor took a second',
      unit: 'none',
      queries: [
        { expr: of(monitorMetrics.predictions), legend: 'predictions' },
        { expr: of(monitorMetrics.outcomes), legend: 'outcomes' },
      ],
    },
    {
      title: 'Shadow',
      description: 'requests that a shadow was to answer and those that it did, a second',
      unit: 'none',
      queries: [
        { expr: expected, legend: 'expected' },
        { expr: rateOf(monitorMetrics.shadowPairs, window, { where }), legend: 'answered' },
      ],
    },
    {
      title: 'Agreement of the shadow, and AUC of the model',
      description: 'shares, once there is a shadow, and once there are outcomes of both kinds',
      unit: 'percentunit',
      queries: [
        {
          expr: `${levelOf(monitorMetrics.shadowAgreement, { where })} or vector(0)`,
          legend: 'agreement',
        },
        { expr: `${levelOf(monitorMetrics.auc, { where })} or vector(0)`, legend: 'AUC' },
      ],
    },
    {
      title: 'Audit of the features that were served',
      description: 'answers whose features were computed again, and those that differ',
      unit: 'none',
      queries: [
        {
          expr: rateOf(monitorMetrics.parityChecked, window, { where }),
          legend: 'checked a second',
        },
        { expr: levelOf(monitorMetrics.parityMismatches, { where }), legend: 'mismatches' },
      ],
    },
  ];
}
