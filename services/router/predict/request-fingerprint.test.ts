import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AskedFor, requestFingerprint } from './request-fingerprint.ts';

const flight: AskedFor = {
  model: 'flight-delay',
  entities: { origin: 'ORD', destination: 'LAX' },
  requestFeatures: { distance: { number: 1_745 }, carrier: { text: 'UA' } },
  atMs: 0,
};

describe('requestFingerprint', () => {
  it('is that of the same request in another order', () => {
    const again = {
      ...flight,
      entities: { destination: 'LAX', origin: 'ORD' },
      requestFeatures: { carrier: { text: 'UA' }, distance: { number: 1_745 } },
    };
    assert.equal(requestFingerprint(again), requestFingerprint(flight));
  });
  it('differs when anything that is asked for does', () => {
    const features = (distance: object) => ({
      ...flight,
      requestFeatures: { ...flight.requestFeatures, distance },
    });
    const others: readonly AskedFor[] = [
      { ...flight, model: 'other' },
      { ...flight, atMs: 1 },
      { ...flight, entities: { origin: 'LAX', destination: 'ORD' } },
      { ...flight, entities: { origin: 'ORD' } },
      features({ number: 0 }),
      features({ number: -0 }),
      features({ number: Number.NaN }),
      features({ timeMs: 1_745 }),
      features({ text: '1745' }),
      features({ flag: true }),
      features({ flag: false }),
      features({}),
    ];
    const prints = new Set([flight, ...others].map(requestFingerprint));
    assert.equal(prints.size, others.length + 1);
  });
});
