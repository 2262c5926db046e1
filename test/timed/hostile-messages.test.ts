import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { connectService } from '../../services/shared/platform/grpc/client.ts';
import type { ServiceName } from '../../services/shared/platform/process/service-name.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { callRaw } from '../support/raw-grpc.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';
import { deeplyNested, nestedFields, repeated, wireField } from '../support/wire-bytes.ts';

/** Longest time for which a service may answer nobody. On a machine that does nothing else it is some 0.05 s, most of it to receive the message. */
const silentMsMax = 1_000;

/** A little less than the services take. */
const bytesMax = 15 * 2 ** 20;

/** As many empty fields as fit, each two bytes that the codec would make an object of. */
const empties = (field: number, room = bytesMax) => repeated(wireField(field), room);

const otlp = (signal: string) => `/opentelemetry.proto.collector.${signal}/Export`;

const hostile: readonly {
  readonly what: string;
  readonly service: ServiceName;
  readonly path: string;
  readonly message: () => Buffer;
  readonly reason?: string;
}[] = [
  {
    what: 'batches of rows',
    service: 'prediction',
    path: '/mlmesh.prediction.v1.PredictionService/Infer',
    message: () => empties(1),
  },
  {
    what: 'inputs of the inference protocol',
    service: 'prediction',
    path: '/inference.GRPCInferenceService/ModelInfer',
    message: () => empties(5),
    reason: 'INVALID_FIELD',
  },
  {
    what: 'parameters of a load',
    service: 'prediction',
    path: '/inference.GRPCInferenceService/RepositoryModelLoad',
    message: () => empties(3),
  },
  {
    what: 'batches of queries',
    service: 'feature',
    path: '/mlmesh.feature.v1.FeatureService/StreamOnlineFeatures',
    message: () => empties(1),
  },
  {
    what: 'keys of a query',
    service: 'feature',
    path: '/mlmesh.feature.v1.FeatureService/GetOnlineFeatures',
    message: () => nestedFields([1], empties(3)),
  },
  {
    what: 'columns of events',
    service: 'feature',
    path: '/mlmesh.feature.v1.FeatureService/Ingest',
    message: () => empties(5),
  },
  {
    what: 'predictions to log',
    service: 'monitor',
    path: '/mlmesh.monitor.v1.MonitorService/LogPredictions',
    message: () => empties(2),
  },
  {
    what: 'outcomes',
    service: 'monitor',
    path: '/mlmesh.monitor.v1.MonitorService/RecordOutcomes',
    message: () => empties(1),
  },
  {
    what: 'spans',
    service: 'monitor',
    path: otlp('trace.v1.TraceService'),
    message: () => nestedFields([1, 2], empties(2)),
  },
  {
    what: 'points of a metric',
    service: 'monitor',
    path: otlp('metrics.v1.MetricsService'),
    message: () => nestedFields([1, 2, 2, 5], empties(1)),
  },
  {
    what: 'log records',
    service: 'monitor',
    path: otlp('logs.v1.LogsService'),
    message: () => nestedFields([1, 2], empties(2)),
  },
  {
    what: 'lists in lists, a million deep, in an attribute of a span',
    service: 'monitor',
    path: otlp('trace.v1.TraceService'),
    message: () => nestedFields([1, 1, 1, 2], deeplyNested([5, 1], 1_000_000)),
    reason: 'INVALID_FIELD',
  },
  {
    what: 'figures of evidence',
    service: 'registry',
    path: '/mlmesh.registry.v1.RegistryService/AttachEvidence',
    message: () => nestedFields([1], empties(6, 3 * 2 ** 20)), // this service takes 4 MiB
  },
  {
    what: 'metrics of a provenance',
    service: 'registry',
    path: '/mlmesh.registry.v1.RegistryService/RegisterVersion',
    message: () => nestedFields([1, 2], empties(10, 3 * 2 ** 20)),
  },
  {
    what: 'entities',
    service: 'router',
    path: '/mlmesh.router.v1.RouterService/Predict',
    message: () => empties(2),
  },
  {
    what: 'request features of a stream',
    service: 'router',
    path: '/mlmesh.router.v1.RouterService/PredictStream',
    message: () => nestedFields([2], empties(3)),
  },
];

/** Asks a service for its health again and again, and gives the longest that it let wait while `work` ran. */
async function longestSilence(address: string, work: () => Promise<unknown>): Promise<number> {
  const client = connectService('grpc.health.v1.Health', [address], { clock: systemClock });
  let isOver = false;
  let longestMs = 0;
  const asking = (async () => {
    while (!isOver) {
      const askedMs = performance.now();
      await client.check({ service: '' });
      longestMs = Math.max(longestMs, performance.now() - askedMs);
    }
  })();
  try {
    await work();
  } finally {
    isOver = true;
    await asking;
    client.close();
  }
  return longestMs;
}

describe('a message of megabytes that is made of nothing', () => {
  let mesh: SmallFlights;
  before(async () => {
    mesh = await startSmallFlights({ clock: 'real' });
  });
  after(() => mesh[Symbol.asyncDispose]());

  for (const { what, service, path, message, reason = 'MESSAGE_TOO_LARGE' } of hostile) {
    it(`${what}: the ${service} service refuses it and goes on answering`, async (context) => {
      const bytes = message();
      const address = mesh.addresses[service];
      const silentMs = await longestSilence(address, async () => {
        const outcome = await callRaw(address, path, bytes);
        assert.equal(outcome.reason, reason, outcome.message);
      });
      context.diagnostic(`${bytes.length} bytes, silent for ${silentMs.toFixed(0)} ms at most`);
      assert.ok(silentMs < silentMsMax, `${silentMs} ms`);
    });
  }
});
