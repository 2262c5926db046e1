/**
 * Bits of the code of each byte, by its value. The codes themselves follow: shorter ones come first, and those of one length rise with the byte.
 * @source RFC 7541, Appendix B
 */
const codeBits: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
  28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5,
  6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6,
  7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23,
  23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22,
  22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22,
  23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27,
  27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25,
  24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
];

const bitsMax = 30;
const nibbles = 16;
/** A step that leads nowhere: 30 ones, which no encoder writes. */
const wrong = 0xffff;
const none = -1;

/** Where each four bits lead from each node of the tree, and the byte that is complete on the way; a code has five bits at least, so there is one at most. */
interface Steps {
  readonly next: Uint16Array;
  readonly byte: Int16Array;
  /** Whether what ends at a node is whole: nothing but ones, seven at most, came since the last byte. */
  readonly isEnd: Uint8Array;
}

/** Children of each node, two by two: a node, -1 where there is none, or -2 - byte. */
function readTree(): number[] {
  const children = [none, none];
  let code = 0;
  for (let bits = 1; bits <= bitsMax; bits += 1) {
    for (let byte = 0; byte < codeBits.length; byte += 1) {
      if (codeBits[byte] !== bits) continue;
      addCode(children, { code, bits, leaf: -2 - byte });
      code += 1;
    }
    code *= 2;
  }
  return children;
}

function addCode(
  children: number[],
  { code, bits, leaf }: { readonly code: number; readonly bits: number; readonly leaf: number },
): void {
  let node = 0;
  for (let shift = bits - 1; shift > 0; shift -= 1) {
    const side = node * 2 + ((code >> shift) & 1);
    const known = children[side] ?? none;
    if (known === none) {
      children[side] = children.length / 2;
      children.push(none, none);
    }
    node = children[side] ?? 0;
  }
  children[node * 2 + (code & 1)] = leaf;
}

function readSteps(): Steps {
  const children = readTree();
  const nodes = children.length / 2;
  const next = new Uint16Array(nodes * nibbles);
  const byte = new Int16Array(nodes * nibbles);
  for (let at = 0; at < nodes * nibbles; at += 1) {
    const step = stepOf(children, Math.floor(at / nibbles), at % nibbles);
    next[at] = step.node;
    byte[at] = step.byte;
  }
  const isEnd = new Uint8Array(nodes);
  for (let node = 0, ones = 0; ones < 8; ones += 1) {
    isEnd[node] = 1;
    node = children[node * 2 + 1] ?? 0;
  }
  return { next, byte, isEnd };
}

/** Walks four bits from a node. */
function stepOf(
  children: readonly number[],
  from: number,
  bits: number,
): { readonly node: number; readonly byte: number } {
  let node = from;
  let found = none;
  for (let shift = 3; shift >= 0; shift -= 1) {
    const child = children[node * 2 + ((bits >> shift) & 1)] ?? none;
    if (child === none) return { node: wrong, byte: none };
    if (child < none) found = -2 - child;
    node = child < none ? 0 : child;
  }
  return { node, byte: found };
}

const { next, byte, isEnd } = readSteps();

/**
 * Decodes `bytes[start]` up to but without `bytes[end]` into `out`, which has room for twice the bytes at least.
 * @returns how many bytes came out; -1 when they are no Huffman code of HPACK
 * @source RFC 7541, 5.2
 */
export function decodeHuffman(
  bytes: Uint8Array,
  { start, end }: { readonly start: number; readonly end: number },
  out: Uint8Array,
): number {
  let node = 0;
  let length = 0;
  for (let at = start; at < end; at += 1) {
    const given = bytes[at] ?? 0;
    const high = node * nibbles + (given >> 4);
    const first = byte[high] ?? none;
    if (first !== none) {
      out[length] = first;
      length += 1;
    }
    node = next[high] ?? wrong;
    if (node === wrong) return -1;
    const low = node * nibbles + (given & 15);
    const second = byte[low] ?? none;
    if (second !== none) {
      out[length] = second;
      length += 1;
    }
    node = next[low] ?? wrong;
    if (node === wrong) return -1;
  }
  return isEnd[node] === 1 ? length : -1;
}
