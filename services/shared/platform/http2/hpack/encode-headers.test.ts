import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { headerLimits } from '../header-blocks.ts';
import { encodeHeaders, tableOfNothing } from './encode-headers.ts';
import { HeaderDecoder } from './header-decoder.ts';

const hexOf = (...headers: readonly (readonly [string, string])[]): string =>
  encodeHeaders(headers).toString('hex');

describe('encodeHeaders', () => {
  it('writes a field that every peer knows in one byte', () => {
    assert.equal(hexOf([':status', '200'], [':status', '404']), '888d');
    assert.equal(hexOf(['accept-encoding', 'gzip, deflate']), '90');
  });

  it('writes a name that every peer knows as its index, and its value as text', () => {
    // RFC 7541, C.2.2: :path is 4.
    assert.equal(hexOf([':path', '/sample/path']), '040c2f73616d706c652f70617468');
    // :status is 8; 54 is server: 15, and 39 more.
    assert.equal(hexOf([':status', '302']), '0803333032');
    assert.equal(hexOf(['server', 'x']), '0f270178');
  });

  it('writes a name that no peer knows as text, and an empty value as one', () => {
    assert.equal(hexOf(['grpc-status', '0']), '000b677270632d7374617475730130');
    assert.equal(hexOf(['x', '']), '00017800');
    // The table has this name without a value: that is one of its own kind.
    assert.equal(hexOf(['server', '']), '0f2700');
  });

  it('writes lengths of more than a byte', () => {
    const lengthHex = (length: number): string =>
      hexOf(['x', 'y'.repeat(length)]).slice(6, -2 * length);
    assert.equal(lengthHex(126), '7e');
    assert.equal(lengthHex(127), '7f00');
    assert.equal(lengthHex(254), '7f7f');
    assert.equal(lengthHex(255), '7f8001');
    // RFC 7541, C.1.2, with seven bits: 1,337 is 127 and 1,210.
    assert.equal(lengthHex(1_337), '7fba09');
  });

  it('leaves the table of a peer as it is, and says that it has none where that is wanted', () => {
    const decoder = new HeaderDecoder(headerLimits);
    const keep = Buffer.from('4001610162400163' + '0164', 'hex');
    decoder.decode(keep, 0, keep.length);
    const block = encodeHeaders([['x', 'y']]);
    decoder.decode(block, 0, block.length);
    const newest = Buffer.from([0xbe]);
    assert.equal(decoder.decode(newest, 0, 1)?.get('c'), 'd');
    decoder.decode(Buffer.from(tableOfNothing), 0, tableOfNothing.length);
    assert.throws(() => decoder.decode(newest, 0, 1));
  });

  it('writes what a decoder reads the same', () => {
    const decoder = new HeaderDecoder({ count: 1_000, bytes: 2 ** 24 });
    const known = fc.constantFrom('server', 'te', 'content-type', 'accept-encoding', 'grpc-status');
    const unknown = fc.stringMatching(/^[a-z][a-z0-9-]{0,200}$/);
    const value = fc.oneof(
      fc.constantFrom('', 'trailers', 'gzip, deflate', '0'),
      fc.stringMatching(/^[ -~\u0080-\u00ff]{0,300}$/),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.oneof(known, unknown), value), { maxLength: 20 }), (all) => {
        const block = encodeHeaders(all);
        const list = decoder.decode(block, 0, block.length);
        assert.equal(list?.length, all.length);
        for (const [name] of all) {
          const same = all.filter(([other]) => other === name).map(([, text]) => text);
          assert.equal(list?.get(name), same.join(', '));
        }
      }),
      { seed: 7 },
    );
  });
});
