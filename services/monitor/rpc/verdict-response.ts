import type { ExplainVerdictResponse } from '../../gen/mlmesh/monitor/v1/ExplainVerdictResponse.ts';
import type { Verdict } from '../../gen/mlmesh/monitor/v1/Verdict.ts';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { requireInteger } from '../../shared/platform/grpc/validate.ts';
import { attributeFault } from '../core/attribution/attribute-fault.ts';
import { recordDecision } from '../core/rollback/decide-rollback.ts';
import { guardEvidence, guardStatement } from '../core/rollback/guard-statement.ts';
import {
  gatesStatement,
  gatesVerdict,
  judgeShadowGates,
  type ShadowGate,
} from '../core/shadow-gates.ts';
import { digestOfPolicy, type VerdictRecord } from '../core/verdict-record.ts';
import type { Recount } from '../guard/recount-verdict.ts';
import type { VerdictStore } from '../release-ports.ts';
import { toAttribution } from './attribution-wire.ts';

const listedDefault = 20;
const listedMax = 1_000;

/** Gives verdicts, newest first; of a model, or of all where it is empty. @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD */
export function listVerdicts(
  verdicts: VerdictStore,
  { model, verdictsMax }: { readonly model: string; readonly verdictsMax: number },
): Verdict[] {
  const wanted = requireInteger(verdictsMax, 'verdicts_max', { max: listedMax }) || listedDefault;
  const found: Verdict[] = [];
  for (const record of verdicts.newest()) {
    if (found.length === wanted) break;
    if (model === '' || record.model === model) found.push(toVerdict(record));
  }
  return found;
}

/** Tells how a verdict came to be, and decides once more from what was stored. */
export function explainVerdict(
  stored: VerdictRecord,
  recounts: readonly Recount[],
): ExplainVerdictResponse {
  const again = decideAgain(stored);
  const { inputs, policy, policyDigest } = stored.kind === 'guard' ? stored.record : stored;
  return {
    verdict: toVerdict(stored),
    again: toVerdict(again),
    isSame: canonicalJson(plain(again)) === canonicalJson(plain(stored)),
    inputsJson: JSON.stringify(inputs),
    policyJson: JSON.stringify(policy),
    policyDigest,
    recounts: recounts.map((recount) => ({ ...recount })),
    ...(stored.kind !== 'guard' || stored.blame === undefined
      ? {}
      : { attribution: toAttribution(attributeFault(stored.blame)) }),
  };
}

function decideAgain(stored: VerdictRecord): VerdictRecord {
  if (stored.kind === 'gates') {
    const gates = judgeShadowGates(stored.inputs, stored.policy);
    const policyDigest = digestOfPolicy(stored.policy);
    return { ...stored, gates, statement: gatesStatement(gates), policyDigest };
  }
  const { inputs, policy } = stored.record;
  const record = recordDecision(inputs, policy);
  return { ...stored, record, statement: guardStatement(inputs, record.decision) };
}

/** Gives the verdict of an id. @throws {MeshError} NOT_FOUND / VERDICT_UNKNOWN */
export function knownVerdict(verdicts: VerdictStore, id: string): VerdictRecord {
  const found = verdicts.verdict(id);
  if (found !== undefined) return found;
  throw new MeshError({
    code: 'NOT_FOUND',
    reason: 'VERDICT_UNKNOWN',
    message: `wanted a verdict that is kept, got '${id.slice(0, 100)}'; \`mlmesh verdicts\` lists those that are`,
  });
}

/** What JSON keeps of a record, so that what was stored compares with what was made now. */
function plain(record: VerdictRecord): VerdictRecord {
  return JSON.parse(JSON.stringify(record)) as VerdictRecord;
}

/** Gives a verdict for the wire. */
export function toVerdict(stored: VerdictRecord): Verdict {
  const { id, kind, model, version, baselineVersion, atMs, statement } = stored;
  const shared = { verdictId: id, kind, model, version, baselineVersion, atMs, statement };
  if (stored.kind === 'gates') {
    const decision = gatesVerdict(stored.gates).toLowerCase();
    return { ...shared, decision, figures: gateFigures(stored.gates) };
  }
  const { inputs, decision } = stored.record;
  const figures = Object.entries(guardEvidence(inputs, decision)).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return { ...shared, decision: decision.action, figures: Object.fromEntries(figures) };
}

/** Names each figure after its gate. */
function gateFigures(gates: readonly ShadowGate[]): Record<string, number> {
  const named = gates.flatMap(({ gate, figures }) =>
    Object.entries(figures).map(([name, value]) => [`${gate}_${name}`, value] as const),
  );
  return Object.fromEntries(named);
}
