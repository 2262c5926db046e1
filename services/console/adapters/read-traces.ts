import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { TraceItem, TraceView } from '../core/trace-views.ts';
import type { ViewBase } from '../core/view-base.ts';
import { waterfallOf } from '../core/waterfall.ts';
import type { MeshClients } from './mesh-clients.ts';

/** Traces that a list shows. */
const tracesMax = 200;

/** Gives the newest traces, newest first. */
export async function readTraces(
  { monitor }: MeshClients,
  signal: AbortSignal,
): Promise<readonly TraceItem[]> {
  const { traces } = await monitor.listTraces({ tracesMax }, { signal });
  return traces.map(({ traceId, rootName, startMs, durationMs, spans, processes, threads }) => ({
    ...{ traceId, rootName, startMs, durationMs, spans, processes, threads },
  }));
}

/**
 * Gives a trace, by its id or that of a prediction.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD without an id; what the monitor says of one that it does not know
 */
export async function readTrace(
  { monitor }: MeshClients,
  id: string,
  signal: AbortSignal,
): Promise<Omit<TraceView, keyof ViewBase>> {
  if (id === '') throw idMissing();
  const key = /^[0-9a-f]{32}$/.test(id) ? { traceId: id } : { predictionId: id };
  const { spans } = await monitor.getTrace(key, { signal });
  const timed = spans.map(({ spanId, name, service, processId, threadId, ...span }) => ({
    ...{ spanId, name, service, processId, threadId },
    ...{ startMs: span.startMs, durationMs: span.durationMs, depth: span.depth },
    ...{ isLinked: span.isLinked, isError: span.isError, attributes: span.attributes },
  }));
  return { ...waterfallOf(timed), traceId: spans[0]?.traceId ?? id };
}

function idMissing(): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_FIELD',
    message: 'wanted the id of a trace or of a prediction, got none',
  });
}
