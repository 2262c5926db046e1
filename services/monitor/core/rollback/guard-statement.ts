import type { AlertEvidence } from '../alert-source.ts';
import { meanInterval } from '../statistics/confidence-sequence.ts';
import type { BusinessEvidence } from './business-harm.ts';
import type { GuardDecision } from './decide-rollback.ts';
import type { GuardInputs } from './guard-inputs.ts';
import type { GuardTrigger } from './guard-triggers.ts';
import { type FailureKind, failureKinds } from './served-window.ts';

const kindTexts: Readonly<Record<FailureKind, string>> = {
  errors: 'errors',
  timeouts: 'answers after their budget',
  fallbacks: 'answers that the fallback has to give',
  slow: 'answers that take more than twice as long',
};

/** Says in one phrase what a decision was made for, with its figures; what was found where nothing triggers. */
export function guardStatement(inputs: GuardInputs, { triggers, reason }: GuardDecision): string {
  if (triggers.length === 0) return reason;
  const names = new Set(triggers.map(({ name }) => name));
  const said = [...names]
    .filter((name) => !(subsumedBy[name] ?? []).some((other) => names.has(other)))
    .flatMap((name) => triggers.find((trigger) => trigger.name === name) ?? [])
    .map((trigger) => triggerText(trigger, inputs));
  const { businessLift } = inputs;
  // What nobody has lost by yet goes without saying.
  const isTold = names.has('business') || businessLift === undefined || businessLift.lift.mean >= 0;
  return [...said, ...(isTold ? [] : [businessText(businessLift)])].join('; ');
}

/** What says nothing that the others have not said. */
const subsumedBy: Readonly<Record<string, readonly string[]>> = {
  fallbacks: ['errors', 'timeouts'],
  fallbackRatio: ['errors', 'timeouts', 'fallbacks'],
  slow: ['timeouts'],
};

/** Gives the numbers that a decision was made for, by name. */
export function guardEvidence(inputs: GuardInputs, decision: GuardDecision): AlertEvidence {
  const { current, previous, pairedLoss } = inputs;
  const evidence: Record<string, number | string> = {
    version: inputs.version,
    target: inputs.target?.version ?? 'none',
    requests: current.fiveMinutes.requests,
    previousRequests: previous.fiveMinutes.requests,
    triggers: decision.triggers.map(({ speed, name }) => `${speed} ${name}`).join(', '),
    found: guardStatement(inputs, decision),
  };
  for (const kind of failureKinds) {
    evidence[kind] = current.fiveMinutes[kind];
    evidence[`previous_${kind}`] = previous.fiveMinutes[kind];
  }
  if (inputs.businessLift !== undefined) {
    Object.assign(evidence, businessFigures(inputs.businessLift));
  }
  if (pairedLoss !== undefined) {
    evidence['pairs'] = pairedLoss.pairs;
    evidence['lossDifference'] = pairedLoss.difference;
  }
  for (const { speed, name, evidence: figures } of decision.triggers) {
    for (const [figure, value] of Object.entries(figures)) {
      evidence[`${speed}_${name}_${figure}`] = value;
    }
  }
  return evidence;
}

function triggerText({ speed, name, evidence }: GuardTrigger, inputs: GuardInputs): string {
  const { current, previous, target, pairedLoss } = inputs;
  const [own, other] = [current.fiveMinutes, previous.fiveMinutes];
  const against = target?.version ?? 'the version before';
  const kind = failureKinds.find((each) => each === name);
  const p = (value: number | undefined) => (value ?? 1).toExponential(1);
  if (kind !== undefined) {
    const counts = `${own[kind]} of ${own.requests} against ${other[kind]} of ${other.requests} of ${against}`;
    return speed === 'fast'
      ? `${kindTexts[kind]}: ${counts} within five minutes (p ${p(evidence['fiveMinuteP'])})`
      : `${kindTexts[kind]} more frequent, over all stretches since the promotion (log evidence ${evidence['logEvidence']?.toFixed(1)} of ${evidence['wanted']?.toFixed(1)}), lately ${counts}`;
  }
  if (name === 'fallbackRatio') {
    return `fallbacks: ${own.fallbacks} of ${own.requests} against ${other.fallbacks} of ${other.requests} of ${against} within five minutes (p ${p(evidence['pValue'])})`;
  }
  if (name === 'business' && inputs.businessLift !== undefined) {
    return `${businessText(inputs.businessLift)} (p ${p(evidence['pValue'])})`;
  }
  if (name === 'quality' && pairedLoss !== undefined) {
    const { pairs, entities, difference, margin } = pairedLoss;
    return `Brier score on known outcomes worse by ${difference.toFixed(4)} on ${pairs} pairs of ${entities} entities, margin ${margin} (p ${p(evidence['pValue'])})`;
  }
  const figures = Object.entries(evidence).map(([figure, value]) => `${figure} ${value}`);
  return `${name} (${speed}): ${figures.join(', ')}`;
}

function businessFigures({ lift, before, ...policy }: BusinessEvidence): AlertEvidence {
  const [liftLower, liftUpper] = meanInterval(lift, policy);
  const own = { lift: lift.mean, liftLower, liftUpper, liftRequests: lift.count };
  return before === undefined ? own : { ...own, liftBefore: before.mean };
}

/** Says what a request brings against control, how sure that is, and what goes with it. */
function businessText(business: BusinessEvidence): string {
  const { lift, before, explanation, alpha } = business;
  const [lower, upper] = meanInterval(lift, business);
  const earlier =
    before === undefined ? '' : `, where the version before brought ${signed(before.mean)}`;
  return `a request brings ${signed(lift.mean)} against control (${signed(lower)} to ${signed(upper)} at every look at once with ${Math.round(100 * (1 - alpha))} %)${earlier}${explanation === '' ? '' : `: ${explanation}`}`;
}

function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${value.toFixed(4)}`;
}
