/** Bytes as protobuf has them, made by hand: what no encoder would write. */

const delimited = 2;

/** Gives a whole number of 0 to 2^32 - 1 as a varint. */
export function varintBytes(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** Gives the tag of a field. */
export function tagBytes(field: number, wire = delimited): Buffer {
  return varintBytes(field * 8 + wire);
}

/** Gives a field that has a length: a message, a text, bytes or a packed list. */
export function wireField(field: number, body: Uint8Array = Buffer.alloc(0)): Buffer {
  return Buffer.concat([tagBytes(field), varintBytes(body.length), body]);
}

/** Gives a message in messages: `fields` from the outside in, and `body` in the last. */
export function nestedFields(fields: readonly number[], body: Uint8Array): Buffer {
  return fields.reduceRight<Buffer>(
    (inner, field) => wireField(field, inner),
    Buffer.from(body.buffer, body.byteOffset, body.byteLength),
  );
}

/** Gives a message in messages `depth` deep, whose fields are those of `cycle` again and again, in time that grows with the depth alone. */
export function deeplyNested(cycle: readonly number[], depth: number): Buffer {
  const bytes = Buffer.alloc(depth * 10);
  let at = bytes.length;
  // The innermost is written first, and each one outside of it before.
  for (let level = depth - 1; level >= 0; level -= 1) {
    const length = varintBytes(bytes.length - at);
    const head = Buffer.concat([tagBytes(cycle[level % cycle.length] ?? 0), length]);
    at -= head.length;
    head.copy(bytes, at);
  }
  return bytes.subarray(at);
}

/** Gives as many of `unit` as fit into so many bytes. */
export function repeated(unit: Uint8Array, bytesMax: number): Buffer {
  return Buffer.alloc(Math.floor(bytesMax / unit.length) * unit.length, unit);
}
