/**
 * Gives the text of bytes that are ASCII, or undefined where one is not or where there are more than {@link shortTextBytesMax}: without a call out of
 * JavaScript, which takes longer than so few bytes do.
 */
export type ShortText = (bytes: Uint8Array, at: number, length: number) => string | undefined;

// Beyond it the call out of JavaScript is as fast.
const shortTextBytesMax = 16;

/** Makes the function: for each length an expression of its own, since a loop that adds characters makes a text of each. */
export function shortTextOf(): ShortText {
  const cases = Array.from({ length: shortTextBytesMax }, (_, index) => shortCase(index + 1));
  const source = `return (bytes, at, length) => {
switch (length) {
case 0: return '';
${cases.join('\n')}
}
return undefined;
};`;
  return new Function(source)() as ShortText;
}

function shortCase(length: number): string {
  const names = Array.from({ length }, (_, index) => `c${index}`);
  const values = names.map((name, index) => `${name} = bytes[at + ${index}]`);
  return `case ${length}: {
const ${values.join(', ')};
return (${names.join(' | ')}) < 128 ? String.fromCharCode(${names.join(', ')}) : undefined;
}`;
}
