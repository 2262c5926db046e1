import type { CohortFigures } from './cohort-tally.ts';

/** What a loss of the model cohort is explained by. */
export interface LossFigures {
  readonly model: CohortFigures;
  readonly control: CohortFigures;
  /** The predecessor of the version; undefined where too little is known of it. */
  readonly before: CohortFigures | undefined;
  /** What is known of the version beside its answers, and of its predecessor. */
  readonly release?: ReleaseFigures | undefined;
}

/** Figures of two versions that no caller's answer is needed for; absent where they are not known. */
export interface ReleaseFigures {
  /** Milliseconds of an inference. */
  readonly inferenceMs?: number | undefined;
  readonly previousInferenceMs?: number | undefined;
  /** Areas under the ROC curve of their evaluations, before they were released. */
  readonly evaluatedAuc?: number | undefined;
  readonly previousEvaluatedAuc?: number | undefined;
}

// 100: below so many answers a quantile or a share says little.
const answersMin = 100;
// 2: what is twice as slow is felt; a busy machine makes less of a difference.
const slowerMin = 2;
// 20 ms: nobody feels less, however many times it is.
const slowerMsMin = 20;
// 0.05: as the alert on degraded answers.
const degradedMin = 0.05;
// 0.02: models of the same data differ by less; 3 deviations, or chance may be all of it.
const aucMin = 0.02;
const aucDeviations = 3;

/**
 * Says what explains that a version brings less than control, as a clause: inferences that take longer, latency that rose, answers of lower tiers, or worse answers, and whether its evaluation said so before; against its predecessor where enough is known of it, else
 * against control. Explanations are what goes with the loss, not a proof that it is why.
 */
export function explainLoss({ release = {}, ...served }: LossFigures): string {
  const inference = slowerInference(release);
  return [inference, explainServed(served, inference !== ''), offline(release)]
    .filter((clause) => clause !== '')
    .join('; ');
}

function slowerInference({ inferenceMs, previousInferenceMs }: ReleaseFigures): string {
  if (inferenceMs === undefined || previousInferenceMs === undefined) return '';
  const times = inferenceMs / previousInferenceMs;
  if (times < slowerMin || inferenceMs - previousInferenceMs < slowerMsMin) return '';
  return `an inference takes ${msText(inferenceMs)}, ${timesText(times)} the ${msText(previousInferenceMs)} of the version before`;
}

function offline({ evaluatedAuc: now, previousEvaluatedAuc: then }: ReleaseFigures): string {
  if (now === undefined || then === undefined) return '';
  const areas = `AUC ${then.toFixed(3)} to ${now.toFixed(3)}`;
  return then - now > aucMin
    ? `its evaluation was worse already, ${areas}`
    : `its evaluation was as good as that of the version before, ${areas}`;
}

function explainServed(
  { model, control, before }: Omit<LossFigures, 'release'>,
  isExplained: boolean,
): string {
  const isKnown = before !== undefined && before.answers >= answersMin;
  const other = isKnown ? before : control;
  const where = isKnown ? 'before it' : 'in control';
  const isCause = isExplained || isSlower(model, other) || isDegraded(model, other);
  const quality = qualityOf(model, isKnown ? before : undefined);
  // Both are said where either is a cause: whoever is woken asks for the other at once.
  if (isCause)
    return `${latency(model, other, where)}, and ${tiers(model, other, where)}; ${quality}`;
  if (quality.startsWith('it orders')) return quality;
  return `latency and tiers are as ${where}; ${quality}`;
}

function isSlower(model: CohortFigures, other: CohortFigures): boolean {
  const [now, then] = [model.latencyP50Ms, other.latencyP50Ms];
  if (now === undefined || then === undefined || other.answers < answersMin) return false;
  return now / then >= slowerMin && now - then >= slowerMsMin;
}

function isDegraded(model: CohortFigures, other: CohortFigures): boolean {
  return shareOf(model) - shareOf(other) >= degradedMin;
}

function latency(model: CohortFigures, other: CohortFigures, where: string): string {
  const [now = 0, then = 0] = [model.latencyP50Ms, other.latencyP50Ms];
  const change = isSlower(model, other) ? `rose ${timesText(now / then)}` : 'did not rise';
  return `latency ${change}, median ${msText(then)} ${where} to ${msText(now)}`;
}

function tiers(model: CohortFigures, other: CohortFigures, where: string): string {
  return `${percent(shareOf(model))} of its answers came from a lower tier, ${percent(shareOf(other))} ${where}`;
}

function qualityOf(model: CohortFigures, before: CohortFigures | undefined): string {
  if (model.auc === undefined) return 'how well it orders outcomes is not known yet';
  const now = model.auc.toFixed(3);
  if (before?.auc === undefined) return `the model itself orders outcomes with AUC ${now}`;
  const then = before.auc.toFixed(3);
  const std = Math.hypot(model.aucStd ?? 0, before.aucStd ?? 0);
  if (before.auc - model.auc > Math.max(aucMin, aucDeviations * std))
    return `it orders outcomes worse, AUC ${then} to ${now}`;
  return `the model itself is as good as before, AUC ${then} to ${now}`;
}

function shareOf({ answers, degraded: count }: CohortFigures): number {
  return answers === 0 ? 0 : count / answers;
}

function timesText(times: number): string {
  if (times >= 9 && times < 11.5) return 'tenfold';
  return `${times < 10 ? times.toFixed(1) : Math.round(times)} times`;
}

function msText(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
