import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serveInOrder } from './serve-in-order.ts';
import type { ServerCall } from './server-call.ts';

describe('serveInOrder', () => {
  it('keeps the order of the requests of a stream, and holds no other stream up', async () => {
    const waiting = new Map<string, () => void>();
    const handler = serveInOrder(
      (request: string) =>
        new Promise<string>((resolve) => {
          waiting.set(request, () => resolve(request.toUpperCase()));
        }),
      8,
    );
    const sent: string[] = [];
    const reply = (text: string) => void sent.push(text);
    const [one, two] = [{}, {}] as unknown as readonly [ServerCall, ServerCall];
    const done = [
      handler.onFrame('a', one, reply),
      handler.onFrame('b', one, reply),
      handler.onFrame('c', two, reply),
    ];
    assert.deepEqual([...waiting.keys()], ['a', 'b', 'c'], 'they run side by side');
    waiting.get('b')?.();
    waiting.get('c')?.();
    await done[2];
    assert.deepEqual(sent, ['C']);
    waiting.get('a')?.();
    await Promise.all(done);
    assert.deepEqual(sent, ['C', 'A', 'B']);
  });
});
