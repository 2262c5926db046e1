import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Channel } from '@grpc/grpc-js';
import { eventually } from '../../../../test/support/eventually.ts';
import { doublingCodec } from '../../../../test/support/gated-server.ts';
import { monotonicMs } from '../../kernel/units.ts';
import { systemClock } from '../process/system-clock.ts';
import { connectFrames } from './frame-stream.ts';
import { implementPartly } from './implement.ts';
import { serveFrames } from './serve-frames.ts';
import { createServer } from './server.ts';

it('watches a connection once, however often its stream opens again on it', async (t) => {
  const watch = t.mock.method(Channel.prototype, 'watchConnectivityState');
  const server = createServer({
    name: 'prediction',
    address: '127.0.0.1:0',
    clock: systemClock,
    services: [
      implementPartly('mlmesh.prediction.v1.PredictionService', {
        // Ends the stream, and not its connection.
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
    const endless = watch.mock.calls.filter(
      ({ arguments: [, until] }) => until === Number.POSITIVE_INFINITY,
    );
    assert.equal(endless.length, 1);
    // And it still tells when the connection ends.
    await server.stop(100);
    await eventually('nothing is taken', () => !stream.isOpen);
  } finally {
    stream.close();
    await server.stop(100);
  }
});
