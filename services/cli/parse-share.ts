import { InvalidArgumentError } from 'commander';

/**
 * Reads a share as people write it: `25%`, `25 %` or `0.25`.
 * @throws {InvalidArgumentError}
 */
export function parseShare(text: string): number {
  const [, digits, sign] = /^(\d+(?:\.\d+)?)( ?%)?$/.exec(text) ?? [];
  const percent = sign === undefined ? Number(digits) * 100 : Number(digits);
  if (percent >= 0 && percent <= 100) return percent / 100;
  throw new InvalidArgumentError('wanted a share of 0% to 100%, such as 25% or 0.25.');
}
