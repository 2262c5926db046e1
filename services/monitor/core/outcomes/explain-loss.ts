import type { CohortFigures } from './cohort-tally.ts';

/** What a loss of the model cohort is explained by. */
export interface LossFigures {
  readonly model: CohortFigures;
  readonly control: CohortFigures;
  /** The predecessors of the version; undefined where too little is known of them. */
  readonly before: CohortFigures | undefined;
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
 * Says what explains that a version brings less than control, as a clause: latency that rose, answers of lower tiers, or worse answers; against its predecessors where enough is known of them, else against control. Explanations are what goes with
 * the loss, not a proof that it is why.
 */
export function explainLoss({ model, control, before }: LossFigures): string {
  const isKnown = before !== undefined && before.answers >= answersMin;
  const other = isKnown ? before : control;
  const where = isKnown ? 'before it' : 'in control';
  const causes = [slower(model, other, where), degraded(model, other, where)].filter(
    (cause) => cause !== '',
  );
  const quality = qualityOf(model, isKnown ? before : undefined);
  if (causes.length > 0) return `${causes.join(', and ')}; ${quality}`;
  if (quality.startsWith('it orders')) return quality;
  return `latency and tiers are as ${where}; ${quality}`;
}

function slower(model: CohortFigures, other: CohortFigures, where: string): string {
  const [now, then] = [model.latencyP50Ms, other.latencyP50Ms];
  if (now === undefined || then === undefined || other.answers < answersMin) return '';
  const times = now / then;
  if (times < slowerMin || now - then < slowerMsMin) return '';
  return `latency rose ${timesText(times)}, median ${msText(then)} ${where} to ${msText(now)}`;
}

function degraded(model: CohortFigures, other: CohortFigures, where: string): string {
  const [now, then] = [shareOf(model), shareOf(other)];
  if (now - then < degradedMin) return '';
  return `${percent(now)} of its answers came from a lower tier, ${percent(then)} ${where}`;
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
