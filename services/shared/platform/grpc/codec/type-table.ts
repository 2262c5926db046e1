import assert from 'node:assert/strict';
import protobuf from 'protobufjs';
import { enumType, type ScalarType, scalarType } from './scalar-types.ts';

/** What the values of a field are: a scalar, or a message by its index in the table. */
export type ValueType =
  | { readonly kind: 'scalar'; readonly scalar: ScalarType }
  | { readonly kind: 'message'; readonly index: number };

/** The messages and enums of a contract by their index, under which generated code knows them. */
export interface TypeTable {
  readonly messages: readonly protobuf.Type[];
  readonly enums: readonly protobuf.Enum[];
  /** Gives what the values of a field are; of a map, what its values are. */
  valueOf(field: protobuf.Field): ValueType;
}

/** Reads all that a resolved contract declares. */
export function typeTable(root: protobuf.Root): TypeTable {
  const messages: protobuf.Type[] = [];
  const enums: protobuf.Enum[] = [];
  addTypes(root, messages, enums);
  const messageIndexes = new Map(messages.map((message, index) => [message, index]));
  const enumIndexes = new Map(enums.map((each, index) => [each, index]));
  return {
    messages,
    enums,
    valueOf: (field) => {
      const { resolvedType } = field;
      if (resolvedType === null) return { kind: 'scalar', scalar: scalarType(field.type) };
      if (resolvedType instanceof protobuf.Enum) {
        const index = enumIndexes.get(resolvedType);
        assert.ok(index !== undefined, `no enum ${resolvedType.fullName} in the contract`);
        return { kind: 'scalar', scalar: enumType(index, resolvedType, field.typeDefault) };
      }
      const index = messageIndexes.get(resolvedType);
      assert.ok(index !== undefined, `no message ${resolvedType.fullName} in the contract`);
      return { kind: 'message', index };
    },
  };
}

/** Gives the fields of a message in the order of their numbers. */
export function fieldsOf(message: protobuf.Type): readonly protobuf.Field[] {
  return message.fieldsArray.toSorted((one, other) => one.id - other.id);
}

/** Gives the tag of a field: its number and a wire type. */
export function tagOf(number: number, wire: number): number {
  return ((number << 3) | wire) >>> 0;
}

function addTypes(
  parent: protobuf.NamespaceBase,
  messages: protobuf.Type[],
  enums: protobuf.Enum[],
): void {
  for (const nested of parent.nestedArray) {
    if (nested instanceof protobuf.Enum) enums.push(nested);
    if (nested instanceof protobuf.Type) messages.push(nested);
    if (nested instanceof protobuf.Namespace) addTypes(nested, messages, enums);
  }
}
