import type { AlertSource, FiringAlert } from '../core/alert-source.ts';
import type { GuardRuleName } from '../core/rollback/guard-rules.ts';
import { guardEvidence } from '../core/rollback/guard-statement.ts';
import type { AutomaticRollback, VerdictStore } from '../release-ports.ts';
import type { GuardLoop, GuardStand } from './guard-loop.ts';

/** Where the alerts come from. */
export interface GuardAlertParts {
  readonly models: readonly string[];
  readonly loop: Pick<GuardLoop, 'standOf'>;
  readonly verdicts: VerdictStore;
  /** Whether it tells of versions on trial. */
  readonly isOfCanaries?: true;
}

/** A day: by then somebody has seen it, or there is more to wake somebody for. */
const toldMs = 86_400_000;

/** Tells of each automatic rollback, and of each harm that was found and is not acted on. */
export class GuardAlerts implements AlertSource {
  readonly #parts: GuardAlertParts;

  constructor(parts: GuardAlertParts) {
    this.#parts = parts;
  }

  firing(nowMs: number): readonly FiringAlert[] {
    const { models, loop, verdicts } = this.#parts;
    return models.flatMap((model) => {
      const stand = loop.standOf(model);
      const last = verdicts.lastRollback(model);
      const isOver = stand !== undefined && stand.position.generation !== last?.generation;
      const made =
        last === undefined || isOver || nowMs - last.atMs > toldMs
          ? []
          : [rolledBack(last, this.#parts)];
      return [...made, ...(stand === undefined ? [] : notActedOn(stand))];
    });
  }
}

type GuardAlert = FiringAlert & { readonly rule: GuardRuleName };

function rolledBack(
  rollback: AutomaticRollback,
  { verdicts, isOfCanaries }: GuardAlertParts,
): GuardAlert {
  const { model, fromVersion, toVersion, verdictId, statement } = rollback;
  const verdict = verdicts.verdict(verdictId);
  const figures =
    verdict?.kind !== 'guard' ? {} : guardEvidence(verdict.record.inputs, verdict.record.decision);
  return {
    rule: 'automatic-rollback',
    model,
    subject: `version ${fromVersion}`,
    severity: 'PAGE',
    message: `${isOfCanaries ? `canary version ${fromVersion} was taken from its callers, who get version ${toVersion} again,` : `version ${fromVersion} was taken back to version ${toVersion}`} by itself: ${statement}; version ${fromVersion} is in quarantine, and nothing goes back by itself again before the next promotion: find out why (\`mlmesh explain ${verdictId}\`), then promote a better one`,
    evidence: { ...figures, verdict: verdictId },
  };
}

/** Says of harm that was found why nothing was done. */
function notActedOn({ verdict, isOn }: GuardStand): readonly GuardAlert[] {
  const { id, model, version, statement, record } = verdict;
  const { action, reason } = record.decision;
  const told: Omit<FiringAlert, 'rule' | 'message'> = {
    model,
    subject: `version ${version}`,
    severity: 'PAGE',
    evidence: { ...guardEvidence(record.inputs, record.decision), verdict: id },
  };
  const way = `\`mlmesh models rollback ${model}\` takes it back, \`mlmesh explain ${id}\` shows what was found`;
  switch (action) {
    case 'keep':
      return [];
    case 'rollback':
      return isOn
        ? []
        : [
            {
              ...told,
              rule: 'rollback-advised',
              message: `version ${version} does harm, and autoRollback of the policy is off: ${statement}; ${way}`,
            },
          ];
    case 'freeze':
      return [
        {
          ...told,
          rule: 'rollback-frozen',
          message: `what was taken back to does harm as well, so nothing moves by itself any more: ${statement}; ${way}`,
        },
      ];
    case 'hold':
    case 'fall-back':
      return [
        {
          ...told,
          rule: 'rollback-held',
          message: `version ${version} does harm and is not taken back by itself, since ${reason.slice(reason.lastIndexOf(';') + 1).trim()}: ${statement}; ${way}`,
        },
      ];
  }
}
