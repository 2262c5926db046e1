import assert from 'node:assert/strict';
import type protobuf from 'protobufjs';
import { EncodedMessage } from '../encoded-message.ts';
import { decoderSource } from './decoder-source.ts';
import { encoderSource } from './encoder-source.ts';
import { type TypeTable, typeTable } from './type-table.ts';
import { WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

/** Turns a message of the contract into its bytes and back. */
export interface MessageCodec<In, Out> {
  /**
   * Gives the bytes of a message; an {@link EncodedMessage} is taken as it is.
   * @throws {TypeError} where a value is none of its field's type: no object, no array, no name of an enum, no whole number
   */
  readonly serialize: (message: In | EncodedMessage) => Buffer;
  /**
   * Gives the bytes of a message to `use`, after which they are no longer good: what is copied at once needs no memory of its own.
   * @throws {TypeError} as `serialize`
   */
  readonly lend: (message: In, use: (bytes: Uint8Array) => void) => void;
  /**
   * Gives the message of bytes. It has all fields, those that the bytes lack with their default: null for a message, nothing for a member of a oneof. Numbers of 64 bits
   * are texts, enums names, and bytes a view of the message's own.
   * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD
   */
  readonly deserialize: (bytes: Uint8Array) => Out;
}

/** Most messages in each other, as protobuf's own implementations have it. */
const depthMax = 100;

type Encode = (message: object, writer: WireWriter, depth: number) => void;
type Decode = (reader: WireReader, end: number, depth: number) => object;

interface Generated {
  readonly encoders: readonly Encode[];
  readonly decoders: readonly Decode[];
}

/** Gives the codec of each message of a resolved contract by its full name, such as `google.rpc.Status`. */
export function messageCodecs(
  root: protobuf.Root,
): ReadonlyMap<string, MessageCodec<object, object>> {
  const table = typeTable(root);
  const { encoders, decoders } = generate(table);
  const reader = new WireReader();
  const writers = [new WireWriter()];
  const codecs = table.messages.map(({ fullName }, index) => {
    const name = fullName.slice(1);
    const encode = encoders[index];
    const decode = decoders[index];
    assert.ok(encode !== undefined && decode !== undefined, `no codec of ${name}`);
    return [
      name,
      {
        serialize: (message: object) => {
          if (message instanceof EncodedMessage) return message.bytes;
          const object = objectOf(message, name);
          // A message whose own getters encode another one leaves that to a writer of its own.
          const writer = writers.pop() ?? new WireWriter();
          try {
            encode(object, writer, 0);
            return writer.finish();
          } finally {
            writer.discard();
            writers.push(writer);
          }
        },
        lend: (message: object, use: (bytes: Uint8Array) => void) => {
          const writer = writers.pop() ?? new WireWriter();
          try {
            encode(objectOf(message, name), writer, 0);
            use(writer.written());
          } finally {
            writer.discard();
            writers.push(writer);
          }
        },
        deserialize: (bytes: Uint8Array) => {
          reader.begin(bytes, name);
          try {
            return decode(reader, bytes.length, 0);
          } finally {
            reader.release();
          }
        },
      },
    ] as const;
  });
  return new Map(codecs);
}

/** What generated code calls besides reader and writer. */
const helpers = {
  depthMax,
  arrayOf,
  bytesOf,
  enumName,
  enumNumber,
  noBytes: Buffer.alloc(0),
  objectOf,
  setOwn,
  tooDeep,
  knownOfEntry: new Set([1, 2]),
};

/** All messages of a contract are functions of one piece of source, which call each other by name. */
function generate(table: TypeTable): Generated {
  const indexes = table.messages.map((_, index) => index);
  const source = `'use strict';
const { ${Object.keys(helpers).join(', ')} } = helpers;
${indexes.map((index) => encoderSource(table, index)).join('\n')}
${indexes.map((index) => decoderSource(table, index)).join('\n')}
return {
encoders: [${indexes.map((index) => `encode${index}`).join(', ')}],
decoders: [${indexes.map((index) => `decode${index}`).join(', ')}],
};`;
  return new Function('helpers', 'enums', source)(helpers, table.enums.map(enumNames)) as Generated;
}

interface EnumNames {
  readonly name: string;
  readonly numbers: ReadonlyMap<unknown, number>;
  readonly names: ReadonlyMap<number, string>;
}

function enumNames({ fullName, values, valuesById }: protobuf.Enum): EnumNames {
  return {
    name: fullName.slice(1),
    numbers: new Map(Object.entries(values)),
    names: new Map(Object.entries(valuesById).map(([number, name]) => [Number(number), name])),
  };
}

function enumName(names: EnumNames['names'], number: number): string | number {
  return names.get(number) ?? number;
}

function enumNumber({ name, numbers }: EnumNames, value: unknown): number {
  const number = typeof value === 'number' ? value | 0 : numbers.get(value);
  if (number !== undefined) return number;
  throw new TypeError(`wanted a name or number of ${name}, got ${JSON.stringify(value)}`);
}

function objectOf(value: unknown, name: string): object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new TypeError(`${name}: wanted an object, got ${kindOf(value)}`);
}

function arrayOf(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`${name}: wanted an array, got ${kindOf(value)}`);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return Buffer.from(value, 'base64');
  if (Array.isArray(value)) return Uint8Array.from(value);
  throw new TypeError(`wanted bytes, got ${kindOf(value)}`);
}

function setOwn(map: object, value: unknown): void {
  Object.defineProperty(map, '__proto__', {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

function tooDeep(name: string): TypeError {
  return new TypeError(`wanted a ${name} of at most ${depthMax} messages in each other, got more`);
}
