import type { AlertRule } from './alert-rule.ts';
import { droppedRule, figureRules } from './alert-rules.ts';
import { diskRule } from './disk-rule.ts';
import { liftRules } from './outcomes/lift-rules.ts';
import { qualityRules } from './outcomes/quality-rules.ts';
import { guardRules } from './rollback/guard-rules.ts';
import { serviceRule } from './service-rule.ts';
import { windowRules } from './windows/window-rules.ts';

/** Every rule whose alerts the monitor may find: a source adds those of its own here, and a runbook for each. */
export const alertRules: readonly AlertRule[] = [
  ...figureRules,
  droppedRule,
  serviceRule,
  diskRule,
  ...guardRules,
  ...windowRules,
  ...liftRules,
  ...qualityRules,
];

/** For alerts of a rule that this version of the monitor does not have any more: they may lie on disk. */
const gone: Omit<AlertRule, 'rule'> = {
  title: 'a rule of an earlier version',
  severity: 'TICKET',
  pendingMs: 0,
  clearMs: 0,
  advice: 'this version of the monitor does not have the rule; what it found is kept as it was',
  judge: () => ({
    isFiring: false,
    figures: {},
    against: 'its limits are not known any more',
    certainty: 'it can not be decided again',
  }),
};

/** Gives a rule by its name; one that is unknown is explained as such. */
export function alertRuleOf(rule: string): AlertRule {
  return alertRules.find((known) => known.rule === rule) ?? { ...gone, rule };
}
