import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { receiveLimitsDefault, receiveWindowBytes, stockWindowBytes } from './receive-limits.ts';

const mib = 1024 * 1024;
const limits = { streamBytesMax: mib, connectionBytesMax: 8 * mib, frameBytesMax: 16_384 };

describe('receiveWindowBytes', () => {
  it('gives each call its most while all fit', () => {
    assert.equal(receiveWindowBytes(0, stockWindowBytes, limits), mib);
    assert.equal(receiveWindowBytes(4, stockWindowBytes, limits), mib);
    assert.equal(receiveWindowBytes(8, mib, limits), mib);
  });
  it('halves until all fit', () => {
    assert.equal(receiveWindowBytes(9, mib, limits), mib / 2);
    assert.equal(receiveWindowBytes(17, mib, limits), mib / 4);
  });
  it("never goes below HTTP/2's own window", () => {
    assert.equal(receiveWindowBytes(100_000, mib, limits), stockWindowBytes);
    const narrow = { ...limits, streamBytesMax: 1 };
    assert.equal(receiveWindowBytes(1, stockWindowBytes, narrow), stockWindowBytes);
  });
  it('grows again only where twice the calls would fit', () => {
    assert.equal(receiveWindowBytes(8, mib / 2, limits), mib / 2);
    assert.equal(receiveWindowBytes(5, mib / 2, limits), mib / 2);
    assert.equal(receiveWindowBytes(4, mib / 2, limits), mib);
  });
  it('stays within the limit of the connection, or at the least, whatever came before', () => {
    const before = fc.integer({ min: stockWindowBytes, max: 2 * mib });
    fc.assert(
      fc.property(fc.nat(10_000), before, (streams, current) => {
        const bytes = receiveWindowBytes(streams, current, receiveLimitsDefault);
        const isWithin = bytes * streams <= receiveLimitsDefault.connectionBytesMax;
        return isWithin || bytes === stockWindowBytes;
      }),
      { seed: 5 },
    );
  });
});
