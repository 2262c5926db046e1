import { MeshError } from '../shared/kernel/mesh-error.ts';
import type { ServiceConfig } from '../shared/platform/process/service-config.ts';

/** Settings of a monitor. */
export interface MonitorConfig {
  /** Predictions that are kept on disk, with their shadow answers and outcomes; the oldest leave. Default 500,000, about 200 MB. */
  readonly predictionsMax: number;
  /** Closed windows of counts that are kept on disk of each version; the oldest leave. Default 120, about 2 MB for 20 columns. */
  readonly driftWindowsMax: number;
  /** Verdicts on versions that are kept on disk, some 2 kB each; the oldest leave. Default 50,000: a month of one a minute. */
  readonly verdictsMax: number;
  /** Days for which predictions with what belongs to them, closed windows, verdicts, and alerts that are over are kept at most. Default 90. */
  readonly keepDays: number;
  /** Bytes on disk of predictions with their shadow answers and outcomes; the oldest leave. Default 2 GiB. */
  readonly predictionsBytesMax: number;
  /** Bytes on disk of counts, of all versions together; the windows that were closed first leave. Default 1 GiB. */
  readonly driftWindowsBytesMax: number;
  /** Bytes on disk of verdicts; the oldest leave. Default 256 MiB. */
  readonly verdictsBytesMax: number;
  /** Traces that are kept in memory. Default 2,000. */
  readonly tracesMax: number;
  /** Spans of one trace that are kept. Default 512. */
  readonly spansPerTraceMax: number;
  /** Share of the entities whose answers are computed again, 0 to 1. Default 0.06. */
  readonly auditShare: number;
  /** Answers of the feature service that are computed again a second, of those that came since the last time: the newest. Default 10. */
  readonly auditAnswersPerSecond: number;
  /** Pause between two such audits, in ms. Default 30,000: one scan of the warehouse serves all answers of that time. */
  readonly auditEveryMs: number;
  /** A service that sends no telemetry for so many ms is down. Default 10,000: five times its interval. */
  readonly serviceSilentMs: number;
  /** An alert on a count, such as of mismatches, is over when it has stood still for so many ms. Default 600,000. */
  readonly alertQuietMs: number;
  /** URLs, separated by commas, that are sent each alert that begins or ends, as JSON. None by default. */
  readonly alertWebhooks: readonly string[];
  /** URLs, separated by commas, of Alertmanagers, such as `http://alertmanager:9093`. None by default. */
  readonly alertmanagers: readonly string[];
  /** What the paths of runbooks stand under in what is sent, such as `https://example.org/mlmesh/`. Empty by default: they stay paths. */
  readonly runbookUrl: string;
}

/**
 * Reads the settings of a monitor: options of the same names.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG
 */
export function monitorConfig({ options }: Pick<ServiceConfig, 'options'>): MonitorConfig {
  return {
    predictionsMax: countAt(options, 'predictionsMax', 500_000),
    driftWindowsMax: countAt(options, 'driftWindowsMax', 120),
    verdictsMax: countAt(options, 'verdictsMax', 50_000),
    keepDays: daysAt(options, 'keepDays', 90),
    predictionsBytesMax: countAt(options, 'predictionsBytesMax', 2 * 1024 ** 3),
    driftWindowsBytesMax: countAt(options, 'driftWindowsBytesMax', 1024 ** 3),
    verdictsBytesMax: countAt(options, 'verdictsBytesMax', 256 * 1024 ** 2),
    tracesMax: countAt(options, 'tracesMax', 2_000),
    spansPerTraceMax: countAt(options, 'spansPerTraceMax', 512),
    auditShare: shareAt(options, 'auditShare', 0.06),
    auditAnswersPerSecond: countAt(options, 'auditAnswersPerSecond', 10),
    auditEveryMs: countAt(options, 'auditEveryMs', 30_000),
    serviceSilentMs: countAt(options, 'serviceSilentMs', 10_000),
    alertQuietMs: countAt(options, 'alertQuietMs', 600_000),
    alertWebhooks: urlsAt(options, 'alertWebhooks'),
    alertmanagers: urlsAt(options, 'alertmanagers'),
    runbookUrl: urlsAt(options, 'runbookUrl')[0] ?? '',
  };
}

type Options = ServiceConfig['options'];

function countAt(options: Options, name: string, byDefault: number): number {
  const value = options[name] ?? byDefault;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  throw invalid(`wanted a whole number of 1 or more as ${name}, got ${String(value)}`);
}

/** A hundred years: a time before 1970 is none. */
const daysMax = 36_500;

function daysAt(options: Options, name: string, byDefault: number): number {
  const days = countAt(options, name, byDefault);
  if (days <= daysMax) return days;
  throw invalid(`wanted a whole number from 1 to ${daysMax} as ${name}, got ${days}`);
}

function shareAt(options: Options, name: string, byDefault: number): number {
  const value = options[name] ?? byDefault;
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw invalid(`wanted a share of 0 to 1 as ${name}, got ${String(value)}`);
}

function urlsAt(options: Options, name: string): readonly string[] {
  const texts = String(options[name] ?? '').split(',');
  return texts
    .filter((text) => text !== '')
    .map((text) => {
      const isUrl = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
      // It is not repeated: what follows the host may be a secret.
      if (!isUrl) throw invalid(`wanted URLs of http or https as ${name}, separated by commas`);
      return text;
    });
}

function invalid(message: string): MeshError {
  return new MeshError({ code: 'INVALID_ARGUMENT', reason: 'INVALID_CONFIG', message });
}
