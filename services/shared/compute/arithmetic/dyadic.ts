/** The exact number mantissa x 2^exponent. */
export interface Dyadic {
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** Gives the product of some numbers. */
export function product(...factors: readonly Dyadic[]): Dyadic {
  return factors.reduce((left, right) => ({
    mantissa: left.mantissa * right.mantissa,
    exponent: left.exponent + right.exponent,
  }));
}

/** Gives the sum of some numbers, each times a whole factor. */
export function combination(
  ...terms: readonly (readonly [factor: bigint, value: Dyadic])[]
): Dyadic {
  const exponents = terms.flatMap(([, value]) => (value.mantissa === 0n ? [] : [value.exponent]));
  const exponent = exponents.length === 0 ? 0 : Math.min(...exponents);
  let mantissa = 0n;
  for (const [factor, value] of terms) {
    if (value.mantissa === 0n) continue;
    mantissa += factor * (value.mantissa << BigInt(value.exponent - exponent));
  }
  return { mantissa, exponent };
}
