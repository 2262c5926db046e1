import { monitorMetrics } from '../shared/kernel/metric-catalogue.ts';
import type { MetricSink, ObservedSpec, Sample } from '../shared/kernel/metric-sink.ts';
import type { ParityAuditor } from './audit/parity-auditor.ts';
import type { PredictionJournal } from './journal/prediction-journal.ts';

/** What the figures of models are read from. */
export interface MeasuredModels {
  readonly models: readonly string[];
  readonly journal: PredictionJournal;
  readonly auditor: ParityAuditor;
}

/** Gives the figures of each model to whoever collects metrics. */
export function measureModels(
  metrics: MetricSink,
  { models, journal, auditor }: MeasuredModels,
): void {
  const observe = (spec: ObservedSpec<'model'>, read: (model: string) => number | undefined) =>
    metrics.observe(spec, () =>
      models.flatMap((model): readonly Sample<'model'>[] => {
        const value = read(model);
        return value === undefined ? [] : [{ labels: { model }, value }];
      }),
    );
  observe(monitorMetrics.predictions, (model) => journal.figures(model).predictions);
  observe(monitorMetrics.outcomes, (model) => journal.figures(model).outcomes);
  observe(monitorMetrics.shadowExpected, (model) => journal.figures(model).shadowExpected);
  observe(monitorMetrics.shadowPairs, (model) => journal.figures(model).shadowPairs);
  observe(monitorMetrics.shadowAgreement, (model) => journal.figures(model).shadowAgreement);
  observe(monitorMetrics.auc, (model) => journal.figures(model).auc);
  observe(monitorMetrics.parityChecked, (model) => auditor.figures(model).checked);
  observe(monitorMetrics.parityMismatches, (model) => auditor.figures(model).mismatches);
}
