import assert from 'node:assert/strict';
import { gammaUpper } from './incomplete-gamma.ts';

/** Gives P(Z > z) of a standard normal variable; relative error about 1e-14, also in the far tail. */
export function normalUpper(z: number): number {
  const tail = gammaUpper(0.5, (z * z) / 2) / 2;
  return z < 0 ? 1 - tail : tail;
}

/**
 * Gives z with P(Z > z) = `share`, 0 < share < 1; relative error about 1e-14.
 * @source Abramowitz and Stegun 26.2.23 (to 4.5e-4), then Halley's method on the tail
 */
export function normalUpperQuantile(share: number): number {
  assert.ok(share > 0 && share < 1, `wanted a share between 0 and 1, got ${share}`);
  if (share > 0.5) return -normalUpperQuantile(1 - share);
  const t = Math.sqrt(-2 * Math.log(share));
  const above = 2.515517 + t * (0.802853 + t * 0.010328);
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  let z = t - above / below;
  // 3: each step triples the right digits of a guess that has three.
  for (let step = 0; step < 3; step += 1) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const error = (share - normalUpper(z)) / density;
    z -= error / (1 + (z * error) / 2);
  }
  return z;
}
