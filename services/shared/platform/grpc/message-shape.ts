import protobuf from 'protobufjs';
import { scalarType } from './codec/scalar-types.ts';
import { delimited, type ScalarWire } from './wire-cursor.ts';

/** What one field of a message is on the wire. */
export type FieldShape =
  /** A text or bytes. */
  | { readonly kind: 'bytes'; readonly name: string }
  /** A message, or an entry of a map. */
  | { readonly kind: 'message'; readonly name: string; readonly shape: MessageShape }
  /** A number; where it is repeated, packed or one by one. */
  | {
      readonly kind: 'number';
      readonly name: string;
      readonly wire: ScalarWire;
      readonly isRepeated: boolean;
      /** Of 64 bits and no float: the codec makes a text of it. */
      readonly isLong: boolean;
    };

/** A message on the wire. */
export interface MessageShape {
  /** Full name, such as `mlmesh.router.v1.PredictRequest`. */
  readonly name: string;
  /** By field number; may hold itself. */
  readonly fields: readonly (FieldShape | undefined)[];
  /** Fields that the contract has of it: an object of the codec has all of them, also where the wire has none. */
  readonly fieldCount: number;
}

/** Gives what a message of a resolved contract is on the wire: a message that `known` has is not read again, and each that is read is added to it. */
export function messageShape(
  message: protobuf.Type,
  known: Map<protobuf.Type, MessageShape>,
): MessageShape {
  const before = known.get(message);
  if (before !== undefined) return before;
  const fields: FieldShape[] = [];
  const name = message.fullName.slice(1);
  // Known before its fields are: a message may hold itself.
  const shape: MessageShape = { name, fields, fieldCount: message.fieldsArray.length };
  known.set(message, shape);
  for (const field of message.fieldsArray) fields[field.id] = fieldShape(field, known);
  return shape;
}

function fieldShape(field: protobuf.Field, known: Map<protobuf.Type, MessageShape>): FieldShape {
  if (!(field instanceof protobuf.MapField)) return valueShape(field, known);
  const { name, keyType } = field;
  const key = scalarShape('key', keyType, false);
  const value = { ...valueShape(field, known), name: 'value' };
  const fields = [undefined, key, value];
  // An entry without its value gets one, with all fields where it is a message.
  const fieldCount = 2 + (value.kind === 'message' ? value.shape.fieldCount : 0);
  const shape = { name: field.fullName.slice(1), fields, fieldCount };
  return { kind: 'message', name, shape };
}

function valueShape(field: protobuf.Field, known: Map<protobuf.Type, MessageShape>): FieldShape {
  const { name, type, resolvedType, repeated } = field;
  if (resolvedType instanceof protobuf.Type) {
    return { kind: 'message', name, shape: messageShape(resolvedType, known) };
  }
  return scalarShape(name, resolvedType === null ? type : 'int32', repeated);
}

function scalarShape(name: string, type: string, isRepeated: boolean): FieldShape {
  const { wire } = scalarType(type);
  if (wire === delimited) return { kind: 'bytes', name };
  return { kind: 'number', name, wire, isRepeated, isLong: type.endsWith('64') };
}
