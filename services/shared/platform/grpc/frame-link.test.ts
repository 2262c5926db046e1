import assert from 'node:assert/strict';
import { it } from 'node:test';
import { eventually } from '../../../../test/support/eventually.ts';
import { doublingCodec } from '../../../../test/support/gated-server.ts';
import { monotonicMs } from '../../kernel/units.ts';
import { systemClock } from '../process/system-clock.ts';
import { connectFrames } from './frame-stream.ts';
import { implementPartly } from './implement.ts';
import { serveFrames } from './serve-frames.ts';
import { createServer } from './server.ts';

it('opens again however often its stream breaks, and tells when the peer is gone', async () => {
  const server = createServer({
    name: 'prediction',
    address: '127.0.0.1:0',
    clock: systemClock,
    services: [
      implementPartly('mlmesh.prediction.v1.PredictionService', {
        infer: serveFrames(() => Promise.reject(new Error('planned failure'))),
      }),
    ],
  });
  await server.start();
  const stream = connectFrames('mlmesh.prediction.v1.PredictionService', 'infer', {
    addresses: [server.address],
    codec: doublingCodec,
    clock: systemClock,
  });
  try {
    for (let breaks = 1; breaks <= 5; breaks += 1) {
      await eventually('the stream is open', () => stream.isOpen);
      const deadline = monotonicMs(systemClock.monotonic() + 2_000);
      await assert.rejects(stream.request({ model: 'm', value: 1 }, { deadline }));
      await eventually('it broke', () => stream.stats()[0]?.breaks === breaks);
    }
    await eventually('the stream is open', () => stream.isOpen);
    await server.stop(100);
    await eventually('nothing is taken', () => !stream.isOpen);
  } finally {
    stream.close();
    await server.stop(100);
  }
});
