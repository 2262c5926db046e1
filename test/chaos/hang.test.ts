import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { checkHealth } from '../../services/cli/rpc/check-health.ts';
import { eventually } from '../support/eventually.ts';
import { PredictionLoad } from '../support/small-flights/prediction-load.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

const isLong = Number(process.env['MLMESH_TEST_ROUNDS'] ?? 1) > 1;
const services = isLong
  ? (['prediction', 'feature', 'registry', 'monitor'] as const)
  : (['prediction'] as const);
/** Five probes, 2 s apart, that get no answer for 2 s each; then the process is killed and started again. */
const replacedMsMax = 40_000;
/** Half of the answers come within the model's budget of 50 ms and what the fallback takes. */
const medianMsMax = 100;

let mesh: SmallFlights;
let load: PredictionLoad;
before(async () => {
  mesh = await startSmallFlights();
  load = new PredictionLoad(mesh.client);
});
after(async () => {
  await load.stop();
  await mesh[Symbol.asyncDispose]();
});

const isServing = (address: string) =>
  checkHealth(address, new AbortController().signal).catch(() => false);
const median = (values: readonly number[]) =>
  [...values].sort((left, right) => left - right)[values.length >> 1] ?? Number.NaN;

describe('a service that hangs, under load', { concurrency: false }, () => {
  for (const service of services) {
    it(`is routed around and replaced: the ${service}`, async (t) => {
      const pid = mesh.process.pidOf(service);
      assert.ok(pid !== undefined);
      const stoppedMs = Date.now();
      process.kill(pid, 'SIGSTOP');
      await delay(3_000);
      const hanging = load.since(stoppedMs);
      const medianMs = median(hanging.map(({ tookMs }) => tookMs));
      const slowestMs = Math.max(...hanging.map(({ tookMs }) => tookMs));
      await eventually(
        `the ${service} has a new process`,
        async () => {
          const now = mesh.process.pidOf(service);
          return now !== undefined && now !== pid && (await isServing(mesh.addresses[service]));
        },
        replacedMsMax,
      );
      const replacedMs = Date.now() - stoppedMs;
      await eventually(
        'the model answers alone again',
        () => {
          const last = load.since(stoppedMs + replacedMs).slice(-20);
          return last.length === 20 && last.every(({ prediction }) => prediction.tier === 'model');
        },
        30_000,
      );
      t.diagnostic(
        `${hanging.length} answers while it hung, median ${medianMs} ms, slowest ${slowestMs} ms; replaced after ${replacedMs} ms`,
      );
      assert.ok(hanging.length > 50);
      assert.ok(medianMs < medianMsMax, `median ${medianMs} ms`);
      assert.deepEqual(load.failures, []);
    });
  }
});
