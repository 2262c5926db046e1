import { type AlertJudgement, type AlertRule, numberAt } from '../alert-rule.ts';
import type { AlertEvidence } from '../alert-source.ts';
import { type BlockFall, blockFall, blocksLooked, blocksNeeded } from './quality-fall.ts';

/** The rules on how good answers are by what came of them. */
export const qualityRules: readonly AlertRule[] = [
  {
    rule: 'quality-fall',
    title: 'its answers are worse than its evaluation said',
    severity: 'PAGE',
    pendingMs: 0,
    // Blocks are of hundreds of answers: it is over when newer ones say so, and not by a pause of the monitor.
    clearMs: 60_000,
    advice:
      'see with `mlmesh quality` whose answers are worse and with `mlmesh drift` whether the inputs moved; train on newer data, or roll back where a release caused it',
    judge: judgeFall,
  },
];

function judgeFall(evidence: AlertEvidence): AlertJudgement {
  const reference = {
    auc: numberAt(evidence, 'reference.auc'),
    excessLoss: numberAt(evidence, 'reference.excessLoss'),
  };
  const falls = Array.from({ length: blocksLooked }, (_, index) =>
    fallAt(evidence, `block${index + 1}`, reference),
  );
  const fallen = falls.filter(({ isFallen }) => isFallen).length;
  const figures = Object.fromEntries(
    falls.flatMap(({ aucUpper, excessLossLower }, index) => [
      [`block${index + 1}.aucUpper`, aucUpper],
      [`block${index + 1}.excessLossLower`, excessLossLower],
    ]),
  );
  const areas = falls.map((_, index) => numberAt(evidence, `block${index + 1}.auc`).toFixed(3));
  return {
    isFiring: fallen >= blocksNeeded,
    figures: { ...figures, fallen },
    against: `the areas under the curve of its last ${blocksLooked} blocks were ${areas.join(', ')} and its evaluation had ${reference.auc.toFixed(3)} and a log loss over that of the share of ${reference.excessLoss.toFixed(3)}`,
    certainty: `each of ${fallen} blocks is worse by more than 0.03 with 99 %, allowing for answers about one entity; chance alone makes two of three once in some thousands`,
  };
}

function fallAt(
  evidence: AlertEvidence,
  name: string,
  reference: Parameters<typeof blockFall>[1],
): BlockFall {
  return blockFall(
    {
      auc: numberAt(evidence, `${name}.auc`),
      aucVariance: numberAt(evidence, `${name}.aucVariance`),
      excessLoss: numberAt(evidence, `${name}.excessLoss`),
      excessLossVariance: numberAt(evidence, `${name}.excessLossVariance`),
    },
    reference,
  );
}
