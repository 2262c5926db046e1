import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freePort } from '../../../../test/support/free-port.ts';
import { startTelemetry } from './start-telemetry.ts';

const spec = <const L extends string>(name: string, labels: readonly L[]) =>
  ({ name: `mesh.test.${name}`, unit: 'ms', description: `what ${name} is`, labels }) as const;

async function scrape(work: (telemetry: ReturnType<typeof startTelemetry>) => void) {
  const port = await freePort();
  const telemetry = startTelemetry({
    ...{ serviceName: 'router', instanceId: 'a', serviceVersion: '0.0.0', endpoint: undefined },
    metricsAddress: `127.0.0.1:${port}`,
    dataDirectory: '.',
  });
  await telemetry.start(new AbortController().signal);
  work(telemetry);
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await response.text();
  await telemetry.stop(5_000);
  return text.split('\n');
}

describe('MetricStore', () => {
  it('gives Prometheus counters, histograms and what is read when it asks', async () => {
    const lines = await scrape(({ metrics }) => {
      const calls = metrics.counter(spec('calls', ['code']));
      calls.bind({ code: 'OK' }).add(2);
      calls.bind({ code: 'OK' }).add(1);
      calls.bind({ code: 'BAD' }).add(1);
      const histogram = metrics.histogram({ ...spec('took', []), boundaries: [1, 5] }).bind({});
      for (const value of [0.5, 1, 1.5, 5, 6, Number.NaN, Number.POSITIVE_INFINITY]) {
        histogram.record(value);
      }
      metrics.gauge(spec('level', []), () => 7);
      metrics.gauge(spec('unknown', []), () => Number.NaN);
      const samples = [{ labels: { model: 'a' }, value: 3 }];
      metrics.observe({ ...spec('seen', ['model']), kind: 'counter' }, () => samples);
      metrics.gauge(spec('gone', []), () => 1)[Symbol.dispose]();
    });
    for (const line of [
      'mesh_test_calls_total{code="OK"} 3',
      'mesh_test_calls_total{code="BAD"} 1',
      '# HELP mesh_test_took what took is',
      '# TYPE mesh_test_took histogram',
      'mesh_test_took_bucket{le="1"} 2',
      'mesh_test_took_bucket{le="5"} 4',
      'mesh_test_took_bucket{le="+Inf"} 5',
      'mesh_test_took_count 5',
      'mesh_test_took_sum 14',
      'mesh_test_level 7',
      'mesh_test_seen_total{model="a"} 3',
    ]) {
      assert.ok(lines.includes(line), `${line} in\n${lines.join('\n')}`);
    }
    assert.ok(!lines.some((line) => /unknown|gone/.test(line)));
    assert.ok(lines.some((line) => line.startsWith('mesh_process_disk_free ')));
  });

  it('refuses an address that others reach, and says which port is taken', async () => {
    const at = (metricsAddress: string) =>
      startTelemetry({
        ...{ serviceName: 'router', instanceId: 'a', serviceVersion: '0', endpoint: undefined },
        metricsAddress,
      });
    assert.throws(() => at('0.0.0.0:9000'), { reason: 'INVALID_CONFIG' });
    const address = `127.0.0.1:${await freePort()}`;
    const [first, second] = [at(address), at(address)];
    const { signal } = new AbortController();
    await first.start(signal);
    await assert.rejects(second.start(signal), { reason: 'PORT_TAKEN' });
    await first.stop(5_000);
    await second.stop(5_000);
  });
});
