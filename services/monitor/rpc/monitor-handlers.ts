import type { GetSummaryResponse } from '../../gen/mlmesh/monitor/v1/GetSummaryResponse.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { serveFrames } from '../../shared/platform/grpc/serve-frames.ts';
import type { Handlers } from '../../shared/platform/grpc/service-types.ts';
import type { FaultAttribution } from '../core/attribution/attribute-fault.ts';
import type { TraceStore } from '../core/trace-store.ts';
import type { PredictionJournal } from '../journal/prediction-journal.ts';
import type { LiftDesk } from '../outcomes/lift-desk.ts';
import type { ModelFacts } from '../outcomes/model-facts.ts';
import { readQuality } from '../outcomes/read-quality.ts';
import type { PredictionStore } from '../ports.ts';
import type { DriftDesk } from '../windows/drift-desk.ts';
import { type AlertHandlersParts, alertHandlers } from './alert-handlers.ts';
import { toWireAlert } from './alert-wire.ts';
import { parseDrift, toDriftResponse } from './drift-response.ts';
import { type JudgeParts, judgeHandlers } from './judge-handlers.ts';
import { factsOf, labelledWanted, toLiftResponse, toQualityResponse } from './outcome-responses.ts';
import { checkBatch, checkOutcomes, knownModel, tracesWanted, wantedTrace } from './requests.ts';
import { toTraceSpans, toTraceSummary } from './trace-response.ts';

/** Figures of the parity audit of one model. */
export interface AuditFigures {
  readonly checked: number;
  readonly mismatches: number;
  readonly pending: number;
}

/** What the handlers answer from. */
export interface MonitorParts extends AlertHandlersParts, JudgeParts {
  readonly journal: PredictionJournal;
  readonly store: PredictionStore;
  readonly audit: (model: string) => AuditFigures;
  readonly traces: TraceStore;
  readonly drift: DriftDesk;
  /** Says who is to blame for what is wrong with a version. */
  readonly blameOf: (model: string, version: number) => FaultAttribution;
  /** What outcomes are judged by, by model. */
  readonly facts: ReadonlyMap<string, ModelFacts>;
  readonly lifts: Pick<LiftDesk, 'lookAt' | 'newest'>;
  /** Names of the mesh's models. */
  readonly models: readonly string[];
}

/** The newest ones: a screen has no room for more. */
const summaryAlertsMax = 100;

/** Gives the handlers of MonitorService. */
export function monitorHandlers(parts: MonitorParts): Handlers<'mlmesh.monitor.v1.MonitorService'> {
  const { journal, store, traces } = parts;
  return {
    ...alertHandlers(parts),
    ...judgeHandlers(parts),
    logPredictions: serveFrames(async (frame, _call, reply) => {
      const { batchId, predictions, shadowAnswers, dropped } = frame;
      checkBatch(frame);
      await journal.append({ predictions, shadows: shadowAnswers, dropped });
      reply({ batchId });
    }),
    recordOutcomes({ outcomes }) {
      checkOutcomes(outcomes);
      return journal.recordOutcomes(outcomes);
    },
    getSummary: ({ model }) => summaryOf(parts, knownModel(model, parts.models)),
    async getDrift(request) {
      const query = parseDrift(request, parts.models);
      const found = await parts.drift.find(query);
      return toDriftResponse(found, parts.blameOf(query.model, found.version));
    },
    async getQuality({ model, version, labelledMax }, { signal }) {
      const known = factsOf(parts.facts, model);
      const query = { version, labelledMax: labelledWanted(labelledMax) };
      return toQualityResponse(await readQuality(parts, known, query, signal), known);
    },
    async getLift({ model, version, isLatestEnough }, { signal }) {
      const known = factsOf(parts.facts, model);
      const report =
        isLatestEnough && version === 0
          ? parts.lifts.newest(known, signal)
          : parts.lifts.lookAt(version, known, signal);
      return toLiftResponse(await report);
    },
    getPrediction({ predictionId }) {
      const prediction = store.prediction(predictionId);
      const outcome = store.outcome(predictionId);
      const shadowAnswers = [...store.shadows(predictionId)];
      if (prediction === undefined && outcome === undefined && shadowAnswers.length === 0) {
        throw predictionUnknown(predictionId);
      }
      return {
        ...(prediction && {
          prediction: {
            ...prediction,
            keys: [...prediction.keys],
            shadowVersions: [...prediction.shadowVersions],
          },
        }),
        shadowAnswers,
        ...(outcome && { outcome }),
      };
    },
    getTrace(request) {
      const wanted = wantedTrace(request);
      const traceId =
        'traceId' in wanted
          ? wanted.traceId
          : (store.prediction(wanted.predictionId)?.traceId ?? missing(wanted.predictionId));
      const spans = traces.spansOf(traceId);
      if (spans.length === 0) throw traceUnknown(traceId);
      return { spans: toTraceSpans(spans) };
    },
    listTraces({ tracesMax, rootName }) {
      return { traces: traces.list(tracesWanted(tracesMax), rootName).map(toTraceSummary) };
    },
  };
}

function summaryOf(parts: MonitorParts, model: string): GetSummaryResponse {
  const { journal, audit, alerts } = parts;
  const figures = journal.figures(model);
  const recent = journal.recent(model);
  const { checked, mismatches, pending } = audit(model);
  return {
    predictions: figures.predictions,
    tiers: figures.tiers.map(({ tier, ...answers }) => ({ tier: `TIER_${tier}`, ...answers })),
    predictionsPerSecond: recent.perSecond,
    latencyP50Ms: recent.p50Ms,
    latencyP99Ms: recent.p99Ms,
    shadowPairs: figures.shadowPairs,
    shadowExpected: figures.shadowExpected,
    shadowAgreement: figures.shadowAgreement ?? 0,
    shadowScoreDifference: figures.shadowScoreDifference ?? 0,
    auc: figures.auc ?? 0,
    outcomes: figures.outcomes,
    businessValue: figures.businessValue ?? 0,
    parityChecked: checked,
    parityMismatches: mismatches,
    parityPending: pending,
    alerts: alerts
      .active()
      .filter((alert) => alert.state === 'FIRING')
      .filter((alert) => alert.model === model || alert.model === '')
      .slice(0, summaryAlertsMax)
      .map((alert) => toWireAlert(alert, undefined)),
    dropped: journal.dropped,
    newestAtMs: figures.newestAtMs,
    recentDegradedShare: recent.degradedShare,
  };
}

function missing(predictionId: string): never {
  throw predictionUnknown(predictionId);
}

function predictionUnknown(predictionId: string): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'PREDICTION_UNKNOWN',
    message: `wanted prediction ${predictionId}, which is not in the log: it was never made, has not arrived yet or is too old`,
  });
}

function traceUnknown(traceId: string): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'TRACE_UNKNOWN',
    message: `wanted trace ${traceId}, which is not kept: it was not sampled, has not arrived yet or is too old; call with a sampled traceparent to have it kept`,
  });
}
