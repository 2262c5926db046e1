import assert from 'node:assert/strict';

/** One field of a protobuf message, encoded. */
export type ProtoField = Uint8Array;

const varint = 0;
const lengthDelimited = 2;

/** Gives a field of type int32, int64, uint32, uint64 or enum; `value` is 0 or more. */
export function integerField(number: number, value: number): ProtoField {
  return Uint8Array.from([...varintOf(number * 8 + varint), ...varintOf(value)]);
}

/** Gives a field of type bytes. */
export function bytesField(number: number, bytes: Uint8Array): ProtoField {
  const head = [...varintOf(number * 8 + lengthDelimited), ...varintOf(bytes.length)];
  return Buffer.concat([Uint8Array.from(head), bytes]);
}

/** Gives a field of type string. */
export function textField(number: number, text: string): ProtoField {
  return bytesField(number, Buffer.from(text, 'utf8'));
}

/** Gives a field that holds a message. */
export function messageField(number: number, fields: readonly ProtoField[]): ProtoField {
  return bytesField(number, message(fields));
}

/** Gives a message of some fields; ascending field numbers make it canonical. */
export function message(fields: readonly ProtoField[]): Uint8Array {
  return Buffer.concat(fields);
}

function varintOf(value: number): readonly number[] {
  assert(Number.isSafeInteger(value) && value >= 0, `a varint here is 0 or more, got ${value}`);
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}
