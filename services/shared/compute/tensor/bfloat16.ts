const bfloat16Bytes = 2;
const float32Bytes = 4;

/** Gives bfloat16 values as float32 of the same value, both little-endian: its bits are the upper half of a float32's. */
export function widenBfloat16(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const widened = new Uint8Array((bytes.length / bfloat16Bytes) * float32Bytes);
  for (let from = 0, to = bfloat16Bytes; from < bytes.length; from += bfloat16Bytes) {
    widened[to] = bytes[from] ?? 0;
    widened[to + 1] = bytes[from + 1] ?? 0;
    to += float32Bytes;
  }
  return widened;
}
