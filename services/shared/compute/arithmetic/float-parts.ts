const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** Gives a finite double as mantissa x 2^exponent, exactly. */
export function partsOf(value: number): { readonly mantissa: bigint; readonly exponent: number } {
  double[0] = value;
  const high = words[1] ?? 0;
  const field = (high >>> 20) & 0x7ff;
  const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(words[0] ?? 0);
  const magnitude = field === 0 ? fraction : fraction | (1n << 52n);
  return {
    mantissa: high >>> 31 === 1 ? -magnitude : magnitude,
    exponent: Math.max(field, 1) - 1_075,
  };
}
