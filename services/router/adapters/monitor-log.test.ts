import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../../test/support/eventually.ts';
import { epochMs } from '../../shared/kernel/units.ts';
import { implementPartly } from '../../shared/platform/grpc/implement.ts';
import { serveFrames } from '../../shared/platform/grpc/serve-frames.ts';
import { createServer } from '../../shared/platform/grpc/server.ts';
import { systemClock as clock } from '../../shared/platform/process/system-clock.ts';
import type { PredictionRecord } from '../ports.ts';
import { MonitorLog } from './monitor-log.ts';

const record = (predictionId: string): PredictionRecord => ({
  predictionId,
  model: 'm',
  tier: 'MODEL',
  version: 2,
  role: 'PRODUCTION',
  score: 0.25,
  keys: ['ORD'],
  featureSetHash: 'h',
  atMs: epochMs(5),
  features: { values: Float64Array.of(0.1), statuses: Uint8Array.of(1), logOffset: 7 },
  requestValues: Float64Array.of(9),
  latencyMs: 1,
  skippedReason: '',
  traceId: '',
  shadowVersions: [3],
  assignedVersion: 2,
  modelMs: 0.5,
  modelBudgetMs: 40,
});

/** A monitor that keeps what it is told, and acknowledges it after `ackMs`. */
function monitorAt(address: string, ackMs = 0) {
  const told: string[] = [];
  const values: Buffer[] = [];
  const server = createServer({
    name: 'monitor',
    address,
    clock,
    services: [
      implementPartly('mlmesh.monitor.v1.MonitorService', {
        logPredictions: serveFrames(
          async ({ batchId, predictions, shadowAnswers }, _call, reply) => {
            await new Promise((resolve) => setTimeout(resolve, ackMs));
            for (const prediction of predictions) {
              told.push(prediction.predictionId);
              values.push(prediction.values);
            }
            for (const shadow of shadowAnswers)
              told.push(`${shadow.predictionId}/${shadow.version}`);
            reply({ batchId });
          },
        ),
      }),
    ],
  });
  return { server, told, values };
}

async function unusedAddress(): Promise<string> {
  const { server } = monitorAt('127.0.0.1:0');
  await server.start();
  const { address } = server;
  await server.stop(0);
  return address;
}

describe('MonitorLog', () => {
  it('keeps records while the monitor is away, and tells each once when it comes', async () => {
    const address = await unusedAddress();
    const log = new MonitorLog([address], clock);
    for (let index = 0; index < 3_000; index += 1) log.prediction(record(`p${index}`));
    log.shadow({ predictionId: 'p0', version: 3, result: { score: 0.5 }, latencyMs: 1 });
    assert.equal(log.pending, 3_001);
    const { server, told, values } = monitorAt(address);
    await server.start();
    await eventually('all is acknowledged', () => log.pending === 0);
    assert.equal(told.length, 3_001);
    assert.equal(new Set(told).size, 3_001);
    assert.deepEqual(values[0], Buffer.from(Float64Array.of(0.1).buffer));
    log.close();
    await server.stop(1_000);
  });

  it('waits in a drain until all is acknowledged, and no longer than it may', async () => {
    const { server, told } = monitorAt('127.0.0.1:0', 50);
    await server.start();
    const log = new MonitorLog([server.address], clock);
    log.prediction(record('a'));
    await log.drain(5_000);
    assert.deepEqual(told, ['a']);
    await server.stop(1_000);
    log.prediction(record('b'));
    const startedAt = clock.monotonic();
    await log.drain(60);
    assert.ok(clock.monotonic() - startedAt < 2_000);
    assert.equal(log.pending, 1);
    log.close();
  });

  it('fills pages while the monitor hangs, rather than one for each moment', async () => {
    const { server } = monitorAt('127.0.0.1:0', 4_000);
    await server.start();
    const log = new MonitorLog([server.address], clock);
    const before = process.memoryUsage().arrayBuffers;
    for (let index = 0; index < 60; index += 1) {
      log.prediction(record(`p${index}`));
      await delay(25);
    }
    const grownMib = (process.memoryUsage().arrayBuffers - before) / 1_048_576;
    assert.equal(log.pending, 60);
    assert.ok(grownMib < 2, `${grownMib} MiB for 60 records`);
    log.close();
    await server.stop(0);
  });

  it('drops and counts what does not fit', async () => {
    const log = new MonitorLog([await unusedAddress()], clock);
    for (let index = 0; index < 65_540; index += 1) log.prediction(record(`p${index}`));
    assert.equal(log.dropped, 4);
    log.close();
  });
});
