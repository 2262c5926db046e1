import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { connectService } from '../../shared/platform/grpc/client.ts';
import { createServer, type MeshServer } from '../../shared/platform/grpc/server.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { startTelemetry, type Telemetry } from '../../shared/platform/telemetry/start-telemetry.ts';
import { ServiceWatch } from '../core/service-watch.ts';
import { TraceStore } from '../core/trace-store.ts';
import { otlpSink } from './otlp-sink.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const traceService = 'opentelemetry.proto.collector.trace.v1.TraceService';

describe('otlpSink', () => {
  const traces = new TraceStore({ tracesMax: 10, spansPerTraceMax: 10 });
  const watch = new ServiceWatch(60_000);
  let server: MeshServer;
  let telemetry: Telemetry;

  before(async () => {
    server = createServer({
      name: 'monitor',
      address: '127.0.0.1:0',
      clock: systemClock,
      services: otlpSink({ traces, watch, clock: systemClock }),
    });
    await server.start();
    telemetry = startTelemetry({
      serviceName: 'router',
      instanceId: 'a',
      serviceVersion: '0.0.0',
      endpoint: `http://${server.address}`,
    });
  });

  after(async () => {
    await telemetry.stop(1_000);
    await server.stop(1_000);
  });

  it('keeps what the telemetry of a service sends, to a fraction of a microsecond', async () => {
    telemetry.spans.record({
      traceId,
      spanId,
      parentSpanId: '00f067aa0ba902b7',
      name: 'infer',
      startEpochMs: 1_700_000_000_000.125,
      endEpochMs: 1_700_000_000_001.375,
      attributes: { 'model.version': 2, tier: 'model' },
      links: [{ traceId: '1'.repeat(32), spanId: '2'.repeat(16) }],
      error: 'late',
      threadId: 4,
    });
    await telemetry.flush();
    assert.deepEqual(traces.spansOf(traceId), [
      {
        traceId,
        spanId,
        parentSpanId: '00f067aa0ba902b7',
        name: 'infer',
        service: 'router',
        processId: process.pid,
        threadId: 4,
        startMs: 1_700_000_000_000.125,
        durationMs: 1.25,
        isError: true,
        attributes: {
          'thread.id': '4',
          'model.version': '2',
          tier: 'model',
          'status.message': 'late',
        },
        links: [{ traceId: '1'.repeat(32), spanId: '2'.repeat(16) }],
      },
    ]);
  });

  it('takes metrics and log records as a sign of life', async () => {
    const heard = new Promise<string>((resolve) => {
      watch.heard = (service) => resolve(service);
    });
    telemetry.log.warn('peer-lost', { peer: 'feature' });
    await telemetry.flush();
    assert.equal(await heard, 'router');
  });

  it('refuses spans without usable ids and says how many', async () => {
    const client = connectService(traceService, [server.address], { clock: systemClock });
    const spans = [{ traceId: Buffer.alloc(3), spanId: Buffer.alloc(8) }];
    const answer = await client.export({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
    assert.equal(answer.partialSuccess?.rejectedSpans, '1');
    client.close();
  });
});
