import protobuf from 'protobufjs';

const scalarWires = new Map<string, number>(Object.entries(protobuf.types.basic));
const packable = new Set(Object.keys(protobuf.types.packed));

/** Wire types that a field may have, and the field of what is in it where it is a message or an entry of a map. */
interface Expected {
  readonly wires: readonly number[];
  readonly inner?: (number: number) => Expected | undefined;
}

/**
 * Says whether a message has a field of another wire type than the contract, a group, or the field 0, at any depth: what one version of protobufjs reads on
 * through and another skips.
 * @throws {Error} where bytes are no message at all
 */
export function hasForeignWire(type: protobuf.Type, bytes: Uint8Array): boolean {
  return isForeign(expectedIn(type), bytes);
}

function isForeign(
  expectedOf: (number: number) => Expected | undefined,
  bytes: Uint8Array,
): boolean {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const wire = tag & 7;
    if (tag < 8 || ![0, 1, 2, 5].includes(wire)) return true;
    const expected = expectedOf(tag >>> 3);
    if (expected !== undefined && !expected.wires.includes(wire)) return true;
    if (expected?.inner === undefined) reader.skipType(wire);
    else if (isForeign(expected.inner, reader.bytes())) return true;
  }
  return false;
}

function expectedIn(type: protobuf.Type): (number: number) => Expected | undefined {
  return (number) => {
    const field = type.fieldsById[number];
    if (field === undefined) return undefined;
    if (!(field instanceof protobuf.MapField)) return expectedAs(field);
    const key = { wires: [scalarWires.get(field.keyType) ?? 2] };
    const value = expectedAs(field);
    return { wires: [2], inner: (entry) => [undefined, key, value][entry] };
  };
}

function expectedAs({ resolvedType, repeated, type }: protobuf.Field): Expected {
  if (resolvedType instanceof protobuf.Type) return { wires: [2], inner: expectedIn(resolvedType) };
  const scalar = resolvedType === null ? type : 'int32';
  const wire = scalarWires.get(scalar) ?? 2;
  return { wires: repeated && packable.has(scalar) ? [wire, 2] : [wire] };
}
