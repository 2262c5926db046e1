import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadSync } from '@grpc/proto-loader';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { awkwardMessage, type Chance } from '../../../../../test/support/awkward-message.ts';
import { hasForeignWire } from '../../../../../test/support/foreign-wire.ts';
import { MeshError } from '../../../kernel/mesh-error.ts';
import { packageRoot } from '../load-proto.ts';
import { type MessageCodec, messageCodecs } from './message-codecs.ts';

type AnyCodec = MessageCodec<object, object>;

const protoRoot = join(packageRoot, 'proto');
const files = readdirSync(protoRoot, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.proto'),
);
const options = { longs: String, enums: String, defaults: true, oneofs: true };
const root = new protobuf.Root();
root.resolvePath = (_from, file) => join(protoRoot, file);
root.loadSync(files).resolveAll();
const codecs = messageCodecs(root);
/** What proto-loader makes of the contract: protobufjs 7. */
const loaded = loadSync(files, { ...options, includeDirs: [protoRoot] });

/** A message type of the contract, our codec of it and others'. */
interface Subject {
  readonly type: protobuf.Type;
  readonly ours: AnyCodec;
  readonly theirs: Pick<AnyCodec, 'serialize' | 'deserialize'>;
}

// A message that is declared in another has no codec of its own at proto-loader: it comes as a part of that one.
const subjects: readonly Subject[] = [...codecs].flatMap(([name, ours]) => {
  const type = root.lookupType(name);
  if (type.parent instanceof protobuf.Type) return [];
  const theirs = loaded[name];
  assert.ok(theirs !== undefined && 'format' in theirs, `proto-loader has no ${name}`);
  const { serialize, deserialize } = theirs as unknown as AnyCodec;
  const corrected = (bytes: Uint8Array) => withDecimalKeys(deserialize(bytes));
  return [{ type, ours, theirs: { serialize, deserialize: corrected } }];
});

/** Keys of 64 bits, which one map of the contract has, are texts of their eight bytes at protobufjs 7, by mistake: we and version 8 have digits. */
function withDecimalKeys(value: object): object {
  for (const [name, part] of Object.entries(value)) {
    if (name === 'priorityQueuePolicy') {
      const entries = Object.entries(part).map(([key, item]) => [digitsOf(key), item] as const);
      Object.assign(value, { [name]: Object.fromEntries(entries) });
    } else if (typeof part === 'object' && part !== null && !(part instanceof Uint8Array)) {
      withDecimalKeys(part);
    }
  }
  return value;
}

function digitsOf(key: string): string {
  return Buffer.from(key, 'latin1').readBigUInt64LE().toString();
}

const rows = fc.array(fc.nat(255), { minLength: 40, maxLength: 120 });
const seed = 20_010_601;

/** Checks a law on messages of every type of the contract. */
function forEveryType(runs: number, law: (subject: Subject, chance: Chance) => void): void {
  assert.ok(subjects.length > 200, String(subjects.length));
  for (const subject of subjects) {
    const property = fc.property(rows, (row) => {
      let at = 0;
      law(subject, () => {
        at += 1;
        return row[at % row.length] ?? 0;
      });
    });
    fc.assert(property, { numRuns: runs, seed, includeErrorInReport: true });
  }
}

/** Gives what a function gives, or undefined where it throws. */
function tried<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}

function oursOf({ ours }: Subject, bytes: Buffer): object | undefined {
  try {
    return ours.deserialize(bytes);
  } catch (error) {
    assert.ok(error instanceof MeshError, String(error));
    assert.equal(error.reason, 'INVALID_FIELD');
    return undefined;
  }
}

/** Gives what protobufjs 8 makes of bytes, which is stricter than 7, and merges messages that come twice. */
function strictOf({ type }: Subject, bytes: Buffer): object | undefined {
  return tried(() => type.toObject(type.decode(bytes), options));
}

function equal(one: unknown, other: unknown): boolean {
  return tried(() => assert.deepStrictEqual(one, other) ?? true) === true;
}

/** Checks that our codec agrees with one of the others; gives whether it reads the bytes. */
function agreed(subject: Subject, bytes: Buffer): boolean {
  const read = oursOf(subject, bytes);
  const lenient = tried(() => subject.theirs.deserialize(bytes));
  const strict = strictOf(subject, bytes);
  if (read !== undefined) {
    if (!equal(read, lenient)) assert.deepStrictEqual(read, strict);
    return true;
  }
  if (lenient !== undefined && strict !== undefined) {
    assert.ok(tried(() => hasForeignWire(subject.type, bytes)) ?? true, bytes.toString('hex'));
  }
  return false;
}

/** Cuts a message into its fields. */
function fieldsIn(bytes: Buffer): readonly Buffer[] {
  const reader = protobuf.Reader.create(bytes);
  const fields: Buffer[] = [];
  while (reader.pos < reader.len) {
    const begin = reader.pos;
    reader.skipType(reader.uint32() & 7);
    fields.push(bytes.subarray(begin, reader.pos));
  }
  return fields;
}

const unknownFields = [
  Buffer.from([0xf8, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
  Buffer.from([0xf9, 0xff, 0x7f, 1, 2, 3, 4, 5, 6, 7, 8]),
  Buffer.from([0xfa, 0xff, 0x7f, 2, 8, 1]),
  Buffer.from([0xfd, 0xff, 0x7f, 1, 2, 3, 4]),
];

describe('messageCodecs', () => {
  it('writes what proto-loader reads as its own', () => {
    forEveryType(25, ({ type, ours, theirs }, chance) => {
      const message = awkwardMessage(type, chance);
      const expected = theirs.deserialize(theirs.serialize(message));
      assert.deepStrictEqual(theirs.deserialize(ours.serialize(message)), expected);
    });
  });

  it('reads what proto-loader writes as proto-loader does', () => {
    forEveryType(25, ({ type, ours, theirs }, chance) => {
      const bytes = theirs.serialize(awkwardMessage(type, chance));
      assert.deepStrictEqual(ours.deserialize(bytes), theirs.deserialize(bytes));
    });
  });

  it('reads fields in any order, between others that the contract lacks', () => {
    forEveryType(10, ({ type, ours, theirs }, chance) => {
      const fields = fieldsIn(theirs.serialize(awkwardMessage(type, chance)));
      const mixed = [...fields, ...unknownFields]
        .map((field) => ({ field, place: chance() }))
        .sort((one, other) => one.place - other.place)
        .map(({ field }) => field);
      const bytes = Buffer.concat(mixed);
      assert.deepStrictEqual(ours.deserialize(bytes), theirs.deserialize(bytes));
    });
  });

  it('refuses a message that is cut off, or reads it as proto-loader does', () => {
    forEveryType(2, (subject, chance) => {
      const bytes = subject.theirs.serialize(awkwardMessage(subject.type, chance));
      const step = Math.max(1, Math.floor(bytes.length / 200));
      for (let length = 0; length < bytes.length; length += step) {
        const cut = bytes.subarray(0, length);
        const read = oursOf(subject, cut);
        if (read !== undefined) assert.deepStrictEqual(read, subject.theirs.deserialize(cut));
      }
    });
  });

  // Where our codec is stricter or another: a text that is longer than its message (protobufjs 7 shortens it), numbers longer than their type (7 reads on in the
  // middle of one), wire types that are not the contract's, groups and the field 0 (both read on), several members of a oneof (7 keeps all), and messages that come
  // twice (8 merges them).
  it('agrees with a version of protobufjs on bytes that are damaged, or refuses them for a reason', () => {
    let [readCount, refusedCount] = [0, 0];
    forEveryType(20, (subject, chance) => {
      const bytes = Buffer.from(subject.theirs.serialize(awkwardMessage(subject.type, chance)));
      if (bytes.length === 0) return;
      for (let damage = chance() % 3; damage >= 0; damage -= 1) {
        bytes[(chance() * 256 + chance()) % bytes.length] = chance();
      }
      if (agreed(subject, bytes)) readCount += 1;
      else refusedCount += 1;
    });
    assert.ok(readCount > 500 && refusedCount > 500, `${readCount} read, ${refusedCount} refused`);
  });
});
