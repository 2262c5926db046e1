import assert from 'node:assert/strict';
import { it } from 'node:test';
import { eventually } from '../../../test/support/eventually.ts';
import { freePort } from '../../../test/support/free-port.ts';
import { InferenceProcess } from '../../../test/support/inference-process.ts';
import { durationMs, epochMs, monotonicMs } from '../../shared/kernel/units.ts';
import { implementPartly } from '../../shared/platform/grpc/implement.ts';
import { serveFrames } from '../../shared/platform/grpc/serve-frames.ts';
import { createServer } from '../../shared/platform/grpc/server.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import type { FeatureStream } from './feature-stream.ts';
import { connectPeers } from './peers.ts';

/** Gives how many ms a read of a feature set took. */
function read(stream: FeatureStream, featureSetHash: string): Promise<number> {
  const startedAt = systemClock.monotonic();
  return new Promise((resolve, reject) => {
    stream.read(
      {
        featureSetHash,
        keys: ['ORD'],
        atMs: epochMs(0),
        trace: undefined,
        deadline: monotonicMs(startedAt + 10_000),
      },
      { onAnswer: () => resolve(systemClock.monotonic() - startedAt), onFailure: reject },
    );
  });
}

it("reads the features of shadows over a stream of their own, so that they never wait before production's", async () => {
  let hold = new Promise<void>(() => {});
  let framesHeld = 0;
  const server = createServer({
    name: 'feature',
    address: '127.0.0.1:0',
    clock: systemClock,
    services: [
      implementPartly('mlmesh.feature.v1.FeatureService', {
        streamOnlineFeatures: serveFrames(async ({ batches }, _call, reply) => {
          if (batches.some(({ query }) => query?.featureSetHash === 'shadow')) {
            framesHeld += 1;
            await hold;
          }
          const rows = { values: Buffer.alloc(8), statuses: Buffer.alloc(1), rows: 1 };
          reply({ batches: batches.map(({ batchId }) => ({ batchId, rows })) });
        }),
      }),
    ],
  });
  await server.start();
  let release = () => {};
  hold = new Promise((resolve) => {
    release = resolve;
  });
  const nobody = [`127.0.0.1:${await freePort()}`] as const;
  const peers = connectPeers(
    {
      feature: [server.address],
      prediction: nobody,
      monitor: nobody,
      registry: nobody,
      router: nobody,
    },
    {},
    systemClock,
  );
  try {
    await eventually(
      'both streams are open',
      () => peers.features.isOpen && peers.shadowFeatures.isOpen,
    );
    const shadows: Promise<number>[] = [];
    for (let frames = 1; frames <= 2; frames += 1) {
      shadows.push(read(peers.shadowFeatures, 'shadow'));
      await eventually('it is under way', () => framesHeld === frames);
    }
    const tookMs = await read(peers.features, 'production');
    assert.ok(tookMs < 2_000, `${tookMs} ms`);
    release();
    await Promise.all(shadows);
  } finally {
    release();
    await peers.stop(100);
    await server.stop(100);
  }
});

it('asks another prediction service for inference while one hangs', async () => {
  using hung = await InferenceProcess.start();
  using well = await InferenceProcess.start();
  const nobody = [`127.0.0.1:${await freePort()}`] as const;
  const peers = connectPeers(
    {
      feature: nobody,
      prediction: [hung.address, well.address],
      monitor: nobody,
      registry: nobody,
      router: nobody,
    },
    {},
    systemClock,
  );
  const timeoutMs = durationMs(400);
  try {
    for (let call = 0; call < 20; call += 1) await peers.prediction.serverReady({});
    hung.hang();
    let slow = 0;
    let slowAtLast = 0;
    for (let call = 0; call < 60; call += 1) {
      const startedAt = systemClock.monotonic();
      await peers.prediction.modelInfer({ modelName: 'm' }, { timeoutMs });
      const isSlow = systemClock.monotonic() - startedAt >= timeoutMs / 2 - 5;
      if (isSlow) slow += 1;
      if (isSlow && call >= 40) slowAtLast += 1;
    }
    assert.ok(slow >= 1, 'the one that hangs was asked');
    assert.equal(slowAtLast, 0);
  } finally {
    await peers.stop(100);
  }
});
