import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeHuffman } from './huffman.ts';

/** Gives the text of a code; undefined where it is none. */
function textOf(hex: string): string | undefined {
  const bytes = Buffer.from(hex, 'hex');
  const out = Buffer.alloc(bytes.length * 2);
  const length = decodeHuffman(bytes, { start: 0, end: bytes.length }, out);
  return length < 0 ? undefined : out.toString('latin1', 0, length);
}

// RFC 7541, Appendix C.4 and C.6.
const examples: readonly (readonly [string, string])[] = [
  ['f1e3c2e5f23a6ba0ab90f4ff', 'www.example.com'],
  ['a8eb10649cbf', 'no-cache'],
  ['25a849e95ba97d7f', 'custom-key'],
  ['25a849e95bb8e8b4bf', 'custom-value'],
  ['6402', '302'],
  ['640eff', '307'],
  ['aec3771a4b', 'private'],
  ['d07abe941054d444a8200595040b8166e082a62d1bff', 'Mon, 21 Oct 2013 20:13:21 GMT'],
  ['9d29ad171863c78f0b97c8e9ae82ae43d3', 'https://www.example.com'],
  ['9bd9ab', 'gzip'],
  [
    '94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
    'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
  ],
];

const allBytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
// The codes of all bytes in their order; made by the encoder of Python's hpack 4.2.0.
const allCodes =
  'ffc7fffd8fffffe2fffffe3fffffe4fffffe5fffffe6fffffe7fffffe8ffffeafffffff3fffffa7fffffabffffffdfffffebfffffecfffffedfffffeefffffefffffff0ffffff1ffffff2fffffffbfffffcffffffd3fffffd7fffffdbfffffdffffffe3fffffe7fffffebfffffed4fe3f9ffaffcabf1febfafefe7fdfd2cbb00089969b71d79fb9f7fff20ffbff3ff50ddbd7f061c58f265cd9f469d5af66dddbf871e5f9cff7ff7fffc3ff9ffe45fff4719242cb34e6e9d68a6a3d7dac426defe3cfaf7fffbfe7ffbffdffffffcfffe6ffff4bfff9ffffa3fffd3ffff53fffd5ffffb3fffeb7fffdaffffb7ffff73fffeeffffdeffffebffffbfffffd9ffffdbfffebffffe0ffffeeffffc3ffff8bffff1ffffe4fffee7fffb1ffff97fffd9ffffcdffff9fffffbffffdafffeeffff4ffffb7fffee7fffe8ffffd3fffdeffffd5fffeeffffbdffffe1fffdfffff7fffff5ffffecffff07fff87fffe0ffff17fffedffff87ffff77fffeffffeaffff8bfffe3ffff93ffff87fffcbffff37ffff1fffff83ffffe1fffebfffe3ffff3fffff2ffffa3ffffd9fffff17ffffc7fffff27ffffdefffffbffffff2fffff8fffffb7fff97fff8fffffe6fffffc1fffff87ffffe7fffffc5ffffe5fffe4ffff2fffffd1fffff4ffffffefffffe3fffffc9fffff97fffb3ffffcffffb7fffcdffff4ffff9ffffd1ffffcffffeaffffafffffddffffeffffff4fffff5fffffabffffa7ffffd7fffff9bffffecfffffb7fffff3fffffe8fffffd3fffffabfffff5fffffff7ffffecfffffdbfffffbbfffff7ffffff0fffffbbf';

describe('decodeHuffman', () => {
  it('reads the examples of RFC 7541', () => {
    for (const [code, text] of examples) assert.equal(textOf(code), text);
  });

  it('reads every byte there is', () => {
    assert.equal(textOf(allCodes), allBytes.toString('latin1'));
  });

  it('reads nothing out of nothing', () => {
    assert.equal(textOf(''), '');
  });

  it('reads what it is told to, and nothing before or after it', () => {
    const bytes = Buffer.from('ff6402ff', 'hex');
    const out = Buffer.alloc(4);
    assert.equal(decodeHuffman(bytes, { start: 1, end: 3 }, out), 3);
    assert.equal(out.toString('latin1', 0, 3), '302');
  });

  it('takes up to seven ones at the end for padding, and no more', () => {
    assert.equal(textOf('07'), '0');
    assert.equal(textOf('f8'), '&');
    // Codes of 10 and 7 bits: seven ones are left.
    assert.equal(textOf('fe2e7f'), '!:');
    for (const code of ['07ff', 'f8ff', 'fe2e7fff', 'ff']) assert.equal(textOf(code), undefined);
  });

  it('takes no zeros for padding', () => {
    assert.equal(textOf('00'), undefined);
    assert.equal(textOf('06'), undefined);
    assert.equal(textOf('640200'), undefined);
  });

  it('refuses the code that says that the text ends', () => {
    // EOS: 30 ones.
    assert.equal(textOf('ffffffff'), undefined);
    assert.equal(textOf('fffffffc'), undefined);
    assert.equal(textOf('07fffffffc'), undefined);
  });
});
