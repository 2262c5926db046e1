import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KnownRequests } from './known-requests.ts';
import type { Answered } from './router.ts';

function counted() {
  let asked = 0;
  const answer = () => {
    asked += 1;
    // The answers are told apart by their time alone.
    return Promise.resolve({ atMs: asked } as Answered);
  };
  return { answer, asked: () => asked };
}

describe('KnownRequests', () => {
  it('answers a retry as the first time', async () => {
    const requests = new KnownRequests();
    const { answer, asked } = counted();
    const first = await requests.once('a', answer);
    assert.equal(await requests.once('a', answer), first);
    assert.notEqual(await requests.once('b', answer), first);
    assert.equal(asked(), 2);
  });
  it('takes requests without a name for different ones', async () => {
    const requests = new KnownRequests();
    const { answer, asked } = counted();
    await requests.once('', answer);
    await requests.once('', answer);
    assert.equal(asked(), 2);
  });
  it('does not remember an error: whoever was refused is answered the next time', async () => {
    const requests = new KnownRequests();
    const { answer } = counted();
    await assert.rejects(requests.once('a', () => Promise.reject(new Error('refused'))));
    assert.equal((await requests.once('a', answer)).atMs, 1);
  });
  it('forgets the oldest when it is full', async () => {
    const requests = new KnownRequests();
    const { answer, asked } = counted();
    for (let index = 0; index <= 16_384; index += 1) await requests.once(`r${index}`, answer);
    await requests.once('r16384', answer);
    assert.equal(asked(), 16_385);
    await requests.once('r0', answer);
    assert.equal(asked(), 16_386);
  });
});
