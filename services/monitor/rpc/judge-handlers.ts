import type { GetComparisonRequest__Output } from '../../gen/mlmesh/monitor/v1/GetComparisonRequest.ts';
import type { JudgeShadowResponse } from '../../gen/mlmesh/monitor/v1/JudgeShadowResponse.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { Handlers } from '../../shared/platform/grpc/service-types.ts';
import { invalidField, requireInteger } from '../../shared/platform/grpc/validate.ts';
import { compareDetail } from '../core/compare-detail.ts';
import { type ComparedRequest, compareShadow } from '../core/comparison.ts';
import { gateInputs, type ShadowGatePolicy } from '../core/shadow-gates.ts';
import { gatesRecord } from '../core/verdict-record.ts';
import { recountVerdict } from '../guard/recount-verdict.ts';
import { toExported } from '../journal/compare-pairs.ts';
import { type ComparisonQuery, readCompared } from '../journal/read-comparison.ts';
import type { PredictionStore } from '../ports.ts';
import type { VerdictStore } from '../release-ports.ts';
import { knownModel } from './requests.ts';
import { explainVerdict, knownVerdict, listVerdicts, toVerdict } from './verdict-response.ts';

/** What comparisons and verdicts are made of. */
export interface JudgeParts {
  readonly store: PredictionStore;
  readonly verdicts: VerdictStore;
  /** Names of the mesh's models. */
  readonly models: readonly string[];
  /** What a shadow of a model has to reach. */
  readonly gatePolicyOf: (model: string) => ShadowGatePolicy;
  /** Names of the join keys of a model, in the order in which predictions have them. */
  readonly joinKeysOf: (model: string) => readonly string[];
  readonly clock: Clock;
}

type JudgeMethods =
  | 'getComparison'
  | 'compareShadow'
  | 'judgeShadow'
  | 'listVerdicts'
  | 'explainVerdict';

const comparedDefault = 5_000;
const comparedMax = 20_000;

/** Gives the handlers that compare and judge versions, and tell of verdicts. */
export function judgeHandlers(
  parts: JudgeParts,
): Pick<Handlers<'mlmesh.monitor.v1.MonitorService'>, JudgeMethods> {
  const { verdicts } = parts;
  return {
    async getComparison(request, { signal }) {
      const query = parseComparison(request, parts.models, comparedDefault);
      const requests = await readCompared(parts, query, signal);
      return { ...compareShadow(requests, parts.gatePolicyOf(query.model).threshold) };
    },
    async compareShadow(request, { signal }) {
      const query = parseComparison(request, parts.models, comparedDefault);
      const { segmentBy, withPairs } = request;
      const keys = parts.joinKeysOf(query.model);
      const keyIndex = segmentBy === '' ? undefined : knownKey(segmentBy, keys);
      const { threshold } = parts.gatePolicyOf(query.model);
      const requests = await readCompared(parts, query, signal);
      const { segments, shadowBins, baselineBins, latencies, scoreCounts } = compareDetail(
        requests,
        threshold,
        keyIndex,
      );
      return {
        segments: [...segments],
        shadowBins: [...shadowBins],
        baselineBins: [...baselineBins],
        latencies: [...latencies],
        scoreCounts: [...scoreCounts],
        ...(withPairs ? pairsOf(parts, query, requests) : {}),
      };
    },
    judgeShadow: (request, { signal }) =>
      judge(parts, parseComparison(request, parts.models, comparedMax), signal),
    listVerdicts(request) {
      if (request.model !== '') knownModel(request.model, parts.models);
      return { verdicts: listVerdicts(verdicts, request) };
    },
    async explainVerdict({ verdictId }, { signal }) {
      const verdict = knownVerdict(verdicts, verdictId);
      const recounts = verdict.kind === 'guard' ? await recountVerdict(parts, verdict, signal) : [];
      return explainVerdict(verdict, recounts);
    },
  };
}

function pairsOf(
  { gatePolicyOf, joinKeysOf }: JudgeParts,
  { model }: ComparisonQuery,
  requests: readonly ComparedRequest[],
) {
  const pairs = requests.map(toExported).map((pair) => ({ ...pair, keys: [...pair.keys] }));
  const policyJson = JSON.stringify(gatePolicyOf(model));
  return { pairs, keyNames: [...joinKeysOf(model)], policyJson };
}

async function judge(
  parts: JudgeParts,
  query: ComparisonQuery,
  signal: AbortSignal,
): Promise<JudgeShadowResponse> {
  const { verdicts, gatePolicyOf, clock } = parts;
  const { model, version, baselineVersion } = query;
  const requests = await readCompared(parts, query, signal);
  const policy = gatePolicyOf(model);
  const subject = { model, version, baselineVersion, atMs: clock.epoch() };
  const record = gatesRecord(subject, gateInputs(requests, policy), policy);
  await verdicts.append(record);
  return {
    verdict: toVerdict(record),
    gates: record.gates.map((gate) => ({
      ...gate,
      verdict: gate.verdict.toLowerCase(),
      figures: { ...gate.figures },
    })),
    policyDigest: record.policyDigest,
    receivedUntilMs: requests.reduce((most, one) => Math.max(most, one.receivedAtMs), 0),
  };
}

/**
 * Reads which shadow is to be compared.
 * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN; INVALID_ARGUMENT / INVALID_FIELD
 */
function parseComparison(
  request: GetComparisonRequest__Output,
  models: readonly string[],
  byDefault: number,
): ComparisonQuery {
  const { model, version, baselineVersion, requestsMax, receivedFromMs } = request;
  return {
    model: knownModel(model, models),
    version: requireInteger(version, 'version', { min: 1 }),
    baselineVersion,
    requestsMax: requireInteger(requestsMax, 'requests_max', { max: comparedMax }) || byDefault,
    receivedFromMs: requireInteger(receivedFromMs, 'received_from_ms', { min: 0 }),
  };
}

/** @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD */
function knownKey(name: string, keys: readonly string[]): number {
  const index = keys.indexOf(name);
  if (index >= 0) return index;
  throw invalidField('segment_by', `a join key of the model (${keys.join(', ')})`, `'${name}'`);
}
