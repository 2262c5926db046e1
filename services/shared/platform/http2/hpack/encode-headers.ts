import { staticTable } from './static-table.ts';

const indexOfField = new Map(
  staticTable.map(({ name, value }, at) => [`${name} ${value}`, at + 1]),
);
const indexOfName = new Map(
  staticTable.map(({ name }, at) => [name, at + 1]).reverse() as [string, number][],
);

/** The block of a peer that must be told first that our table is empty. */
export const tableOfNothing: Uint8Array = Uint8Array.of(0x20);

/**
 * Encodes a header block that needs no table on either side: it says the same on each connection, so what is always the same is encoded once.
 * @param headers names in lower case; those with a colon first
 * @source RFC 7541, 6.1 and 6.2.2
 */
export function encodeHeaders(headers: Iterable<readonly [string, string]>): Buffer {
  const parts: Uint8Array[] = [];
  for (const [name, value] of headers) {
    const known = indexOfField.get(`${name} ${value}`);
    if (known !== undefined && value !== '') {
      parts.push(Uint8Array.of(0x80 | known));
      continue;
    }
    const index = indexOfName.get(name);
    if (index === undefined) parts.push(Uint8Array.of(0), ...textOf(name));
    else parts.push(integerOf(index, 4));
    parts.push(...textOf(value));
  }
  return Buffer.concat(parts);
}

function textOf(text: string): Uint8Array[] {
  const bytes = Buffer.from(text, 'latin1');
  return [integerOf(bytes.length, 7), bytes];
}

function integerOf(value: number, bits: number): Uint8Array {
  const most = 2 ** bits - 1;
  if (value < most) return Uint8Array.of(value);
  const bytes = [most];
  let left = value - most;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80);
  bytes.push(left);
  return Uint8Array.from(bytes);
}
