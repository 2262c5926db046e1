import { type AlertJudgement, type AlertRule, numberAt } from './alert-rule.ts';
import type { AlertEvidence } from './alert-source.ts';

/** The rule on services that say nothing any more. */
export const serviceRule: AlertRule = {
  rule: 'service-silent',
  title: 'a service is down or cut off',
  severity: 'PAGE',
  pendingMs: 0,
  clearMs: 0, // a sign of life is none by chance
  advice:
    'see `mlmesh status` and the log of the service; its supervisor starts it again if it died',
  judge: judgeSilent,
};

function judgeSilent(evidence: AlertEvidence): AlertJudgement {
  const silentMs = numberAt(evidence, 'silentMs');
  const silentMsMax = numberAt(evidence, 'silentMsMax');
  return {
    isFiring: silentMs > silentMsMax,
    figures: { silentMs, silentMsMax },
    against: `it sent nothing for ${Math.round(silentMs / 1_000)} s, and ${Math.round(silentMsMax / 1_000)} s are five times its interval`,
    certainty:
      'silence is certain, its cause is not: the process may be dead, stuck or cut off, or the monitor may be too busy to read',
  };
}
