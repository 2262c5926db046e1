/**
 * Tells whether a text has a control character, such as a line break or an escape: where it is one line for people, those would let it look like something
 * else.
 */
export function hasControlCharacters(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** Gives a text in which no control character but the line break reaches a terminal: each is written as its code, such as `\x1b`. */
export function withoutControlCharacters(text: string): string {
  return text.replace(/(?!\n)\p{Cc}/gu, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(2, '0');
    return `\\x${code}`;
  });
}
