import type { InferBatchStatistics } from '../../gen/inference/InferBatchStatistics.ts';
import type { ModelStatistics } from '../../gen/inference/ModelStatistics.ts';
import type { StatisticDuration } from '../../gen/inference/StatisticDuration.ts';
import { type ServableSpec, servableId } from '../core/servable-spec.ts';
import type {
  BatchCounts,
  ServableStatistics,
  StatisticsBook,
  TimedCount,
} from '../core/servable-statistics.ts';

const nanosPerMs = 1e6;

/** Gives what one version has done since the process began. */
export function modelStatistics(
  of: Pick<ServableSpec, 'model' | 'version'>,
  memoryBytes: number,
  book: StatisticsBook,
): ModelStatistics {
  const found = book.of(servableId(of));
  const batches = [...found.batches].sort(([left], [right]) => left - right);
  return {
    name: of.model,
    version: String(of.version),
    lastInference: Math.round(found.lastAt ?? 0),
    inferenceCount: found.inferences,
    executionCount: found.executions,
    inferenceStats: inferStatistics(found),
    batchStats: batches.map(([rows, counts]) => batchStatistics(rows, counts)),
    memoryUsage: memoryBytes === 0 ? [] : [{ type: 'CPU', id: 0, byteSize: memoryBytes }],
  };
}

function inferStatistics(found: ServableStatistics) {
  const never = { count: 0, ns: 0 };
  return {
    success: duration(found.success),
    fail: duration(found.fail),
    queue: duration(found.queue),
    computeInput: duration(found.computeInput),
    computeInfer: duration(found.computeInfer),
    computeOutput: duration(found.computeOutput),
    // Nothing is cached.
    cacheHit: never,
    cacheMiss: never,
  };
}

function batchStatistics(batchSize: number, counts: BatchCounts): InferBatchStatistics {
  return {
    batchSize,
    computeInput: duration(counts.computeInput),
    computeInfer: duration(counts.computeInfer),
    computeOutput: duration(counts.computeOutput),
  };
}

function duration({ count, ms }: TimedCount): StatisticDuration {
  return { count, ns: Math.round(ms * nanosPerMs) };
}
