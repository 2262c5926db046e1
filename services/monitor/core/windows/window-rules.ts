import { type AlertJudgement, type AlertRule, numberAt, textAt } from '../alert-rule.ts';
import type { AlertEvidence } from '../alert-source.ts';
import { cusumPolicy, stepCusum } from '../statistics/cusum.ts';
import { stepMeanRule } from '../statistics/plain-rules.ts';

// Windows are hours or days: an alert is over when one says so, and none by a pause of the monitor.
const clearMs = 60_000;

/** The rules on windows of counts. */
export const windowRules: readonly AlertRule[] = [
  {
    rule: 'input-drift',
    title: 'its inputs have left the reference profile',
    severity: 'TICKET',
    pendingMs: 0,
    clearMs,
    advice:
      'look with `mlmesh drift` which inputs moved and whether the world or a source did it; train on newer data if quality falls; a rollback would not help, since the previous version gets the same inputs',
    judge: judgeInputs,
  },
  {
    rule: 'output-drift',
    title: 'its mean output has shifted',
    severity: 'TICKET',
    pendingMs: 0,
    clearMs,
    advice:
      'look with `mlmesh drift` whether its inputs moved too, and with `mlmesh quality` whether it costs quality',
    judge: judgeShift,
  },
];

/** An aspect of a column drifts where its effect is above the threshold, and significant; the plain rule asks for significance alone. */
function judgeInputs(evidence: AlertEvidence): AlertJudgement {
  const significance = numberAt(evidence, 'significance');
  const isPlain = textAt(evidence, 'rule') === 'ks';
  const aspects = Object.keys(evidence)
    .filter((name) => name.endsWith('.effect'))
    .map((name) => name.slice(0, -'.effect'.length));
  const drifted = aspects.filter((aspect) => {
    const isSignificant = numberAt(evidence, `${aspect}.adjustedPValue`) < significance;
    const isLarge =
      numberAt(evidence, `${aspect}.effect`) > numberAt(evidence, `${aspect}.threshold`);
    return isPlain || (isSignificant && isLarge);
  });
  const isEnough = numberAt(evidence, 'effectiveRows') >= numberAt(evidence, 'effectiveRowsMin');
  const named = drifted.map(
    (aspect) =>
      `${aspect} was ${numberAt(evidence, `${aspect}.effect`).toFixed(3)} where ${numberAt(evidence, `${aspect}.threshold`).toFixed(3)} is the limit (adjusted p ${numberAt(evidence, `${aspect}.adjustedPValue`).toExponential(1)})`,
  );
  return {
    isFiring: isEnough && drifted.length > 0,
    figures: { effectiveRows: numberAt(evidence, 'effectiveRows') },
    against: `${named.join('; ')}, against reference profile ${textAt(evidence, 'profileDigest').slice(0, 12)}`,
    certainty: isPlain
      ? `one test a column and window at ${significance}: that many windows where nothing changed alarm by chance`
      : `${Math.round(numberAt(evidence, 'effectiveRows'))} effective rows, p-values adjusted over all columns and below ${significance}, and more than one window said so`,
  };
}

/** Takes the step of the window again, from what the sums were before it. */
function judgeShift(evidence: AlertEvidence): AlertJudgement {
  const deviations = numberAt(evidence, 'deviations');
  const limit = numberAt(evidence, 'limit');
  const before = {
    ...{ high: numberAt(evidence, 'highBefore'), low: numberAt(evidence, 'lowBefore') },
    windows: 0,
  };
  const policy = { ...cusumPolicy, limit, slack: numberAt(evidence, 'slack') };
  const { state, alarm } = stepCusum(before, deviations, policy);
  const plain = stepMeanRule({ run: numberAt(evidence, 'runBefore') }, deviations, {
    deviations: numberAt(evidence, 'deviationsMax'),
    windowsNeeded: numberAt(evidence, 'windowsNeeded'),
  });
  const isCusum = textAt(evidence, 'rule') === 'cusum';
  // A shift goes on between two alarms of a sum.
  const isOn = numberAt(evidence, 'sinceMs') < numberAt(evidence, 'endMs');
  return {
    isFiring: isCusum ? alarm !== undefined || isOn : plain.isAlarm,
    figures: { high: state.high, low: state.low },
    against: `its mean was ${numberAt(evidence, 'mean').toFixed(4)} where ${numberAt(evidence, 'baselineMean').toFixed(4)} is usual, ${deviations.toFixed(2)} deviations of window means`,
    certainty: isCusum
      ? `a sum that passes ${limit} deviations does so by chance once in some 465 windows at the default of 5`
      : `${numberAt(evidence, 'windowsNeeded')} windows in a row are off by chance once in some 990 windows at the defaults`,
  };
}
