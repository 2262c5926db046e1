/** Why bytes are no text that every runtime takes: they are no UTF-8; or they are, and hold U+0000, at which a runtime may cut the text off. */
export type TextFault = 'utf8' | 'nul';

/** Gives what is wrong with the text in [begin, end); makes no object of it. */
export function textFault(bytes: Uint8Array, begin: number, end: number): TextFault | undefined {
  let hasNul = false;
  for (let at = begin; at < end; ) {
    const lead = bytes[at] ?? 0;
    if (lead === 0) hasNul = true;
    const size = characterBytes(lead);
    if (size === 0 || at + size > end || !isTail(bytes, at, size)) return 'utf8';
    at += size;
  }
  return hasNul ? 'nul' : undefined;
}

/**
 * Gives the bytes of the character that begins with this one; 0 where none does.
 * @source The Unicode Standard 15.0, table 3-7: well-formed UTF-8 byte sequences
 */
function characterBytes(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

/** Whether the bytes behind the first of a character can follow it. */
function isTail(bytes: Uint8Array, at: number, size: number): boolean {
  if (size === 1) return true;
  if (!isSecond(bytes[at] ?? 0, bytes[at + 1] ?? 0)) return false;
  for (let next = at + 2; next < at + size; next += 1) {
    if (!isBetween(bytes[next] ?? 0, 0x80, 0xbf)) return false;
  }
  return true;
}

function isSecond(lead: number, second: number): boolean {
  switch (lead) {
    case 0xe0:
      return isBetween(second, 0xa0, 0xbf); // below: a longer form than needed
    case 0xed:
      return isBetween(second, 0x80, 0x9f); // above: surrogates
    case 0xf0:
      return isBetween(second, 0x90, 0xbf); // below: a longer form than needed
    case 0xf4:
      return isBetween(second, 0x80, 0x8f); // above: beyond U+10FFFF
    default:
      return isBetween(second, 0x80, 0xbf);
  }
}

function isBetween(byte: number, min: number, max: number): boolean {
  return byte >= min && byte <= max;
}
