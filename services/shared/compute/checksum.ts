/** Bytes that are looked up at once. */
const stride = 8;

/** Remainders of a byte that `index` other bytes follow, at 256 x index + byte. */
const tables = remainders();

/** Gives the CRC-32 of bytes, 0 to 2^32 - 1. @source RFC 1952, section 8; eight bytes at once: Kounavis and Berry, 2008 */
export function crc32(bytes: Uint8Array): number {
  const whole = bytes.length - (bytes.length % stride);
  let value = -1;
  let at = 0;
  for (; at < whole; at += stride) {
    value ^=
      byteAt(bytes, at) |
      (byteAt(bytes, at + 1) << 8) |
      (byteAt(bytes, at + 2) << 16) |
      (byteAt(bytes, at + 3) << 24);
    value =
      tableAt(7, value & 255) ^
      tableAt(6, (value >>> 8) & 255) ^
      tableAt(5, (value >>> 16) & 255) ^
      tableAt(4, value >>> 24) ^
      tableAt(3, byteAt(bytes, at + 4)) ^
      tableAt(2, byteAt(bytes, at + 5)) ^
      tableAt(1, byteAt(bytes, at + 6)) ^
      tableAt(0, byteAt(bytes, at + 7));
  }
  for (; at < bytes.length; at += 1)
    value = tableAt(0, (value ^ byteAt(bytes, at)) & 255) ^ (value >>> 8);
  return ~value >>> 0;
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function tableAt(index: number, byte: number): number {
  return tables[(index << 8) | byte] ?? 0;
}

function remainders(): Int32Array {
  const made = new Int32Array(256 * stride);
  for (let at = 0; at < made.length; at += 1) {
    let value = at < 256 ? at : (made[at - 256] ?? 0);
    for (let bit = 0; bit < 8; bit += 1) {
      value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    }
    made[at] = value;
  }
  return made;
}
