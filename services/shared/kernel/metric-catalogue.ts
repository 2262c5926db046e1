import { durationBoundariesMs, type HistogramSpec, type InstrumentSpec } from './metric-sink.ts';

/** A metric of the mesh: what is measured, and how Prometheus has it. */
export type MetricDefinition =
  | (InstrumentSpec<string> & { readonly kind: 'counter' | 'gauge' })
  | (HistogramSpec<string> & { readonly kind: 'histogram' });

/** Powers of two up to the largest native call. */
const rowBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];
const boundaries = durationBoundariesMs;

/** What every process measures of itself. */
export const processMetrics = {
  eventLoopDelay: {
    kind: 'gauge',
    name: 'mesh.process.event_loop_delay',
    unit: 'ms',
    description: '99th percentile of the delay of the event loop over the last 15 to 30 s',
    labels: [],
  },
  memory: {
    kind: 'gauge',
    name: 'mesh.process.memory',
    unit: 'By',
    description: 'resident memory of the process, native libraries included',
    labels: [],
  },
  cpu: {
    kind: 'counter',
    name: 'mesh.process.cpu',
    unit: 's',
    description: 'processor time of all threads of the process',
    labels: [],
  },
  diskFree: {
    kind: 'gauge',
    name: 'mesh.process.disk_free',
    unit: 'By',
    description: 'bytes that are free on the disk of the data directory',
    labels: [],
  },
  diskSize: {
    kind: 'gauge',
    name: 'mesh.process.disk_size',
    unit: 'By',
    description: 'size of the disk of the data directory',
    labels: [],
  },
} as const satisfies Record<string, MetricDefinition>;

/** What every server measures of its calls. */
export const rpcMetrics = {
  duration: {
    kind: 'histogram',
    name: 'mesh.rpc.server.duration',
    unit: 'ms',
    description: 'duration of calls by method and status code',
    labels: ['method', 'code'],
    boundaries,
  },
  errors: {
    kind: 'counter',
    name: 'mesh.rpc.server.errors',
    unit: '{call}',
    description: 'calls that failed, by method and reason',
    labels: ['method', 'reason'],
  },
  denied: {
    kind: 'counter',
    name: 'mesh.rpc.server.denied',
    unit: '{call}',
    description: 'calls that were refused for who called, by method, plane and reason',
    labels: ['method', 'plane', 'reason'],
  },
} as const satisfies Record<string, MetricDefinition>;

const ofRouter = <const K extends 'counter' | 'gauge', const N extends string>(
  kind: K,
  name: N,
  description: string,
) => ({ kind, name: `mesh.router.${name}` as const, unit: '{count}', description, labels: [] });

/** What a router measures. */
export const routerMetrics = {
  answers: {
    kind: 'histogram',
    name: 'mesh.router.answers',
    unit: 'ms',
    description: 'time in the router of each answer to a caller, by who gave it and to whom',
    labels: ['model', 'tier', 'role'],
    boundaries,
  },
  skipped: {
    kind: 'counter',
    name: 'mesh.router.skipped',
    unit: '{answer}',
    description: 'answers that the model did not give although it was to, by the reason',
    labels: ['model', 'reason'],
  },
  lateAnswers: ofRouter('counter', 'late_answers', 'answers of models that came too late'),
  featureFailures: ofRouter('counter', 'feature_failures', 'vectors that did not come'),
  featureReadsShared: ofRouter(
    'counter',
    'feature_reads_shared',
    'reads of features that another request had under way',
  ),
  shadowsDropped: ofRouter('counter', 'shadows_dropped', 'shadow calls dropped'),
  rulesFailed: ofRouter('counter', 'rules_failed', 'answers that failed with the rules'),
  rulesLate: ofRouter('counter', 'rules_late', 'answers of rules that took more than 2 ms'),
  refused: ofRouter('counter', 'refused', 'requests that were not let in'),
  shadowsShed: ofRouter('counter', 'shadows_shed', 'shadow calls left out under load'),
  underWay: ofRouter('gauge', 'under_way', 'requests that are answered now'),
  admissionLimit: ofRouter('gauge', 'admission_limit', 'requests that may be answered at once'),
  itemsFailedOver: ofRouter(
    'counter',
    'items_failed_over',
    'queries and rows that one replica failed and another one got',
  ),
  itemsHedged: ofRouter(
    'counter',
    'items_hedged',
    'rows that were sent to a second replica as well',
  ),
  hedgesWon: ofRouter('counter', 'hedges_won', 'rows that the second replica answered first'),
  replicasEjected: ofRouter(
    'gauge',
    'replicas_ejected',
    'replicas that are left out, a stream each',
  ),
  logPending: ofRouter('gauge', 'log_pending', 'records that wait for the monitor'),
  logDropped: ofRouter('counter', 'log_dropped', 'records that were dropped'),
} as const satisfies Record<string, MetricDefinition>;

/** What the prediction service measures. */
export const predictionMetrics = {
  queue: {
    kind: 'histogram',
    name: 'mesh.prediction.queue',
    unit: 'ms',
    description: 'wait of a batch for its native call',
    labels: ['priority'],
    boundaries,
  },
  compute: {
    kind: 'histogram',
    name: 'mesh.prediction.compute',
    unit: 'ms',
    description: 'duration of native calls, by batch',
    labels: ['priority'],
    boundaries,
  },
  callRows: {
    kind: 'histogram',
    name: 'mesh.prediction.call_rows',
    unit: '{row}',
    description: 'rows of native calls, by batch',
    labels: ['priority'],
    boundaries: rowBoundaries,
  },
  failedRows: {
    kind: 'counter',
    name: 'mesh.prediction.failed_rows',
    unit: '{row}',
    description: 'rows that got no outputs, by reason',
    labels: ['priority', 'reason'],
  },
} as const satisfies Record<string, MetricDefinition>;

/** What the feature service measures. */
export const featureMetrics = {
  ingested: {
    kind: 'counter',
    name: 'mesh.feature.ingest.events',
    unit: '{event}',
    description:
      'events that were acknowledged: new and in time, new and older than one before them in the log, dropped as too late, or known before',
    labels: ['outcome'],
  },
} as const satisfies Record<string, MetricDefinition>;

/** What the monitor measures. */
export const monitorMetrics = {
  auditedAnswers: {
    kind: 'counter',
    name: 'mesh.monitor.audited.answers',
    unit: '{answer}',
    description: 'answers of the feature service that were computed again, by whether they differ',
    labels: ['outcome'],
  },
  alerts: {
    kind: 'gauge',
    name: 'mesh.monitor.alerts',
    unit: '{alert}',
    description: 'alerts that fire and are not silenced; 0 for a rule without one',
    labels: ['rule', 'severity', 'model'],
  },
  diskFree: {
    kind: 'gauge',
    name: 'mesh.monitor.disk_free',
    unit: 'By',
    description: 'bytes that are free on the disk of the data directory, as the alert has it',
    labels: [],
  },
  alertMessages: {
    kind: 'counter',
    name: 'mesh.monitor.alert_messages',
    unit: '{message}',
    description: 'messages about alerts, by what became of them',
    labels: ['outcome'],
  },
  predictions: {
    kind: 'counter',
    name: 'mesh.monitor.predictions',
    unit: '{prediction}',
    description: 'predictions in the log, since it began',
    labels: ['model'],
  },
  outcomes: {
    kind: 'counter',
    name: 'mesh.monitor.outcomes',
    unit: '{outcome}',
    description: 'predictions whose outcome is known, since the log began',
    labels: ['model'],
  },
  shadowExpected: {
    kind: 'counter',
    name: 'mesh.monitor.shadow_expected',
    unit: '{prediction}',
    description: 'predictions that a shadow was to answer, since the log began',
    labels: ['model'],
  },
  shadowPairs: {
    kind: 'counter',
    name: 'mesh.monitor.shadow_pairs',
    unit: '{prediction}',
    description: 'predictions that a shadow answered, since the log began',
    labels: ['model'],
  },
  parityChecked: {
    kind: 'counter',
    name: 'mesh.monitor.parity_checked',
    unit: '{answer}',
    description: 'answers of the router whose features were computed again',
    labels: ['model'],
  },
  parityMismatches: {
    kind: 'counter',
    name: 'mesh.monitor.parity_mismatches',
    unit: '{answer}',
    description: 'those of them that differ',
    labels: ['model'],
  },
  auc: {
    kind: 'gauge',
    name: 'mesh.monitor.auc',
    unit: '1',
    description: "area under the ROC curve of the model's own answers that have an outcome",
    labels: ['model'],
  },
  shadowAgreement: {
    kind: 'gauge',
    name: 'mesh.monitor.shadow_agreement',
    unit: '1',
    description: 'share of shadow pairs with the same decision',
    labels: ['model'],
  },
} as const satisfies Record<string, MetricDefinition>;

/** Every metric there is. */
export const allMetrics: readonly MetricDefinition[] = [
  processMetrics,
  rpcMetrics,
  routerMetrics,
  predictionMetrics,
  featureMetrics,
  monitorMetrics,
].flatMap((group): readonly MetricDefinition[] => Object.values(group));
