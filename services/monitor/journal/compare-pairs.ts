import type { ExportedPair, ExportedPairs } from '../../shared/compute/exported-pairs.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { compareDetail } from '../core/compare-detail.ts';
import { type ComparedRequest, compareShadow } from '../core/comparison.ts';
import {
  gateInputs,
  gatesStatement,
  gatesVerdict,
  judgeShadowGates,
  type ShadowGatePolicy,
} from '../core/shadow-gates.ts';
import { digestOfPolicy } from '../core/verdict-record.ts';

/** Gives a request as it is exported. */
export function toExported(request: ComparedRequest): ExportedPair {
  const { keys = [], atMs, receivedAtMs, shadow, baselineScore, baselineMs, label } = request;
  const answer =
    'score' in shadow
      ? { score: shadow.score, failure: '', latencyMs: shadow.latencyMs }
      : { failure: shadow.failure, latencyMs: 0 };
  return {
    ...{ keys, atMs, receivedAtMs, ...answer },
    ...(baselineScore === undefined ? {} : { baselineScore }),
    ...(baselineMs === undefined ? {} : { baselineMs }),
    ...(label === undefined ? {} : { label }),
  };
}

/** Gives an exported request as it is compared. */
export function fromExported(pair: ExportedPair): ComparedRequest {
  const { keys, atMs, receivedAtMs, score, failure, latencyMs } = pair;
  const { baselineScore, baselineMs, label } = pair;
  return {
    entity: keys.join('\u001f'),
    keys,
    ...{ atMs, receivedAtMs, baselineScore, label },
    shadow: score === undefined ? { failure } : { score, latencyMs },
    ...(baselineMs === undefined ? {} : { baselineMs }),
  };
}

/**
 * Compares exported requests as the monitor does online, by the same code: figures, gates and details.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD when the segments are of no join key
 */
export function comparePairs(exported: ExportedPairs, segmentBy: string) {
  const { model, version, baselineVersion, keyNames, policyJson } = exported;
  // Written by the monitor, from its own policy.
  const policy = JSON.parse(policyJson) as ShadowGatePolicy;
  const requests = exported.pairs.map(fromExported);
  const keyIndex = segmentBy === '' ? undefined : keyNames.indexOf(segmentBy);
  if (keyIndex === -1) throw keyUnknown(segmentBy, keyNames);
  const gates = judgeShadowGates(gateInputs(requests, policy), policy);
  const receivedUntilMs = requests.reduce((most, one) => Math.max(most, one.receivedAtMs), 0);
  return {
    ...{ model, version, baselineVersion, segmentBy },
    comparison: compareShadow(requests, policy.threshold),
    judged: {
      verdict: {
        ...{ verdictId: '', kind: 'gates', model, version, baselineVersion },
        ...{ atMs: receivedUntilMs, decision: gatesVerdict(gates).toLowerCase() },
        ...{ statement: gatesStatement(gates), figures: {} },
      },
      gates: gates.map((gate) => ({ ...gate, verdict: gate.verdict.toLowerCase() })),
      policyDigest: digestOfPolicy(policy),
      receivedUntilMs,
    },
    detail: compareDetail(requests, policy.threshold, keyIndex),
  };
}

function keyUnknown(name: string, keys: readonly string[]): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_FIELD',
    message: `wanted a join key of the model (${keys.join(', ')}) for segments, got '${name}'`,
  });
}
