import type { FeatureBatch__Output } from '../../gen/mlmesh/feature/v1/FeatureBatch.ts';
import type { FeatureBatchReply } from '../../gen/mlmesh/feature/v1/FeatureBatchReply.ts';
import type { FeatureQuery__Output } from '../../gen/mlmesh/feature/v1/FeatureQuery.ts';
import type { FeatureRows } from '../../gen/mlmesh/feature/v1/FeatureRows.ts';
import { computeVersion } from '../../shared/compute/plan.ts';
import { valueHashes as hashRows } from '../../shared/compute/value-hash.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { traceContextBytes } from '../../shared/kernel/trace-context.ts';
import type { MonotonicMs } from '../../shared/kernel/units.ts';
import { columnBytes, float64Column } from '../../shared/platform/grpc/column-bytes.ts';
import { serveFrames } from '../../shared/platform/grpc/serve-frames.ts';
import type { Handlers } from '../../shared/platform/grpc/service-types.ts';
import { encodeBatchError, toMeshError } from '../../shared/platform/grpc/status.ts';
import { requireItems, requireMessage } from '../../shared/platform/grpc/validate.ts';
import { type CheckedQuery, queryRowsMax } from '../core/online-features.ts';
import type { AnswerLog } from '../serving/answer-log.ts';
import type { FeatureService } from '../serving/feature-service.ts';
import type { OnlineAnswer } from '../serving/online-serving.ts';
import type { ReadTracer } from './read-tracer.ts';

type OnlineHandlers = Pick<
  Handlers<'mlmesh.feature.v1.FeatureService'>,
  'getOnlineFeatures' | 'streamOnlineFeatures' | 'recompute'
>;

/** Most batches of one frame. */
const frameBatchesMax = 64;

/** Most rows of one audit: they share a scan of the warehouse, and its thread works on nothing else meanwhile. */
const recomputeRowsMax = 1_024;

/** What the handlers of reads need. */
export interface OnlineParts {
  readonly service: FeatureService;
  /** Keeps what was answered. */
  readonly answers: AnswerLog;
  readonly tracer: ReadTracer;
  readonly clock: Clock;
  /** Learns of errors of single batches that are no MeshErrors. */
  readonly onInternalError: (error: unknown) => void;
}

/** Gives the handlers of the calls that read vectors. */
export function onlineHandlers(parts: OnlineParts): OnlineHandlers {
  const { service } = parts;
  return {
    getOnlineFeatures: (request) => {
      const query = parseQuery(service, requireMessage(request.query, 'query'));
      const give = (answer: OnlineAnswer) => ({ rows: rowsOf(parts, query, answer) });
      const answer = service.read(query);
      return answer instanceof Promise ? answer.then(give) : give(answer);
    },
    // What needs no waiting is answered in one synchronous pass; a batch whose entities have to be fetched holds up no other.
    streamOnlineFeatures: serveFrames(async (frame, _call, reply) => {
      const batches = requireItems(frame.batches, 'batches', { max: frameBatchesMax });
      const ready: FeatureBatchReply[] = [];
      const awaited: Promise<FeatureBatchReply>[] = [];
      for (const batch of batches) {
        const answer = answerBatch(parts, batch);
        if (answer instanceof Promise) awaited.push(answer);
        else ready.push(answer);
      }
      if (ready.length > 0) reply({ batches: ready });
      await Promise.all(awaited.map(async (answer) => reply({ batches: [await answer] })));
    }),
    recompute: async (request, call) => {
      const wire = requireMessage(request.query, 'query');
      const query = parseQuery(service, wire, recomputeRowsMax);
      const logOffsets = float64Column(request.logOffsets, 'log_offsets', query.rows);
      const found = await service.recompute(query, logOffsets, call.signal);
      const { values, statuses, erased } = found;
      const valueHashes = columnBytes(hashRows(query.rows, values, statuses));
      const stamp = { logOffset: 0, computeVersion, valueHashes, rows: query.rows };
      const rows = { values: columnBytes(values), statuses: columnBytes(statuses), ...stamp };
      return { rows, erased: columnBytes(erased) };
    },
  };
}

function answerBatch(
  parts: OnlineParts,
  batch: FeatureBatch__Output,
): FeatureBatchReply | Promise<FeatureBatchReply> {
  const { service, tracer, clock } = parts;
  const startedAt = clock.monotonic();
  const fail = (thrown: unknown) => batchError(parts, batch, { thrown, startedAt });
  try {
    const query = parseQuery(service, requireMessage(batch.query, 'batches.query'));
    const give = (answer: OnlineAnswer): FeatureBatchReply => {
      if (batch.traceContexts.length >= traceContextBytes) {
        tracer.trace(batch.traceContexts, { rows: query.rows, startedAt, error: undefined });
      }
      return { batchId: batch.batchId, rows: rowsOf(parts, query, answer) };
    };
    const answer = service.read(query);
    return answer instanceof Promise ? answer.then(give).catch(fail) : give(answer);
  } catch (thrown) {
    return fail(thrown);
  }
}

function batchError(
  { tracer, onInternalError }: OnlineParts,
  batch: FeatureBatch__Output,
  { thrown, startedAt }: { readonly thrown: unknown; readonly startedAt: MonotonicMs },
): FeatureBatchReply {
  const error = toMeshError(thrown);
  if (error !== thrown) onInternalError(thrown);
  const rows = batch.query?.rows ?? 0;
  tracer.trace(batch.traceContexts, { rows, startedAt, error: error.reason });
  return { batchId: batch.batchId, error: encodeBatchError(error) };
}

function parseQuery(
  service: FeatureService,
  wire: FeatureQuery__Output,
  rowsMax = queryRowsMax,
): CheckedQuery {
  const { featureSetHash, keys, withEventTimes } = wire;
  // A number of rows above the limit must not lead to a large allocation or a misleading complaint about bytes.
  const rows = Math.min(wire.rows, rowsMax + 1);
  const atMs = rows > rowsMax ? new Float64Array(0) : float64Column(wire.atMs, 'query.at_ms', rows);
  return service.checkQuery({ featureSetHash, rows, keys, atMs, withEventTimes }, rowsMax);
}

/** Gives an answer its stamp, and keeps both for the audit. */
function rowsOf(
  { answers }: OnlineParts,
  { featureSetHash, rows, keys, atMs }: CheckedQuery,
  { vector, logOffset, eventTimes }: OnlineAnswer,
): FeatureRows {
  const { values, statuses } = vector;
  const valueHashes = hashRows(rows, values, statuses);
  answers.offer({ featureSetHash, rows, keys, atMs, logOffset, values, statuses, valueHashes });
  // Put down in one piece: spreading took a twentieth of a call.
  const answer: FeatureRows = {
    values: columnBytes(values),
    statuses: columnBytes(statuses),
    logOffset,
    rows,
    computeVersion,
    valueHashes: columnBytes(valueHashes),
  };
  if (eventTimes !== undefined) answer.eventTimes = columnBytes(eventTimes);
  return answer;
}
