import type { ServiceSnapshot } from '../../shared/platform/process/supervisor.ts';
import { formatCount, formatDuration, formatShare, formatTime } from '../format.ts';

/** Figures of one model, as the monitor gives them. Shares are 0 to 1. */
export interface ModelFigures {
  readonly model: string;
  readonly predictions: number;
  readonly predictionsPerSecond: number;
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
  /** Who answers now, by tier and version; shares add up to 1. */
  readonly tiers: readonly {
    readonly tier: string;
    readonly version: number;
    readonly share: number;
  }[];
  readonly shadowPairs: number;
  readonly shadowExpected: number;
  readonly shadowAgreement: number;
  readonly outcomes: number;
  /** 0 when it can't be said yet. */
  readonly auc: number;
  readonly parityChecked: number;
  readonly parityMismatches: number;
  readonly alerts: readonly {
    readonly rule: string;
    readonly severity: string;
    readonly message: string;
  }[];
}

/** One view of the feature store. */
export interface ViewFigures {
  /** Source and by-columns, such as `purchases/userId`. */
  readonly view: string;
  readonly entities: number;
  /** Time of its newest event, epoch ms; 0 when it has none. */
  readonly newestEventMs: number;
}

/** What the feature store holds. */
export interface FeatureFigures {
  readonly views: readonly ViewFigures[];
  /** Names of the feature sets that a caller can ask for. */
  readonly featureSets: readonly string[];
  /** Events that have been applied. */
  readonly logOffset: number;
}

/** All that the live screen shows. */
export interface ScreenSummary {
  readonly mesh: string;
  /** How far the replay has come, epoch ms; undefined where none runs. */
  readonly virtualMs: number | undefined;
  readonly services: readonly ServiceSnapshot[];
  /** Where its console is; undefined where it has none. */
  readonly consoleUrl: string | undefined;
  readonly models: readonly ModelFigures[];
  /** Where the mesh has no models: features are what it serves then. */
  readonly features: FeatureFigures | undefined;
}

/** Gives the live screen as lines that are at most `columns` wide; the last one ends with a line feed. */
export function renderScreen(summary: ScreenSummary, columns = 80): string {
  const time =
    summary.virtualMs === undefined ? '' : `   replay at ${formatTime(summary.virtualMs)} UTC`;
  const lines = [
    `mesh ${summary.mesh}${time}`,
    `services   ${summary.services.map(serviceText).join('   ')}`,
    ...summary.models.flatMap(modelLines),
    ...(summary.features === undefined ? [] : featureLines(summary.features)),
    ...(summary.consoleUrl === undefined ? [] : [`console    ${summary.consoleUrl}`]),
    'Ctrl-C drains and stops everything',
  ];
  return lines.map((line) => `${clip(line, columns)}\n`).join('');
}

/** Gives the same as one line, for logs. */
export function renderScreenLine(summary: ScreenSummary): string {
  const parts = summary.models.map((model) =>
    [
      model.model,
      `${formatCount(model.predictions)} predictions`,
      `${formatCount(model.predictionsPerSecond)}/s`,
      `p50 ${formatDuration(model.latencyP50Ms)}`,
      `p99 ${formatDuration(model.latencyP99Ms)}`,
      ...tierTexts(model),
      `shadow agrees ${agreementText(model)}`,
      `auc ${aucText(model)}`,
      `alerts ${model.alerts.length}`,
    ].join(', '),
  );
  const sick = summary.services.filter(({ phase }) => phase !== 'healthy').map(serviceText);
  const time = summary.virtualMs === undefined ? [] : [formatTime(summary.virtualMs)];
  const features = summary.features === undefined ? [] : [featureText(summary.features)];
  return `${[...time, ...parts, ...features, ...sick].join('; ')}\n`;
}

function featureText({ views, featureSets, logOffset }: FeatureFigures): string {
  const newestEventMs = Math.max(0, ...views.map((view) => view.newestEventMs));
  const newest = newestEventMs === 0 ? [] : [`newest ${formatTime(newestEventMs)} UTC`];
  const served = `serves ${featureSets.join(', ') || 'no feature sets'}`;
  return ['no models', served, `${formatCount(logOffset)} events`, ...newest].join(', ');
}

function featureLines({ views, featureSets, logOffset }: FeatureFigures): readonly string[] {
  return [
    '',
    `features     ${featureSets.join(', ') || 'no feature sets'}; no models`,
    `  events     ${formatCount(logOffset)} applied`,
    ...views.map(({ view, entities, newestEventMs }) => {
      const newest = newestEventMs === 0 ? '-' : `${formatTime(newestEventMs)} UTC`;
      return `  ${view}   ${formatCount(entities)} entities   newest event ${newest}`;
    }),
    '',
  ];
}

function modelLines(model: ModelFigures): readonly string[] {
  const { latencyP50Ms, latencyP99Ms, predictions, predictionsPerSecond } = model;
  const alerts = model.alerts.map(
    ({ severity, rule, message }) => `  ! ${severity} ${rule}: ${message}`,
  );
  return [
    '',
    model.model,
    `  predictions   ${formatCount(predictions)}   ${formatCount(predictionsPerSecond)}/s   p50 ${formatDuration(latencyP50Ms)}   p99 ${formatDuration(latencyP99Ms)}`,
    `  answered by   ${tierTexts(model).join('   ') || '-'}`,
    `  shadow        agrees ${agreementText(model)} of ${formatCount(model.shadowPairs)} pairs (${formatShare(pairedShare(model))} paired)`,
    `  outcomes      ${formatCount(model.outcomes)}   auc so far ${aucText(model)}`,
    `  parity        ${formatCount(model.parityChecked)} audited   ${formatCount(model.parityMismatches)} mismatches`,
    ...(alerts.length === 0 ? ['  alerts        none'] : alerts),
    '',
  ];
}

function tierTexts({ tiers }: ModelFigures): readonly string[] {
  return tiers.map(({ tier, version, share }) => {
    const name = version === 0 ? tier : `${tier} v${version}`;
    return `${name} ${formatShare(share)}`;
  });
}

function pairedShare({ shadowPairs, shadowExpected }: ModelFigures): number {
  return shadowExpected === 0 ? Number.NaN : shadowPairs / shadowExpected;
}

function agreementText({ shadowPairs, shadowAgreement }: ModelFigures): string {
  return shadowPairs === 0 ? '-' : formatShare(shadowAgreement);
}

function aucText({ auc }: ModelFigures): string {
  return auc === 0 ? '-' : auc.toFixed(3);
}

function serviceText({ name, phase, restartsCount }: ServiceSnapshot): string {
  const mark = phase === 'healthy' ? 'ok' : phase.toUpperCase();
  return `${name} ${mark}${restartsCount === 0 ? '' : ` (${restartsCount} restarts)`}`;
}

function clip(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, columns - 1)}…`;
}
