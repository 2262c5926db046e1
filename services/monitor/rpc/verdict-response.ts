import type { ExplainVerdictResponse } from '../../gen/mlmesh/monitor/v1/ExplainVerdictResponse.ts';
import type { Verdict } from '../../gen/mlmesh/monitor/v1/Verdict.ts';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { requireInteger } from '../../shared/platform/grpc/validate.ts';
import { recordDecision } from '../core/rollback/decide-rollback.ts';
import { guardEvidence, guardStatement } from '../core/rollback/guard-statement.ts';
import type { VerdictRecord } from '../core/verdict-record.ts';
import type { Recount } from '../guard/recount-verdict.ts';
import type { VerdictStore } from '../release-ports.ts';

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

/** Tells how a verdict came to be, and decides once more. @throws {MeshError} NOT_FOUND / VERDICT_UNKNOWN */
export function explainVerdict(
  stored: VerdictRecord,
  recounts: readonly Recount[],
): ExplainVerdictResponse {
  const { inputs, policy } = stored.record;
  const record = recordDecision(inputs, policy);
  const again = { ...stored, record, statement: guardStatement(inputs, record.decision) };
  return {
    verdict: toVerdict(stored),
    again: toVerdict(again),
    isSame: canonicalJson(plain(again)) === canonicalJson(plain(stored)),
    inputsJson: JSON.stringify(inputs),
    policyJson: JSON.stringify(policy),
    policyDigest: record.policyDigest,
    recounts: recounts.map((recount) => ({ ...recount })),
  };
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

function toVerdict(stored: VerdictRecord): Verdict {
  const { id, kind, model, version, baselineVersion, atMs, statement, record } = stored;
  const figures = Object.entries(guardEvidence(record.inputs, record.decision)).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return {
    verdictId: id,
    kind,
    model,
    version,
    baselineVersion,
    atMs,
    decision: record.decision.action,
    statement,
    figures: Object.fromEntries(figures),
  };
}
