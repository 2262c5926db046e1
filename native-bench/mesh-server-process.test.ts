import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { ChildPeer } from '../loadtest/load/child-peer.ts';
import { connectService } from '../services/shared/platform/grpc/client.ts';
import { systemClock } from '../services/shared/platform/process/system-clock.ts';
import type { MeshServerOrder } from './mesh-server.ts';
import { inferMethod, probabilities, rowsRequest } from './v2-messages.ts';

describe('the server that a benchmark asks', () => {
  const server = new ChildPeer(new URL('./mesh-server.js', import.meta.url));
  after(() => server[Symbol.dispose]());

  it('answers the tensors that it was told of, byte by byte', async () => {
    const answer = probabilities('m', 3);
    const order: MeshServerOrder = { answer };
    const started = await server.ask(order, AbortSignal.timeout(30_000));
    assert.ok(typeof started === 'object' && started !== null && 'address' in started);
    const client = connectService(inferMethod.service, [String(started.address)], {
      clock: systemClock,
    });
    const { rawOutputContents } = await client.modelInfer(rowsRequest('m', 3, 2));
    assert.deepEqual(rawOutputContents, answer.rawOutputContents);
    client.close();
  });
});
