import { nullCode, type TextColumn } from './event-table.ts';

/** Gives numbers as a text column: a key that is a number stands there as text. NaN is null. */
export function textOfNumbers(values: Float64Array): TextColumn {
  const column = dictionaryOf(Array.from(values, String));
  if (!values.some(Number.isNaN)) return column;
  const codes = column.codes.map((code, row) => (Number.isNaN(values[row]) ? nullCode : code));
  return { ...column, codes };
}

/** Gives texts as a column. */
export function dictionaryOf(texts: readonly string[]): TextColumn {
  const dictionary: string[] = [];
  const codeOf = new Map<string, number>();
  const codes = new Uint32Array(texts.length);
  for (let row = 0; row < codes.length; row += 1) {
    const text = texts[row] ?? '';
    let code = codeOf.get(text);
    if (code === undefined) {
      code = dictionary.push(text) - 1;
      codeOf.set(text, code);
    }
    codes[row] = code;
  }
  return { dictionary, codes };
}
