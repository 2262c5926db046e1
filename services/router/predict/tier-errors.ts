import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { Reason } from '../../shared/kernel/reason.ts';

/** Gives UNAVAILABLE with the reason of the fallback, for a policy that keeps the rules from answering. */
export function noAnswer(model: string, reason: Reason): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason,
    message: `neither model '${model}' nor its fallback answered, and its policy does not let the rules answer; ask again`,
    retry: { kind: 'elsewhere' },
  });
}

/** Gives INTERNAL / RULES_FAILED. What the author's code threw stays in the cause, for the log: it may hold values of the request. */
export function rulesFailed(model: string, cause: unknown): MeshError {
  return new MeshError({
    code: 'INTERNAL',
    reason: 'RULES_FAILED',
    message: `the business rules of model '${model}', the last tier, threw or gave no probability of 0 to 1; the router's log says more`,
    cause,
  });
}
