import { createHash } from 'node:crypto';
import type { DerivedColumn } from './derived-column.ts';

/** A text column as codes into texts. A code beyond the texts stands for a missing text. */
export interface CodedTexts {
  readonly dictionary: readonly string[];
  readonly codes: Uint32Array;
}

/** Makes a column of numbers out of a text column: each text is looked at once. */
export function derivedColumn({ derive }: DerivedColumn, texts: CodedTexts): Float64Array {
  const numbers = texts.dictionary.map((text) =>
    derive.kind === 'code' ? derive.texts.indexOf(text) : textHash(text)[derive.part],
  );
  return Float64Array.from(texts.codes, (code) => numbers[code] ?? Number.NaN);
}

/** Gives two whole numbers of 52 bits from the SHA-256 of a text: the first 104 bits. */
function textHash(text: string): readonly [number, number] {
  const digest = createHash('sha256').update(text, 'utf8').digest();
  const first = digest.readUIntBE(0, 6) * 16 + (digest.readUInt8(6) >>> 4);
  const second = (digest.readUInt8(6) & 15) * 2 ** 48 + digest.readUIntBE(7, 6);
  return [first, second];
}
