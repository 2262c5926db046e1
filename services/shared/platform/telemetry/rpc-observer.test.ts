import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../../kernel/mesh-error.ts';
import type { TraceContext } from '../../kernel/trace-context.ts';
import { durationMs, epochMs, monotonicMs } from '../../kernel/units.ts';
import { eventLogger } from './event-logger.ts';
import { RecordingMetrics } from './recording-metrics.ts';
import { RecordingSpans } from './recording-spans.ts';
import { rpcObserver } from './rpc-observer.ts';
import { SpanClock } from './span-clock.ts';
import { SpanIds } from './span-ids.ts';

const method = 'mlmesh.feature.v1.FeatureService/GetOnlineFeatures';
const parent: TraceContext = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), isSampled: true };

function arrange() {
  let now = 10;
  const clock = {
    monotonic: () => monotonicMs(now),
    epoch: () => epochMs(0),
    sleep: () => Promise.resolve(),
  };
  const spans = new RecordingSpans();
  const metrics = new RecordingMetrics();
  const lines: string[] = [];
  const telemetry = {
    spans,
    metrics,
    ids: new SpanIds(),
    spanClock: new SpanClock(1_000),
    log: eventLogger({
      service: 'test',
      format: 'json',
      levelMin: 'info',
      write: (line) => void lines.push(line),
      epochMs: () => 0,
      otel: undefined,
    }),
  };
  const observer = rpcObserver(telemetry, clock);
  const start = (trace: TraceContext | undefined, name = method) =>
    observer.start({
      method: name,
      deadline: monotonicMs(1_000),
      signal: new AbortController().signal,
      trace,
      peer: 'test',
      isCancelled: false,
      identity: undefined,
      header: () => undefined,
    });
  return { observer, lines, spans, metrics, start, pass: (ms: number) => (now += durationMs(ms)) };
}

describe('rpcObserver', () => {
  it('makes a server span under a sampled caller and hands on its id', () => {
    const { spans, start, pass } = arrange();
    const observed = start(parent);
    pass(5);
    observed?.end(undefined);
    const [span] = spans.named(method);
    assert.equal(span?.parentSpanId, parent.spanId);
    assert.equal(span?.spanId, observed?.trace?.spanId);
    assert.equal(span?.startEpochMs, 1_010);
    assert.equal(span?.endEpochMs, 1_015);
  });

  it('makes no span where the caller is not sampled or not traced', () => {
    const { spans, start } = arrange();
    start(undefined)?.end(undefined);
    start({ ...parent, isSampled: false })?.end(undefined);
    assert.deepEqual(spans.spans, []);
  });

  it('measures every call by method and code', () => {
    const { metrics, start, pass } = arrange();
    const observed = start(undefined);
    pass(2.5);
    observed?.end(undefined);
    assert.deepEqual(metrics.valuesOf('mesh.rpc.server.duration', { method, code: 'OK' }), [2.5]);
  });

  it('counts failures by reason', () => {
    const { metrics, start } = arrange();
    const error = new MeshError({ code: 'NOT_FOUND', reason: 'MODEL_UNKNOWN', message: 'no such' });
    start(undefined)?.end(error);
    assert.equal(metrics.countOf('mesh.rpc.server.errors', { method, reason: 'MODEL_UNKNOWN' }), 1);
  });

  it('leaves calls alone that carry telemetry', () => {
    const { start } = arrange();
    const name = 'opentelemetry.proto.collector.trace.v1.TraceService/Export';
    assert.equal(start(parent, name), undefined);
  });

  it('logs and counts each call that was denied', () => {
    const { observer, lines, metrics } = arrange();
    const error = new MeshError({
      code: 'PERMISSION_DENIED',
      reason: 'ROLE_MISSING',
      message: 'not for you',
    });
    observer.denied?.({ method, plane: 'data', who: 'certificate:ada', error });
    const labels = { method, plane: 'data', reason: 'ROLE_MISSING' };
    assert.equal(metrics.countOf('mesh.rpc.server.denied', labels), 1);
    assert.match(lines.join(''), /call-denied.*certificate:ada.*ROLE_MISSING/);
  });
});
