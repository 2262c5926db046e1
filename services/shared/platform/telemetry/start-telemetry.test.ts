import { describe, it } from 'node:test';
import { startTelemetry } from './start-telemetry.ts';

const options = { serviceName: 'router', instanceId: 'a', serviceVersion: '0.0.0' };
const span = {
  traceId: '1'.repeat(32),
  spanId: '2'.repeat(16),
  name: 'predict',
  startEpochMs: 1,
  endEpochMs: 2,
};

describe('startTelemetry', () => {
  it('does not fail, wait or write when nobody listens at its endpoint', async () => {
    const telemetry = startTelemetry({ ...options, endpoint: 'http://127.0.0.1:1' });
    for (let count = 0; count < 20_000; count += 1) telemetry.spans.record(span); // over the queue's limit
    await telemetry.flush();
    await telemetry.stop(1_000);
  });

  it('takes everything and sends nothing without an endpoint', async () => {
    const telemetry = startTelemetry({ ...options, endpoint: undefined });
    telemetry.spans.record(span);
    telemetry.metrics
      .counter({ name: 'mesh.test.calls', unit: '{call}', description: 'calls', labels: [] })
      .bind({})
      .add(1);
    await telemetry.stop(0);
  });
});
