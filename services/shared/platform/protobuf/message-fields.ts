import protobuf from 'protobufjs/minimal.js';

/** Fields of one message, by number, without its schema. */
export interface MessageFields {
  /** Values of a field of bytes, texts or messages; views of the message. */
  bytes(field: number): readonly Buffer[];
  /** Values of a field of texts. */
  texts(field: number): readonly string[];
  /** First text of a field; '' when it is missing. */
  text(field: number): string;
  /** Last whole number of a field, as 32 bits with a sign; 0 when it is missing. */
  integer(field: number): number;
}

/**
 * Reads the fields of one message; what is inside of its messages is not looked at.
 * @throws {RangeError} when the message is cut off
 * @throws {Error} when it has a wire type that protobuf does not have
 */
export function messageFields(message: Uint8Array): MessageFields {
  const values = new Map<number, Buffer[]>();
  const integers = new Map<number, number>();
  const reader = protobuf.Reader.create(message);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const field = tag >>> 3;
    switch (tag & 7) {
      case 0:
        integers.set(field, reader.int32());
        break;
      case 2: {
        const { buffer, byteOffset, length } = reader.bytes();
        const value = Buffer.from(buffer, byteOffset, length);
        const known = values.get(field);
        if (known === undefined) values.set(field, [value]);
        else known.push(value);
        break;
      }
      default:
        reader.skipType(tag & 7);
    }
  }
  const bytes = (field: number) => values.get(field) ?? [];
  const texts = (field: number) => bytes(field).map((value) => value.toString('utf8'));
  return {
    bytes,
    texts,
    text: (field) => texts(field)[0] ?? '',
    integer: (field) => integers.get(field) ?? 0,
  };
}
