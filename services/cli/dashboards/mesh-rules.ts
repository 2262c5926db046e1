import {
  monitorMetrics,
  processMetrics,
  routerMetrics,
  rpcMetrics,
} from '../../shared/kernel/metric-catalogue.ts';
import { freeBytesMin, freeShareMin, freeShareMost } from '../../shared/policy/disk-space.ts';
import { levelOf, quantileOf, rateOf } from './promql.ts';

/** What rules and dashboards are generated from: what of a mesh they need, and how finely Prometheus looks. */
export interface ObservedMesh {
  readonly name: string;
  readonly models: readonly {
    readonly name: string;
    /** What its policy gives it. */
    readonly modelBudgetMs: number;
  }[];
  /** Seconds over which rates are taken: at least four times the interval of the scrapes. */
  readonly windowS: number;
}

/** A rule that Prometheus evaluates and keeps under a name of its own. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** A rule that Prometheus raises an alert by. */
export interface PrometheusAlert {
  /** In kebab-case; its runbook is `deploy/runbooks/<name>.md` unless one is named. */
  readonly name: string;
  /** What is looked at; it always has a value. */
  readonly value: string;
  /** What of it raises the alert, such as `> 0.05`. */
  readonly limit: string;
  /** Seconds for which it must hold. */
  readonly forS: number;
  readonly severity: string;
  readonly summary: string;
  readonly runbook?: string;
}

/** 0.05: as the monitor's rule has it, five times what a healthy mesh shows under full load. */
const degradedShareMax = 0.05;
/** 0.01: a caller that is refused once in a hundred times has to be told why. */
const refusedShareMax = 0.01;
/** 250 ms: five budgets of a model; what waits that long in one process makes answers late in all. */
const loopDelayMsMax = 250;

const degradedName = 'mlmesh:degraded_share:rate';
const answersName = 'mlmesh:answers:rate';
const latencyName = 'mlmesh:answer_ms:p99';
const diskName = 'mlmesh:disk_free:share';
const diskWantedName = 'mlmesh:disk_wanted:bytes';

/** Gives the recording rules: what several dashboards and alerts look at. */
export function recordingRules({
  windowS,
}: Pick<ObservedMesh, 'windowS'>): readonly RecordingRule[] {
  const window = `${windowS}s`;
  const { answers } = routerMetrics;
  // What the policy gives to the control cohort is served as it was meant to be, and so is what no version is in production for.
  const meant = { role: '!control|unassigned' };
  const by = ['mesh', 'model'] as const;
  const degraded = rateOf(answers, window, { where: { ...meant, tier: '!model' }, by });
  const all = rateOf(answers, window, { where: meant, by });
  const byProcess = { by: ['mesh', 'service', 'replica'] } as const;
  const { diskFree, diskSize } = processMetrics;
  const size = levelOf(diskSize, byProcess);
  return [
    { record: answersName, expr: rateOf(answers, window, { by: ['mesh', 'model', 'tier'] }) },
    { record: degradedName, expr: `(${degraded} or 0 * ${all}) / ${all}` },
    { record: latencyName, expr: quantileOf(answers, 0.99, window, { by }) },
    { record: diskName, expr: `${levelOf(diskFree, byProcess)} / ${size}` },
    // As `wantedFreeBytes` has it.
    {
      record: diskWantedName,
      expr: `clamp_min(${freeShareMin} * ${size}, ${freeBytesMin}) <= ${freeShareMost} * ${size} or ${freeShareMost} * ${size}`,
    },
  ];
}

/** Gives the alerts that Prometheus raises: what it sees by itself, so also while the monitor is down, and what the monitor finds. */
export function prometheusAlerts(mesh: ObservedMesh): readonly PrometheusAlert[] {
  return [...meshAlerts(mesh), ...mesh.models.flatMap((model) => modelAlerts(mesh, model))];
}

function meshAlerts({ name, windowS }: ObservedMesh): readonly PrometheusAlert[] {
  const window = `${windowS}s`;
  const where = { mesh: name };
  const byProcess = ['mesh', 'service', 'replica'] as const;
  const refused = rateOf(routerMetrics.refused, window, { where });
  const answered = rateOf(routerMetrics.answers, window, { where });
  const internal = { where: { mesh: name, reason: 'INTERNAL' }, by: ['mesh', 'service'] } as const;
  const alerts = monitorMetrics.alerts;
  return [
    {
      name: 'monitor-alert',
      value: levelOf(alerts, { where, by: ['mesh', 'rule', 'severity', 'model'] }),
      limit: '> 0',
      forS: 0,
      severity: '{{ $labels.severity }}',
      summary:
        '{{ $labels.rule }} {{ $labels.model }}: `mlmesh alerts` lists it, `mlmesh explain <id>` says why',
      runbook: '{{ $labels.rule }}',
    },
    {
      name: 'service-down',
      value: `up{mesh="${name}"}`,
      limit: '== 0',
      forS: windowS / 5,
      severity: 'page',
      summary: '{{ $labels.service }} {{ $labels.replica }} gives no metrics: it is down or stuck',
    },
    {
      name: 'requests-refused',
      value: refused,
      limit: `> ${refusedShareMax} * (${refused} + ${answered})`,
      forS: windowS / 5,
      severity: 'page',
      summary: 'routers refuse {{ $value | humanize }} requests a second',
    },
    {
      name: 'internal-errors',
      value: `(${rateOf(rpcMetrics.errors, window, internal)} or sum by (mesh, service) (0 * up{mesh="${name}"}))`,
      limit: '> 0',
      forS: 0,
      severity: 'ticket',
      summary: '{{ $labels.service }} failed calls through a mistake of its own',
    },
    {
      name: 'event-loop-blocked',
      value: levelOf(processMetrics.eventLoopDelay, { where, by: byProcess }, 'max'),
      limit: `> ${loopDelayMsMax}`,
      forS: windowS / 5,
      severity: 'ticket',
      summary: '{{ $labels.service }} {{ $labels.replica }} is late by {{ $value | humanize }} ms',
    },
    {
      name: 'disk-nearly-full',
      value: levelOf(processMetrics.diskFree, { where, by: byProcess }),
      limit: `< ${diskWantedName}{mesh="${name}"}`,
      forS: windowS / 5,
      severity: 'page',
      summary:
        'the disk of the data of {{ $labels.service }} {{ $labels.replica }} has {{ $value | humanize1024 }}B free',
    },
    {
      name: 'dropped-records',
      value: rateOf(routerMetrics.logDropped, window, { where }),
      limit: '> 0',
      forS: 0,
      severity: 'ticket',
      summary:
        'routers drop {{ $value | humanize }} records a second: the monitor does not keep up',
    },
  ];
}

function modelAlerts(
  { name: mesh, windowS }: ObservedMesh,
  { name: model, modelBudgetMs }: ObservedMesh['models'][number],
): readonly PrometheusAlert[] {
  const labels = `{mesh="${mesh}",model="${model}"}`;
  return [
    {
      name: 'degraded-answers',
      value: `${degradedName}${labels}`,
      limit: `> ${degradedShareMax}`,
      forS: windowS / 5,
      severity: 'page',
      summary: `{{ $value | humanizePercentage }} of the answers of ${model} came from the fallback or the rules`,
    },
    {
      name: 'latency-over-budget',
      value: `${latencyName}${labels}`,
      limit: `> ${modelBudgetMs}`,
      forS: windowS / 5,
      severity: 'page',
      summary: `the 99th percentile of ${model} is {{ $value | humanize }} ms; its policy gives ${modelBudgetMs} ms`,
    },
  ];
}
