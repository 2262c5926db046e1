import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import protobuf from 'protobufjs';
import {
  deeplyNested,
  tagBytes,
  varintBytes,
  wireField,
} from '../../../../../test/support/wire-bytes.ts';
import { MeshError } from '../../../kernel/mesh-error.ts';
import { EncodedMessage } from '../encoded-message.ts';
import { messageCodecs } from './message-codecs.ts';

const source = `syntax = "proto3";
package test;
enum Level { LEVEL_UNSPECIFIED = 0; LEVEL_HIGH = 7; }
message Node {
  string text = 1;
  bytes data = 2;
  Node child = 3;
  repeated int32 numbers = 4;
  Level level = 5;
  oneof kind { double number = 6; string word = 7; }
  optional uint32 size = 8;
  map<string, Node> nodes = 9;
  int64 signed = 10;
  uint64 unsigned = 11;
  repeated Level levels = 12;
  repeated double doubles = 13;
  repeated Node children = 14;
  bool flag = 15;
}`;

const { root } = protobuf.parse(source, { keepCase: false });
root.resolveAll();
const codec = messageCodecs(root).get('test.Node');
assert.ok(codec !== undefined);
const { serialize, deserialize, lend } = codec;
const type = root.lookupType('test.Node');

/** What a message is read as where the wire has nothing of it. */
const nothing = {
  numbers: [],
  levels: [],
  doubles: [],
  children: [],
  nodes: {},
  text: '',
  data: Buffer.alloc(0),
  child: null,
  level: 'LEVEL_UNSPECIFIED',
  signed: '0',
  unsigned: '0',
  flag: false,
};

function refused(bytes: Buffer, message: RegExp): void {
  assert.throws(
    () => deserialize(bytes),
    (error) => {
      assert.ok(error instanceof MeshError);
      assert.deepEqual([error.code, error.reason], ['INVALID_ARGUMENT', 'INVALID_FIELD']);
      assert.match(error.message, message);
      return true;
    },
  );
}

describe('serialize', () => {
  it('writes nothing for what has its default', () => {
    assert.deepEqual(serialize({}), Buffer.alloc(0));
    assert.deepEqual(serialize({ ...nothing, signed: 0, numbers: undefined }), Buffer.alloc(0));
  });

  it('writes the default of what can be absent', () => {
    const bytes = serialize({ number: 0, size: 0, child: {} });
    assert.deepEqual(deserialize(bytes), {
      ...nothing,
      child: nothing,
      kind: 'number',
      number: 0,
      _size: 'size',
      size: 0,
    });
  });

  it('keeps what it has given when it writes more', () => {
    const given = Array.from({ length: 3_000 }, (_, index) =>
      serialize({ text: `node ${index}`, data: Buffer.alloc(index % 70, index) }),
    );
    given.forEach((bytes, index) => {
      const data = Buffer.alloc(index % 70, index);
      assert.deepEqual(deserialize(bytes), { ...nothing, text: `node ${index}`, data });
    });
  });

  it('writes lengths of every size, and bytes of every size at every depth', () => {
    for (const length of [
      0,
      1,
      119,
      126,
      127,
      128,
      4_095,
      4_096,
      16_383,
      16_384,
      70_000,
      2 ** 21,
    ]) {
      const data = Buffer.alloc(length, 'd');
      const text = 'é'.repeat(length / 2);
      const child = {
        data,
        text,
        numbers: [1, 2],
        child: { data, children: [{ data }, { text }] },
      };
      const bytes = serialize({ child, nodes: { a: child, b: child }, text });
      assert.deepStrictEqual(
        bytes,
        Buffer.from(
          type.encode(type.fromObject({ child, nodes: { a: child, b: child }, text })).finish(),
        ),
      );
    }
  });

  it('fits its lengths to a message that is large after small ones and small after large ones', () => {
    for (const length of [1, 300, 2, 40_000, 3, 200, 100_000, 0]) {
      const message = { child: { child: { text: 'x'.repeat(length) } } };
      const expected = type.encode(type.fromObject(message)).finish();
      assert.deepStrictEqual(serialize(message), Buffer.from(expected));
    }
  });

  it('writes a surrogate without its other half as U+FFFD', () => {
    for (const text of ['\ud800', 'a\udc00b', `${'x'.repeat(60)}\ud83d`]) {
      assert.deepEqual(deserialize(serialize({ text })), {
        ...nothing,
        text: Buffer.from(text).toString(),
      });
    }
  });

  it('writes whole numbers of 64 bits that are texts, numbers, bigints or words', () => {
    const read = (value: unknown) => {
      const message = deserialize(serialize({ signed: value, unsigned: value }));
      return 'signed' in message && 'unsigned' in message ? [message.signed, message.unsigned] : [];
    };
    assert.deepEqual(read('9007199254740993'), ['9007199254740993', '9007199254740993']);
    assert.deepEqual(read(-1n), ['-1', '18446744073709551615']);
    assert.deepEqual(read({ low: -1, high: 0 }), ['4294967295', '4294967295']);
    assert.deepEqual(read(-5.7), ['-5', '0']);
    assert.deepEqual(read(1e30), ['9223372036854775807', '18446744073709551615']);
    assert.deepEqual(read(Number.NaN), ['0', '0']);
  });

  it('refuses values that are none of their field', () => {
    const wrong: readonly (readonly [object, RegExp])[] = [
      [[], /test\.Node: wanted an object, got an array/],
      [{ child: 'x' }, /test\.Node\.child: wanted an object, got a string/],
      [{ children: [null] }, /test\.Node\.children: wanted an object, got null/],
      [{ numbers: '1' }, /test\.Node\.numbers: wanted an array, got a string/],
      [{ level: 'LEVEL_LOW' }, /wanted a name or number of test\.Level, got "LEVEL_LOW"/],
      [{ levels: [''] }, /wanted a name or number of test\.Level, got ""/],
      [{ signed: '1.5' }, /wanted a whole number of 64 bits, got "1.5"/],
      [{ unsigned: '' }, /wanted a whole number of 64 bits, got ""/],
      [{ data: 7 }, /wanted bytes, got a number/],
    ];
    for (const [message, expected] of wrong) {
      assert.throws(() => serialize(message), { name: 'TypeError', message: expected });
      assert.deepEqual(serialize({ text: 'next' }), Buffer.from('\n\u0004next'));
    }
  });

  it('refuses a message that holds itself', () => {
    const node: { child?: object } = {};
    node.child = node;
    assert.throws(() => serialize(node), /wanted a test\.Node of at most 100 messages/);
  });

  it('writes a message while another one is being written', () => {
    const message = {
      text: 'outer',
      get data() {
        return serialize({ text: 'inner' });
      },
    };
    assert.deepEqual(deserialize(serialize(message)), {
      ...nothing,
      text: 'outer',
      data: Buffer.from('\n\u0005inner'),
    });
  });
});

describe('deserialize', () => {
  it('gives bytes as a view of the message', () => {
    const bytes = serialize({ data: Buffer.from('data') });
    const message = deserialize(bytes);
    assert.ok('data' in message && Buffer.isBuffer(message.data));
    assert.equal(message.data.buffer, bytes.buffer);
    assert.deepEqual(deserialize(Uint8Array.from(bytes)), message);
  });

  it('reads lists packed, one by one and both', () => {
    const one = Buffer.concat([tagBytes(4, 0), varintBytes(3), tagBytes(12, 0), varintBytes(7)]);
    const packed = Buffer.concat([
      wireField(4, Buffer.from([1, 2])),
      wireField(12, Buffer.from([0, 9])),
    ]);
    assert.deepEqual(deserialize(Buffer.concat([one, packed, one])), {
      ...nothing,
      numbers: [3, 1, 2, 3],
      levels: ['LEVEL_HIGH', 'LEVEL_UNSPECIFIED', 9, 'LEVEL_HIGH'],
    });
  });

  it('reads many packed doubles', () => {
    for (const count of [1, 15, 16, 17, 1_000]) {
      const doubles = Array.from({ length: count }, (_, index) => index / 7);
      assert.deepEqual(deserialize(serialize({ doubles })), { ...nothing, doubles });
      refused(wireField(13, Buffer.alloc(count * 8 + 1)), /byte \d+ of \d+ fits none/);
    }
  });

  it('keeps what comes last, of a oneof the member that comes last', () => {
    const bytes = ['one', 'two'].map((text) => serialize({ text, child: { text } }));
    const twice = Buffer.concat([...bytes, serialize({ number: 1 }), serialize({ word: 'w' })]);
    assert.deepEqual(deserialize(twice), {
      ...nothing,
      text: 'two',
      child: { ...nothing, text: 'two' },
      kind: 'word',
      word: 'w',
    });
    const back = Buffer.concat([serialize({ word: 'w' }), serialize({ number: 1 })]);
    assert.deepEqual(deserialize(back), { ...nothing, kind: 'number', number: 1 });
  });

  it('gives an entry of a map without its key or value the default of it', () => {
    const key = wireField(1, Buffer.from('key'));
    const entries = Buffer.concat([wireField(9, key), wireField(9)]);
    assert.deepEqual(deserialize(entries), { ...nothing, nodes: { key: nothing, '': nothing } });
  });

  it('gives a map the key __proto__ like any other', () => {
    const nodes = Object.fromEntries([['__proto__', { text: 'own' }]]);
    const message = deserialize(serialize({ nodes }));
    assert.ok('nodes' in message && typeof message.nodes === 'object' && message.nodes !== null);
    assert.deepEqual(Object.keys(message.nodes), ['__proto__']);
    assert.equal(Object.getPrototypeOf(message.nodes), Object.prototype);
  });

  it('refuses what is cut off, longer than what holds it, or no number', () => {
    refused(Buffer.from([0x0a, 5, 97]), /wanted the bytes of a test\.Node, byte 1 of 3 fits none/);
    refused(Buffer.from([0x0a]), /byte 1 of 1/);
    refused(Buffer.from([0x80]), /byte 0 of 1/);
    refused(Buffer.from([0x31, 1, 2]), /byte 1 of 3/);
    refused(wireField(3, Buffer.from([0x0a, 2, 97])), /byte 3 of 5/);
    refused(Buffer.concat([tagBytes(10, 0), Buffer.alloc(10, 0xff)]), /byte 1 of 11/);
    refused(Buffer.concat([tagBytes(10, 0), Buffer.alloc(11, 0xff)]), /byte 1 of 12/);
    refused(Buffer.from([0x8a, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 0]), /byte 0 of 8/);
    refused(Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f]), /byte 1 of 6/);
  });

  it('refuses another wire type than the contract has, groups and the field 0', () => {
    refused(Buffer.concat([tagBytes(1, 0), varintBytes(1)]), /byte 1 of 2/);
    refused(wireField(10), /byte 1 of 2/);
    refused(wireField(9, Buffer.concat([tagBytes(1, 0), varintBytes(1)])), /byte 3 of 4/);
    for (const wire of [3, 4, 6, 7]) refused(tagBytes(20, wire), /fits none/);
    refused(Buffer.from([0x02, 0]), /byte 0 of 2/);
  });

  it('reads 100 messages in each other and refuses more', () => {
    assert.doesNotThrow(() => deserialize(deeplyNested([3], 100)));
    refused(deeplyNested([3], 101), /wanted a test\.Node of at most 100 messages in each other/);
    refused(deeplyNested([9, 2], 300), /at most 100 messages/);
  });
});

describe('bytes of a message that are only lent', () => {
  it('are those of serialize, and give their memory back', () => {
    const large = { data: Buffer.alloc(5_000, 7), text: 'x' };
    for (const message of [{ text: 'a' }, large, { numbers: Array(9_000).fill(300) }, {}]) {
      let lent = Buffer.alloc(0);
      lend(message, (bytes) => {
        lent = Buffer.from(bytes);
      });
      assert.deepEqual(lent, serialize(message));
    }
    const seen: Uint8Array[] = [];
    lend({ text: 'one' }, (bytes) => seen.push(bytes));
    lend({ text: 'two' }, (bytes) => seen.push(bytes));
    assert.equal(seen[0]?.byteOffset, seen[1]?.byteOffset);
    assert.equal(seen[0]?.buffer, seen[1]?.buffer);
  });

  it('may be used while another message is written', () => {
    const outer: Buffer[] = [];
    lend({ text: 'outer' }, (bytes) => {
      outer.push(serialize({ text: 'inner, which is longer' }), Buffer.from(bytes));
    });
    assert.deepEqual(outer, [
      serialize({ text: 'inner, which is longer' }),
      serialize({ text: 'outer' }),
    ]);
  });
});

describe('an encoded message', () => {
  it('is taken as it is, so that parts of a message are a message', () => {
    const parts = [{ children: [{ text: 'a' }] }, { size: 3 }, { children: [{ text: 'b' }] }];
    const bytes = Buffer.concat(parts.map((part) => serialize(part)));
    assert.equal(serialize(new EncodedMessage(bytes)), bytes);
    const { children, size } = deserialize(bytes) as { children: { text: string }[]; size: number };
    assert.deepEqual(
      children.map(({ text }) => text),
      ['a', 'b'],
    );
    assert.equal(size, 3);
  });
});
