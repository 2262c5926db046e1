import assert from 'node:assert/strict';
import type protobuf from 'protobufjs';
import { delimited, fixed32, fixed64, varint } from '../wire-cursor.ts';

/** How the codec treats one scalar type of the contract. */
export interface ScalarType {
  /** Method of {@link WireReader} and {@link WireWriter} that reads or writes a value. */
  readonly call: string;
  readonly wire: typeof varint | typeof fixed64 | typeof delimited | typeof fixed32;
  /** Most bytes of a value in a packed field; 0 for a text and for bytes, which no field packs. */
  readonly bytesMax: number;
  /** Of an enum: source of the names by number. */
  readonly namesOf?: string;
  /** Source of the value of a field that the wire lacks. */
  readonly absent: string;
  /** Gives the source of a value as the writer takes it. */
  readonly coerced: (value: string) => string;
  /** Gives the source of the question whether a coerced value is other than the absent one. */
  readonly isSet: (value: string) => string;
}

const asIs = (value: string) => value;
const double = (value: string) => `Number(${value})`;
const signed = (value: string) => `${value} | 0`;
const unsigned = (value: string) => `${value} >>> 0`;
const notZero = (value: string) => `${value} !== 0`;
// -0 is not the default: it has bits.
const notPlusZero = (value: string) => `!Object.is(${value}, 0)`;
const notZeroText = (value: string) => `${value} !== 0 && ${value} !== '0'`;

function number(
  wire: ScalarType['wire'],
  bytesMax: number,
  coerced: ScalarType['coerced'],
  isSet: ScalarType['isSet'],
): Omit<ScalarType, 'call'> {
  return { wire, bytesMax, absent: coerced === asIs ? "'0'" : '0', coerced, isSet };
}

const scalars: Readonly<Record<string, Omit<ScalarType, 'call'>>> = {
  double: number(fixed64, 8, double, notPlusZero),
  float: number(fixed32, 4, double, notPlusZero),
  int32: number(varint, 10, signed, notZero),
  uint32: number(varint, 5, unsigned, notZero),
  sint32: number(varint, 5, signed, notZero),
  fixed32: number(fixed32, 4, unsigned, notZero),
  sfixed32: number(fixed32, 4, signed, notZero),
  int64: number(varint, 10, asIs, notZeroText),
  uint64: number(varint, 10, asIs, notZeroText),
  sint64: number(varint, 10, asIs, notZeroText),
  fixed64: number(fixed64, 8, asIs, notZeroText),
  sfixed64: number(fixed64, 8, asIs, notZeroText),
  bool: { wire: varint, bytesMax: 1, absent: 'false', coerced: asIs, isSet: asIs },
  string: {
    wire: delimited,
    bytesMax: 0,
    absent: "''",
    coerced: (value) => `String(${value})`,
    isSet: (value) => `${value} !== ''`,
  },
  bytes: {
    wire: delimited,
    bytesMax: 0,
    absent: 'noBytes',
    coerced: (value) => `bytesOf(${value})`,
    isSet: (value) => `${value}.length > 0`,
  },
};

/** Gives how a scalar type such as `sint32` is treated. */
export function scalarType(name: string): ScalarType {
  const scalar = scalars[name];
  assert.ok(scalar !== undefined, `no scalar type ${name}`);
  return { call: name, ...scalar };
}

/** Gives how a field of an enum is treated: as its number, which `names` and `numbers` of its enum turn into a name and back. */
export function enumType(index: number, values: protobuf.Enum, typeDefault: unknown): ScalarType {
  assert.ok(typeof typeDefault === 'number', `${values.fullName} has no default`);
  return {
    call: 'int32',
    namesOf: `enums[${index}].names`,
    wire: varint,
    bytesMax: 10,
    absent: JSON.stringify(values.valuesById[typeDefault]),
    coerced: (value) => `enumNumber(enums[${index}], ${value})`,
    isSet: (value) => `${value} !== ${typeDefault}`,
  };
}
