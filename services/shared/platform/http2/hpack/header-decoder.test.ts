import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConnectionFault, errorCodes } from '../errors.ts';
import { headerLimits } from '../header-blocks.ts';
import type { HeaderList } from '../header-list.ts';
import { HeaderDecoder, type HeaderLimits } from './header-decoder.ts';
import { staticTable } from './static-table.ts';

/** Decodes the blocks of one connection, each in hex; spaces count for nothing. */
function decoding(
  limits: HeaderLimits = headerLimits,
): (...hex: readonly string[]) => HeaderList | undefined {
  const decoder = new HeaderDecoder(limits);
  return (...hex) => {
    const bytes = bytesOf(...hex);
    return decoder.decode(bytes, 0, bytes.length);
  };
}

function bytesOf(...hex: readonly string[]): Buffer {
  return Buffer.from(hex.join('').replaceAll(' ', ''), 'hex');
}

/** Of a text, its length and its bytes. */
function literal(text: string): string {
  assert.ok(text.length < 127);
  return Buffer.from([text.length]).toString('hex') + Buffer.from(text, 'latin1').toString('hex');
}

/** A field that the table keeps. */
const kept = (name: string, value: string): string => `40${literal(name)}${literal(value)}`;
/** A field that it does not. */
const passing = (name: string, value: string): string => `00${literal(name)}${literal(value)}`;

/** The index of the newest field of a table, or of one that came so many before it. */
const indexed = (back: number): string =>
  Buffer.from([0x80 | (staticTable.length + 1 + back)]).toString('hex');

function assertFault(decode: () => unknown): void {
  assert.throws(
    decode,
    (error) => error instanceof ConnectionFault && error.code === errorCodes.compressionError,
  );
}

const first = {
  ':method': 'GET',
  ':scheme': 'http',
  ':path': '/',
  ':authority': 'www.example.com',
};
const second = { ...first, 'cache-control': 'no-cache' };
const third = {
  ...first,
  ':scheme': 'https',
  ':path': '/index.html',
  'custom-key': 'custom-value',
};
const location = 'https://www.example.com';
const cookie = 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1';

describe('HeaderDecoder', () => {
  describe('with the examples of RFC 7541, Appendix C', () => {
    it('reads each form of a field (C.2)', () => {
      const kepts = decoding();
      const custom = { 'custom-key': 'custom-header' };
      assertFields(kepts('400a637573746f6d2d6b65790d637573746f6d2d686561646572'), custom);
      assertFields(kepts(indexed(0)), custom);
      assert.equal(decoding()('040c2f73616d706c652f70617468')?.path, '/sample/path');
      assertFields(decoding()('100870617373776f726406736563726574'), { password: 'secret' });
      assert.equal(decoding()('82')?.method, 'GET');
    });

    it('reads three requests in plain text (C.3)', () => {
      const decode = decoding();
      const all = [
        decode('828684410f7777772e6578616d706c652e636f6d'),
        decode('828684be58086e6f2d6361636865'),
        decode('828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565'),
      ];
      assert.deepEqual(
        all.map((list) => ({ ...list?.toObject() })),
        [first, second, third],
      );
      assert.ok(all.every((list) => list?.isWholeRequest()));
    });

    it('reads three requests in Huffman codes (C.4)', () => {
      const decode = decoding();
      const all = [
        decode('828684418cf1e3c2e5f23a6ba0ab90f4ff'),
        decode('828684be5886a8eb10649cbf'),
        decode('828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf'),
      ];
      assert.deepEqual(
        all.map((list) => ({ ...list?.toObject() })),
        [first, second, third],
      );
    });

    const answers = [
      { 'cache-control': 'private', date: 'Mon, 21 Oct 2013 20:13:21 GMT', location },
      { 'cache-control': 'private', date: 'Mon, 21 Oct 2013 20:13:21 GMT', location },
      {
        'cache-control': 'private',
        date: 'Mon, 21 Oct 2013 20:13:22 GMT',
        location,
        'content-encoding': 'gzip',
        'set-cookie': cookie,
      },
    ];
    // A table of 256 bytes, as these examples want it: fields have to leave it. No request has a status, so the list says that it is wrong.
    const narrow = '3fe101';

    it('reads three answers in plain text, whose table is full (C.5)', () => {
      const decode = decoding();
      const all = [
        decode(
          narrow,
          '4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54',
          '6e1768747470733a2f2f7777772e6578616d706c652e636f6d',
        ),
        decode('4803333037c1c0bf'),
        decode(
          '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a6970',
          '7738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31',
        ),
      ];
      for (const [at, list] of all.entries()) assertFields(list, answers[at] ?? {});
    });

    it('reads three answers in Huffman codes, whose table is full (C.6)', () => {
      const decode = decoding();
      const all = [
        decode(
          narrow,
          '488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3',
        ),
        decode('4883640effc1c0bf'),
        decode(
          '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab',
          '77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
        ),
      ];
      for (const [at, list] of all.entries()) assertFields(list, answers[at] ?? {});
    });
  });

  describe('and its table', () => {
    it('gives the newest field the least index, and counts what each took', () => {
      const decode = decoding();
      decode(kept('a', '1'), kept('b', '2'), passing('c', '3'), `10${literal('d')}${literal('4')}`);
      assertFields(decode(indexed(0), indexed(1)), { b: '2', a: '1' });
      assertFault(() => decode(indexed(2)));
    });

    it('uses the name of a field with another value', () => {
      const decode = decoding();
      decode(kept('x-name', '1'));
      // Index 62 as a name: kept, not kept, and never kept.
      assertFields(decode(`7e${literal('2')}`), { 'x-name': '2' });
      assertFields(decode(`0f2f${literal('3')}`), { 'x-name': '3' });
      assertFields(decode(`1f2f${literal('4')}`), { 'x-name': '4' });
      assertFields(decode(indexed(0)), { 'x-name': '2' });
    });

    it('lets the oldest go for the newest', () => {
      const decode = decoding();
      // 4,096 bytes hold 102 fields of 40 bytes.
      for (let at = 0; at < 103; at += 1) decode(kept('four', String(1_000 + at)));
      // Index 163 is the 102nd: 127 and 36.
      assertFields(decode('ff24'), { four: '1001' });
      assertFault(() => decode('ff25'));
    });

    it('is filled to the last byte', () => {
      // Fields of 34 and 35 bytes.
      const two = [kept('a', '1'), kept('bb', '2')];
      const exact = decoding();
      exact('3f26', ...two);
      assertFields(exact(indexed(1)), { a: '1' });
      const less = decoding();
      less('3f25', ...two);
      assertFields(less(indexed(0)), { bb: '2' });
      assertFault(() => less(indexed(1)));
    });

    it('holds 128 fields without a text, which are as many as there can be', () => {
      const decode = decoding();
      for (let at = 0; at < 400; at += 1) decode('400000');
      assert.equal(decode('ff3e')?.sizeBytes, 32);
      assertFault(() => decode('ff3f'));
    });

    it('is empty after a field that is larger than it', () => {
      const decode = decoding();
      decode(kept('a', '1'));
      decode('3f05', kept('n', 'four'));
      assertFault(() => decode(indexed(0)));
    });

    it('changes its size at the beginning of a block, more than once', () => {
      const decode = decoding();
      decode(kept('a', '1'), kept('b', '2'));
      assertFields(decode('20', '3fe11f', kept('c', '3')), { c: '3' });
      assertFields(decode(indexed(0)), { c: '3' });
      assertFault(() => decode(indexed(1)));
      // 34 bytes: one of these fields, and no byte to spare.
      const small = decoding();
      small(kept('a', '1'), kept('b', '2'));
      assertFields(small('3f03', indexed(0)), { b: '2' });
      assertFault(() => small(indexed(1)));
    });

    it('keeps a name that may stand in no request, and says so each time', () => {
      const decode = decoding();
      const request = '828684';
      assert.equal(decode(request, kept('Upper', '1'))?.isWholeRequest(), false);
      assert.equal(decode(request, indexed(0))?.isWholeRequest(), false);
      assert.equal(decode(request, `7e${literal('2')}`)?.isWholeRequest(), false);
      assert.equal(decode(request)?.isWholeRequest(), true);
    });

    it('keeps a value that may stand in no request, and says so each time, but not of its name', () => {
      const decode = decoding();
      const request = '828684';
      assert.equal(decode(request, kept('x-name', 'a\nb'))?.isWholeRequest(), false);
      assert.equal(decode(request, indexed(0))?.isWholeRequest(), false);
      assert.equal(decode(request, `0f2f${literal('fine')}`)?.isWholeRequest(), true);
    });
  });

  describe('with what is no HPACK', () => {
    const malformed: Readonly<Record<string, string>> = {
      'the index 0': '80',
      'an index that the table does not have': 'be',
      'an index far beyond it': 'ffff7f',
      'a name with an index that the table does not have': `7e${literal('a')}`,
      'a number that is too large': 'ffffffffff0f',
      'a number that does not end within 32 bits': 'ff80808080808080808000',
      'a number that ends amid it': 'ff80',
      'a field that ends before its name': '40',
      'a field that ends amid its name': '400561',
      'a field that ends before its value': '400161',
      'a text of 16 MB that is not there': '00 7f 81ffff07 61',
      'a text that ends amid it': '40016105626262',
      'a Huffman text that ends amid it': '400161 85 1c',
      'padding of eight ones': '400161 82 f8ff',
      'padding of zeros': '400161 81 18',
      'the code that says that a text ends': '400161 84 ffffffff',
      'a table larger than it was told': '3fe21f',
      'a change of the table amid headers': '8220',
      'a change of the table after headers': `${passing('a', 'b')}20`,
    };
    for (const [what, hex] of Object.entries(malformed)) {
      it(`ends the connection at ${what}`, () => {
        assertFault(() => decoding()(hex));
      });
    }

    it('takes what is just right instead', () => {
      const decode = decoding();
      assertFields(decode('3fe11f', '400161 81 1f'), { a: 'a' });
      assertFields(decode('be'), { a: 'a' });
      assert.equal(decode('')?.length, 0);
    });
  });

  describe('and its limits', () => {
    it('gives no list where headers are too many, and keeps its table right', () => {
      const decode = decoding({ count: 3, bytes: 10_000 });
      const three = [kept('a', '1'), kept('b', '2'), kept('c', '3')];
      assert.equal(decode(...three)?.length, 3);
      assert.equal(decode(...three, kept('d', '4')), undefined);
      assert.equal(decode(...three, kept('d', '4'), kept('e', '5')), undefined);
      assertFields(decode(indexed(0), indexed(1)), { e: '5', d: '4' });
    });

    it('counts the bytes of each field as SETTINGS_MAX_HEADER_LIST_SIZE does', () => {
      const decode = decoding({ count: 100, bytes: 2 * (32 + 4) });
      assert.equal(decode(passing('ab', 'cd'), passing('ab', 'cd'))?.sizeBytes, 72);
      assert.equal(decode(passing('ab', 'cd'), passing('ab', 'cde')), undefined);
    });

    it('is not brought to fill memory by a field that is named again and again', () => {
      const decode = decoding();
      decode(`40${literal('x')}7fa11e${'61'.repeat(4_000)}`);
      const block = Buffer.alloc(60_000, 0xbe).toString('hex');
      assert.equal(decode(block), undefined);
      assert.equal(decode(indexed(0))?.get('x')?.length, 4_000);
    });
  });
});

/** Compares what came, without those that only an answer has. */
function assertFields(
  list: HeaderList | undefined,
  wanted: Readonly<Record<string, string>>,
): void {
  assert.ok(list !== undefined);
  const got = Object.entries(list.toObject()).filter(([name]) => !name.startsWith(':'));
  assert.deepEqual(Object.fromEntries(got), wanted);
}
