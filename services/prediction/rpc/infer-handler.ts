import type { InferBatch__Output } from '../../gen/mlmesh/prediction/v1/InferBatch.ts';
import type { InferBatchReply } from '../../gen/mlmesh/prediction/v1/InferBatchReply.ts';
import type { InferRequest__Output } from '../../gen/mlmesh/prediction/v1/InferRequest.ts';
import type { InferResponse } from '../../gen/mlmesh/prediction/v1/InferResponse.ts';
import type { Tensor } from '../../shared/compute/tensor/tensor.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { monotonicMs } from '../../shared/kernel/units.ts';
import { type FrameHandler, serveFrames } from '../../shared/platform/grpc/serve-frames.ts';
import { encodeBatchError, toMeshError } from '../../shared/platform/grpc/status.ts';
import type { Caller, InferOutcome } from '../core/infer-job.ts';
import type { InferLane } from '../core/infer-lane.ts';
import type { InferScheduler } from '../core/infer-scheduler.ts';
import type { StatisticsBook } from '../core/servable-statistics.ts';
import type { InferMeter } from './infer-meter.ts';
import { checkBatch, priorityOf } from './parse-batch.ts';
import { ReplyGatherer } from './reply-gatherer.ts';
import type { RowTracer } from './row-tracer.ts';

/** What the handler needs. */
export interface InferHandlerParts {
  readonly clock: Clock;
  readonly scheduler: InferScheduler;
  /** @throws {MeshError} where the version is not hosted or not ready. */
  readonly laneOf: (model: string, version: number) => InferLane;
  readonly tracer: RowTracer;
  readonly meter: InferMeter;
  readonly statistics: StatisticsBook;
}

const float32Bytes = 4;
// The limit of the contract.
const batchesMax = 64;

/** Gives the handler of `Infer`. Each batch is answered by itself; what is wrong with one does not concern the others. */
export function inferHandler(
  parts: InferHandlerParts,
): FrameHandler<InferRequest__Output, InferResponse> {
  // One a stream: answers to batches of different frames may share a frame too.
  const gatherers = new WeakMap<object, ReplyGatherer>();
  return serveFrames((frame, call, reply) => {
    if (frame.batches.length > batchesMax) throw tooManyBatches(frame.batches.length);
    const gatherer = gatherers.get(call) ?? new ReplyGatherer(reply);
    gatherers.set(call, gatherer);
    return new Promise<void>((resolve) => {
      let unanswered = frame.batches.length;
      if (unanswered === 0) resolve();
      for (const batch of frame.batches) {
        submitBatch(parts, { batch, caller: call }, (answer) => {
          gatherer.add(answer);
          unanswered -= 1;
          if (unanswered === 0) resolve();
        });
      }
    });
  });
}

function submitBatch(
  parts: InferHandlerParts,
  { batch, caller }: { readonly batch: InferBatch__Output; readonly caller: Caller },
  onAnswer: (answer: InferBatchReply) => void,
): void {
  const { clock, scheduler, tracer, meter, statistics } = parts;
  const arrivedAt = clock.monotonic();
  const priority = priorityOf(batch);
  let lane: InferLane | undefined;
  const settle = (outcome: InferOutcome) => {
    tracer.trace(batch, outcome, arrivedAt);
    meter.measure(batch.rows, priority, outcome);
    onAnswer({ batchId: batch.batchId, ...resultOf(outcome, batch.rows) });
    if (lane === undefined) return;
    statistics.of(lane.id).add({
      rows: batch.rows,
      outcome,
      totalMs: clock.monotonic() - arrivedAt,
      // The bytes of a frame are the tensor, both ways.
      inputMs: 0,
      outputMs: 0,
      endedAt: clock.epoch(),
    });
  };
  try {
    lane = parts.laneOf(batch.model, batch.version);
    checkBatch(batch, lane.spec);
    scheduler.submit(lane, {
      rows: batch.rows,
      inputs: [featuresOf(batch)],
      priority,
      deadline: monotonicMs(arrivedAt + batch.budgetMs),
      caller,
      onSettled: settle,
    });
  } catch (thrown) {
    settle({ kind: 'failed', error: toMeshError(thrown) });
  }
}

function resultOf(outcome: InferOutcome, rows: number): Pick<InferBatchReply, 'rows' | 'error'> {
  switch (outcome.kind) {
    case 'rows': {
      const { outputs, queuedAt, call } = outcome;
      return {
        rows: {
          // A row model has one output.
          outputs: bufferOf(outputs[0]),
          queueMs: call.startedAt - queuedAt,
          computeMs: call.endedAt - call.startedAt,
          backend: call.backend,
          rows,
        },
      };
    }
    case 'failed':
      return { error: encodeBatchError(outcome.error) };
  }
}

function featuresOf({ rows, features }: InferBatch__Output): Tensor {
  return {
    dataType: 'FP32',
    shape: [rows, features.length / rows / float32Bytes],
    bytes: features,
  };
}

function bufferOf(tensor: Tensor | undefined): Buffer {
  const bytes = tensor?.bytes ?? new Uint8Array();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function tooManyBatches(count: number): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_FIELD',
    message: `batches: wanted at most ${batchesMax} in a frame, got ${count}`,
    violations: [{ field: 'batches', description: `wanted at most ${batchesMax}, got ${count}` }],
  });
}
