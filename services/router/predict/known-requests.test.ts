import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
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

const clock = new ManualClock();
const named = (requestId: string, asked = 'ORD to LAX') => ({
  requestId,
  fingerprint: () => asked,
});

describe('KnownRequests', () => {
  it('answers a retry as the first time', async () => {
    const requests = new KnownRequests(clock);
    const { answer, asked } = counted();
    const first = await requests.once(named('a'), answer);
    assert.equal(await requests.once(named('a'), answer), first);
    assert.notEqual(await requests.once(named('b'), answer), first);
    assert.equal(asked(), 2);
  });
  it('takes requests without a name for different ones', async () => {
    const requests = new KnownRequests(clock);
    const { answer, asked } = counted();
    await requests.once(named(''), answer);
    await requests.once(named(''), answer);
    assert.equal(asked(), 2);
  });
  it('does not remember an error: whoever was refused is answered the next time', async () => {
    const requests = new KnownRequests(clock);
    const { answer } = counted();
    await assert.rejects(requests.once(named('a'), () => Promise.reject(new Error('refused'))));
    assert.equal((await requests.once(named('a'), answer)).atMs, 1);
  });
  it('forgets the oldest when it is full', async () => {
    const requests = new KnownRequests(clock);
    const { answer, asked } = counted();
    for (let index = 0; index <= 16_384; index += 1)
      await requests.once(named(`r${index}`), answer);
    await requests.once(named('r16384'), answer);
    assert.equal(asked(), 16_385);
    await requests.once(named('r0'), answer);
    assert.equal(asked(), 16_386);
  });
  it('refuses another request under the same name', async () => {
    const requests = new KnownRequests(clock);
    const { answer, asked } = counted();
    await requests.once(named('a'), answer);
    assert.throws(() => requests.once(named('a', 'ORD to BOS'), answer), {
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_FIELD',
      message: /request_id: wanted a name/,
    });
    assert.equal(asked(), 1);
  });
  it('forgets a request after 30 s', async () => {
    const own = new ManualClock();
    const requests = new KnownRequests(own);
    const { answer, asked } = counted();
    await requests.once(named('a'), answer);
    await own.advance(29_999);
    await requests.once(named('a'), answer);
    assert.equal(asked(), 1);
    await own.advance(1);
    await requests.once(named('a', 'ORD to BOS'), answer);
    assert.equal(asked(), 2);
  });
  it('makes no fingerprint of a request without a name', async () => {
    const unasked = { requestId: '', fingerprint: () => assert.fail('it was asked for') };
    await new KnownRequests(clock).once(unasked, counted().answer);
  });
});
