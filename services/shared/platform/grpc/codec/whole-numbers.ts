/** 2 to the power of 32: what a unit of the high word is worth. */
export const highWord = 2 ** 32;
// Below it, high and low word together are a number without loss.
const exactHighMax = 2 ** 21;

/** Gives the decimal text of an unsigned number of 64 bits. Both words are 0 to 2^32 - 1. */
export function unsignedText(low: number, high: number): string {
  if (high < exactHighMax) return String(high * highWord + low);
  return ((BigInt(high) << 32n) | BigInt(low)).toString();
}

/** Gives the decimal text of a signed number of 64 bits in two's complement. Both words are 0 to 2^32 - 1. */
export function signedText(low: number, high: number): string {
  if (high < exactHighMax) return String(high * highWord + low);
  if (high >= highWord - exactHighMax) return String((high - highWord) * highWord + low);
  return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low)).toString();
}

// Texts of so many characters hold numbers below 2^53.
const exactDigitsMax = 15;

/**
 * Gives the 64 bits of a whole number: of a text or a bigint modulo 2^64, of a number as far as it has them, without its fraction, and the nearest
 * that fits where it is too large; of NaN 0. An object with a low and a high word is taken as these.
 * @throws {TypeError} for anything else, such as a text that is no whole number
 */
export function wholeNumber(value: unknown, isUnsigned: boolean): number | bigint {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value) && (value >= 0 || !isUnsigned)) return value;
    return nearest(value, isUnsigned);
  }
  if (typeof value === 'string') {
    if (!/^[+-]?\d+$/.test(value)) throw noWholeNumber(value);
    return value.length <= exactDigitsMax ? Number(value) : BigInt(value);
  }
  if (typeof value === 'bigint') return value;
  if (typeof value === 'object' && value !== null && 'low' in value && 'high' in value) {
    return (BigInt(Number(value.high) >>> 0) << 32n) | BigInt(Number(value.low) >>> 0);
  }
  throw noWholeNumber(value);
}

function nearest(value: number, isUnsigned: boolean): bigint {
  if (Number.isNaN(value)) return 0n;
  const least = isUnsigned ? 0n : -(2n ** 63n);
  const most = isUnsigned ? 2n ** 64n - 1n : 2n ** 63n - 1n;
  if (value <= Number(least)) return least;
  if (value >= Number(most)) return most;
  return BigInt(Math.trunc(value));
}

function noWholeNumber(value: unknown): TypeError {
  return new TypeError(`wanted a whole number of 64 bits, got ${JSON.stringify(String(value))}`);
}
