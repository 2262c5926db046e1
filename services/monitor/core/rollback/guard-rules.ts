import { type AlertJudgement, type AlertRule, numberAt, textAt } from '../alert-rule.ts';
import type { AlertEvidence } from '../alert-source.ts';
import { fisherUpper } from '../statistics/share-tests.ts';
import { failureKinds } from './served-window.ts';

/** Names of the rules on versions that do harm in production. */
export type GuardRuleName =
  | 'automatic-rollback'
  | 'rollback-advised'
  | 'rollback-held'
  | 'rollback-frozen';

const shared = {
  severity: 'PAGE',
  pendingMs: 0,
  clearMs: 0, // a verdict stands until the next promotion, or until the harm is over
  judge: judgeHarm,
} as const satisfies Partial<AlertRule>;

/** The rules on versions that do harm in production, which the guard finds. */
export const guardRules: readonly (AlertRule & { readonly rule: GuardRuleName })[] = [
  {
    ...shared,
    rule: 'automatic-rollback',
    title: 'a version did harm and was taken back by itself',
    advice:
      'find out what is wrong with the version in quarantine, with `mlmesh explain <verdict>`, before another one is promoted',
  },
  {
    ...shared,
    rule: 'rollback-advised',
    title: 'a version does harm, and the policy has nothing taken back by itself',
    advice: 'take it back with `mlmesh models rollback`',
  },
  {
    ...shared,
    rule: 'rollback-held',
    title: 'a version does harm and is not taken back by itself',
    advice:
      'see what keeps it (a target that is not loaded, or a rollback shortly before), then take it back with `mlmesh models rollback`',
  },
  {
    ...shared,
    rule: 'rollback-frozen',
    title: 'what was taken back to does harm as well',
    advice: 'look at what the versions have in common, and promote one that is known to be good',
  },
];

/** Computes from the counts what chance they have where both versions are alike, and looks whether what triggered still would. */
function judgeHarm(evidence: AlertEvidence): AlertJudgement {
  const figures = Object.fromEntries(
    Object.keys(evidence).flatMap((name) => {
      const kind = kindOf(name);
      return kind === undefined ? [] : [[name, chanceOf(kind, evidence)]];
    }),
  );
  const triggers = textAt(evidence, 'triggers');
  return {
    isFiring: triggers !== '' && Object.values(figures).every((chance) => chance < 0.01),
    figures,
    against: `${textAt(evidence, 'version')} against ${textAt(evidence, 'target')} on the same requests: ${textAt(evidence, 'found')}`,
    certainty: certaintyOf(figures),
  };
}

function certaintyOf(figures: Readonly<Record<string, number>>): string {
  const chances = Object.entries(figures).map(
    ([name, chance]) => `${kindOf(name)} ${chance.toExponential(1)}`,
  );
  return chances.length === 0
    ? 'it was found by bounds that hold at all looks at once'
    : `the chance of so many more where both versions are alike, by Fisher's exact test: ${chances.join(', ')}`;
}

/** Gives the kind of failure whose chance a figure of the evidence is. */
function kindOf(figure: string): string | undefined {
  if (figure === 'hard_fallbackRatio_pValue') return 'fallbacks';
  return failureKinds.find((kind) => figure === `fast_${kind}_fiveMinuteP`);
}

function chanceOf(kind: string, evidence: AlertEvidence): number {
  return fisherUpper(
    { count: numberAt(evidence, `previous_${kind}`), rows: numberAt(evidence, 'previousRequests') },
    { count: numberAt(evidence, kind), rows: numberAt(evidence, 'requests') },
  );
}
