import { hexDigitOf, sequenceDigits } from '../../shared/kernel/prediction-id.ts';

/** Ids of one router that lie in one value: 32, so that what there is of a block is the bits of one number. A frame of 80 records touches four blocks. */
export const blockIds = 32;

/** Ids from the first to the last, both included, that follow each other without a gap. */
export type IdRun = readonly [first: string, last: string];

const places = Array.from({ length: blockIds }, (_, place) => place);
const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Whether a text can be the id of a record: whoever asks for one may ask for anything. */
export function isRecordId(text: string): boolean {
  return /[0-9a-f]{2}$/.test(text);
}

/** Gives the block of an id: the id that is the first of it. */
export function blockOf(predictionId: string): string {
  const tens = digitOf(predictionId, 2) & 14;
  return `${predictionId.slice(0, -2)}${tens.toString(16)}0`;
}

/** Gives the place of an id in its block, 0 to 31. */
export function placeOf(predictionId: string): number {
  return ((digitOf(predictionId, 2) & 1) << 4) | digitOf(predictionId, 1);
}

/** Gives the ids of a block, by place. */
export function idsOf(block: string): readonly string[] {
  const [head, digits] = [block.slice(0, -2), digitOf(block, 2) << 4];
  return places.map((place) => head + (hexPairs[digits + place] ?? ''));
}

/** Gives the bit of a place. */
export function bitOf(place: number): number {
  return (1 << place) >>> 0;
}

/** Counts the places of a mask. @source Hacker's Delight, 5-1 */
export function countOf(mask: number): number {
  const pairs = mask - ((mask >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Gives records by block, those of a block in the order in which they came. */
export function byBlock<T extends { readonly predictionId: string }>(
  records: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const blocks = new Map<string, T[]>();
  let found: T[] = [];
  let [prefix, tens] = ['', -1];
  for (const record of records) {
    const { predictionId } = record;
    // Ids of a router ascend, so the next one is of the same block as a rule.
    const isOfLast =
      prefix.length === predictionId.length - 2 &&
      tens === (digitOf(predictionId, 2) & 14) &&
      predictionId.startsWith(prefix);
    if (!isOfLast) {
      const block = blockOf(predictionId);
      [prefix, tens] = [block.slice(0, -2), digitOf(block, 2)];
      found = blocks.get(block) ?? [];
      if (found.length === 0) blocks.set(block, found);
    }
    found.push(record);
  }
  return blocks;
}

/** Gives what some runs of ids cover of each block, as masks. */
export function masksOf(runs: readonly IdRun[]): ReadonlyMap<string, number> {
  const masks = new Map<string, number>();
  for (const [first, last] of runs) {
    const end = blockOf(last);
    let from = placeOf(first);
    for (let block = blockOf(first); block <= end; block = nextBlock(block)) {
      const until = block === end ? placeOf(last) : blockIds - 1;
      masks.set(block, ((masks.get(block) ?? 0) | rangeMask(from, until)) >>> 0);
      from = 0;
    }
  }
  return masks;
}

/** Mask of the places from the first to the last, both included. */
function rangeMask(from: number, until: number): number {
  const upTo = until === blockIds - 1 ? 0xffffffff : bitOf(until + 1) - 1;
  return (upTo & ~(bitOf(from) - 1)) >>> 0;
}

function nextBlock(block: string): string {
  const router = block.slice(0, -sequenceDigits);
  const sequence = Number.parseInt(block.slice(-sequenceDigits), 16) + blockIds;
  return router + sequence.toString(16).padStart(sequenceDigits, '0');
}

/** Gives a digit of an id, lower-case hexadecimal, counted from its end. @throws {RangeError} where it is none: ids are checked where they come in */
function digitOf(id: string, fromEnd: number): number {
  const digit = hexDigitOf(id.charCodeAt(id.length - fromEnd));
  if (Number.isNaN(digit)) throw new RangeError('wanted an id that ends in hexadecimal digits');
  return digit;
}
