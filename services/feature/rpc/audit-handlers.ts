import type { AuditAnswersRequest__Output } from '../../gen/mlmesh/feature/v1/AuditAnswersRequest.ts';
import type { AuditSummary } from '../../gen/mlmesh/feature/v1/AuditSummary.ts';
import type { ExplainValuesRequest__Output } from '../../gen/mlmesh/feature/v1/ExplainValuesRequest.ts';
import type { FeatureValue } from '../../gen/mlmesh/feature/v1/FeatureValue.ts';
import type { ValueExplanation } from '../../gen/mlmesh/feature/v1/ValueExplanation.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { float64Column } from '../../shared/platform/grpc/column-bytes.ts';
import type { Handlers } from '../../shared/platform/grpc/service-types.ts';
import {
  requireFinite,
  requireInteger,
  requireMessage,
} from '../../shared/platform/grpc/validate.ts';
import type { CellValue } from '../core/audit-rows.ts';
import type { ExplainedValue } from '../core/explain-row.ts';
import type { JobRunner } from '../ports.ts';
import { type AuditQuery, type AuditTotals, auditInSlices } from '../serving/answer-audit.ts';
import type { AnswerLog } from '../serving/answer-log.ts';
import { explainRow, type RowToExplain } from '../serving/explain-row.ts';
import type { FeatureService } from '../serving/feature-service.ts';

/** What the handlers of the audit need. */
export interface AuditParts {
  readonly service: FeatureService;
  readonly answers: AnswerLog;
  /** Runs audits. */
  readonly auditor: JobRunner;
  /** Learns of what the program met; callers are told how many answers that concerns. */
  readonly onInternalError: (error: unknown) => void;
}

/** Most mismatches that an audit tells in detail. */
const examplesMax = 100;

/** Gives the handlers of the calls that compute answers again. */
export function auditHandlers(
  parts: AuditParts,
): Pick<Handlers<'mlmesh.feature.v1.FeatureService'>, 'auditAnswers' | 'explainValues'> {
  const { service, answers, auditor, onInternalError } = parts;
  return {
    async *auditAnswers(request, call) {
      const query = parseAudit(service, request);
      // What was answered before this call is part of it.
      await answers.flush();
      const { logged } = answers;
      const audit = auditInSlices(auditor, query, logged, call.signal);
      for (;;) {
        const step = await audit.next();
        if (step.done === true) {
          const { fault, ...totals } = step.value;
          if (fault !== '') onInternalError(new Error(fault));
          yield { summary: summaryOf(totals, answers) };
          return;
        }
        const { stage, done, total } = step.value;
        yield { progress: { stage, done, total } };
      }
    },
    explainValues: async (request, call) => {
      await answers.flush();
      const row = parseExplain(service, request);
      const { features, logOffset, newestOffset } = await explainRow(parts, row, call.signal);
      const definitions = new Map(
        service.mesh.features.map(({ name, summary }) => [name, summary]),
      );
      return {
        features: features.map((value) =>
          explanationOf(value, definitions.get(value.feature) ?? ''),
        ),
        logOffset,
        newestLogOffset: newestOffset,
      };
    },
  };
}

function parseAudit(service: FeatureService, request: AuditAnswersRequest__Output): AuditQuery {
  const { featureSetHash, sinceMs } = request;
  const { featureSets } = service.mesh;
  if (featureSetHash !== '' && !featureSets.some(({ hash }) => hash === featureSetHash)) {
    throw new MeshError({
      code: 'NOT_FOUND',
      reason: 'FEATURE_SET_UNKNOWN',
      message: `feature_set_hash: wanted a feature set of this mesh (${featureSets.map(({ name, hash }) => `${name}: ${hash.slice(0, 12)}`).join(', ') || 'it has none'}) or none, got '${featureSetHash.slice(0, 64)}'`,
    });
  }
  const limit = requireInteger(request.limit, 'limit', { min: 0 });
  return {
    featureSetHash,
    limit: limit === 0 ? Number.POSITIVE_INFINITY : limit,
    sinceMs: sinceMs === undefined ? Number.NEGATIVE_INFINITY : requireFinite(sinceMs, 'since_ms'),
    afterAnswer: requireInteger(request.afterAnswer, 'after_answer', { min: 0 }),
    examplesMax: requireInteger(request.examplesMax, 'examples_max', { min: 0, max: examplesMax }),
  };
}

function summaryOf(
  totals: Omit<AuditTotals, 'fault'>,
  { logged, dropped }: AnswerLog,
): AuditSummary {
  const { sets, examples, ...figures } = totals;
  return {
    ...figures,
    logged,
    dropped,
    examples: examples.map(({ served, recomputed, keys, ...mismatch }) => ({
      ...mismatch,
      keys: [...keys],
      served: wireValue(served),
      recomputed: wireValue(recomputed),
    })),
    featureSets: [...sets],
  };
}

function parseExplain(
  service: FeatureService,
  request: ExplainValuesRequest__Output,
): RowToExplain {
  const { featureSetHash, rows, keys, atMs } = requireMessage(request.query, 'query');
  requireInteger(rows, 'query.rows', { min: 1, max: 1 });
  const times = float64Column(atMs, 'query.at_ms', 1);
  const logOffset = requireInteger(request.logOffset, 'log_offset', { min: 0 });
  const query = service.checkQuery({ featureSetHash, rows, keys, atMs: times }, 1);
  return { query, logOffset, feature: request.feature };
}

function explanationOf(value: ExplainedValue, definition: string): ValueExplanation {
  const { recomputed, recomputedNow, online, served, events, findings, ...rest } = value;
  return {
    ...rest,
    definition,
    recomputed: wireValue(recomputed),
    recomputedNow: wireValue(recomputedNow),
    online: online === undefined ? null : wireValue(online),
    served: served === undefined ? null : wireValue(served),
    events: [...events],
    findings: [...findings],
  };
}

const statuses = [
  'FEATURE_STATUS_PRESENT',
  'FEATURE_STATUS_NULL',
  'FEATURE_STATUS_NOT_FOUND',
  'FEATURE_STATUS_OUTSIDE_MAX_AGE',
  'FEATURE_STATUS_UNAVAILABLE',
] as const;

function wireValue({ value, status }: CellValue): FeatureValue {
  return { value, status: statuses[status] ?? 'FEATURE_STATUS_UNSPECIFIED' };
}
